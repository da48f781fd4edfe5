"""A network from outside the package: the example of docs/extending.md, exactly as printed."""

import json
import pickle
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from smastn.config import read_settings, settings_to_dict
from smastn.errors import CheckpointError, ConfigError
from smastn.faces.preparation import PreparationConfig
from smastn.methods.checkpoint import CARD
from smastn.methods.network_interface import NetworkConfig, Shape
from smastn.methods.networks import make_network
from smastn.methods.predictor import Predictor
from smastn.training.batches import TrainingClip
from smastn.training.fit import check_network, fit
from smastn.training.training_settings import Settings, TrainConfig

Run = Callable[..., Any]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "extending.md"
SECTION = PAGE.read_text(encoding="utf-8").partition("## A network\n")[2].partition("\n## ")[0]
SHAPE = Shape(classes=3, images=2, size=32)


def block(first_line: str) -> str:
    (text,) = re.findall(rf"```\w+\n(# {re.escape(first_line)}\n.*?)```", SECTION, flags=re.DOTALL)
    return text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The two files of the page."""
    for name in ("my_net.py", "my_experiment.toml"):
        (tmp_path / name).write_text(block(name), encoding="utf-8")
    return tmp_path


def trained(settings: Settings, seed: int = 0) -> Predictor:
    frames = np.random.default_rng(0).integers(0, 255, (6, 12, 32, 32, 3), np.uint8)
    clips = [TrainingClip(clip, "abc"[at % 3]) for at, clip in enumerate(frames)]
    return fit(clips, settings, seed)


def settings_of(module: str, **more: Any) -> Settings:
    return Settings(
        preparation=PreparationConfig(size=32),
        network=NetworkConfig(module=module),
        training=TrainConfig(epochs=1, batch=3),
        **more,
    )


def test_the_page_is_right_from_evaluation_to_prediction(
    smastn: Run, corpus: Path, folder: Path, tmp_path: Path
) -> None:
    experiment = folder / "my_experiment.toml"
    run = smastn("evaluate", experiment, "--data", corpus, "--out", tmp_path / "run", "--json")
    report = json.loads(run.stdout)
    assert (report["clips"], report["methods"][0]["name"]) == (6, "Net")
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "SMA-STN" not in page and "dynamic image" in page
    assert 'alt="Attention' not in page

    out = tmp_path / "trained"
    done = smastn("train", corpus, "--config", experiment, "--out", out)
    assert done.exit_code == 0, done.output
    clip = next((corpus / "s01").iterdir())
    refused = smastn("predict", clip, "--checkpoint", out)
    assert refused.exit_code == 2
    assert "whose code is not run unless it is named" in " ".join(refused.stderr.split())
    named = ("--checkpoint", out, "--trust", f"{folder / 'my_net.py'}:Net")
    answer = json.loads(smastn("predict", clip, *named, "--json").stdout)
    assert sum(answer["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    assert answer["segment_weights"] is None
    assert smastn("predict", clip, *named).exit_code == 0


def test_a_film_is_analysed_without_attention(
    smastn: Run, face_film: Path, folder: Path, tmp_path: Path
) -> None:
    reference = f"{folder / 'my_net.py'}:Net"
    trained(settings_of(reference)).save(tmp_path / "trained")
    words = ("--checkpoint", tmp_path / "trained", "--trust", reference)
    done = smastn("analyze", face_film, "--out", tmp_path / "results", *words)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "results" / "annotated.mp4").is_file()


def test_an_installed_package_is_found_by_its_plain_name(
    install: Callable[..., Path], tmp_path: Path
) -> None:
    install("my_net", block("my_net.py"), block("pyproject.toml of the package"))
    predictor = trained(settings_of("my-net"))
    predictor.save(tmp_path / "trained")
    loaded = Predictor.load(tmp_path / "trained")  # installed by the user: no code of others
    images = torch.randn(3, 3, 32, 32).clamp(-1, 1)
    assert (
        loaded.predict_images(images).probabilities
        == predictor.predict_images(images).probabilities
    )
    with pytest.raises(ConfigError, match="did you mean my-net"):
        make_network(NetworkConfig(module="my-met"), SHAPE)


@pytest.fixture
def no_code(tmp_path: Path) -> Iterator[Path]:
    """A file that leaves a trace when it is executed."""
    trace = tmp_path / "trace"
    (tmp_path / "my_net.py").write_text(f"open({str(trace)!r}, 'w').close()\n{block('my_net.py')}")
    yield trace


@pytest.mark.parametrize("stored", ["my_net.py:Net", "subprocess:run"])
def test_a_checkpoint_alone_executes_no_code(folder: Path, no_code: Path, stored: str) -> None:
    trained(settings_of(f"{folder / 'my_net.py'}:Net")).save(folder / "trained")
    no_code.unlink()
    for name in [name for name in sys.modules if name.startswith("smastn_extension_my_net")]:
        del sys.modules[name]
    card = json.loads((folder / "trained" / CARD).read_text())
    module = str(folder / stored) if stored.endswith("Net") else stored
    card["settings"]["network"]["module"] = module
    (folder / "trained" / CARD).write_text(json.dumps(card))
    with pytest.raises(
        CheckpointError, match=f"a network from outside smastn, {re.escape(module)},"
    ):
        Predictor.load(folder / "trained")
    assert not no_code.exists()
    if stored == "my_net.py:Net":
        Predictor.load(folder / "trained", trust=[f"{folder / 'my_net.py'}:Net"])
        assert no_code.exists()


def test_a_predictor_can_be_sent_to_another_process(folder: Path) -> None:
    predictor = trained(settings_of(f"{folder / 'my_net.py'}:Net"))
    sent = pickle.loads(pickle.dumps(predictor))
    images = torch.randn(3, 3, 32, 32).clamp(-1, 1)
    one, other = (each.predict_images(images) for each in (predictor, sent))
    assert one.probabilities == other.probabilities
    assert sent.fingerprint == predictor.fingerprint


def test_dropout_of_a_network_comes_from_the_seed(tmp_path: Path) -> None:
    path = tmp_path / "dropping.py"
    path.write_text(
        "from torch import nn\n"
        "def make(classes, images, channels, size):\n"
        "    values = images * channels * size * size\n"
        "    return nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(values, classes))\n"
    )
    settings = settings_of(f"{path}:make")
    one, same, other = (trained(settings, seed) for seed in (0, 0, 1))
    assert one.fingerprint == same.fingerprint != other.fingerprint


NETWORKS = """
import torch
from torch import nn
from smastn.methods.network_interface import Output

class Base(nn.Module):
    def __init__(self, classes, depth=1):
        super().__init__()
        self.linear = nn.Linear(1, classes)
    def logits(self, images):
        return self.linear(images.mean((1, 2, 3, 4))[:, None])

class Wide(Base):
    def forward(self, images):
        return self.logits(images).repeat(1, 2)

class Nothing(Base):
    def forward(self, images):
        return self.logits(images) / 0 * 0

class Text(Base):
    def forward(self, images):
        return "positive"

class Wrong(Base):
    def forward(self, images):
        return self.linear(images)

class NotBuilt(nn.Module):
    def __init__(self, classes):
        self.linear = nn.Linear(1, classes)

class Needs(nn.Module):
    def __init__(self, classes, frames):
        super().__init__()

class Idle(nn.Module):
    def __init__(self, classes):
        super().__init__()
    def forward(self, images):
        return torch.zeros(len(images), 3)

class Rich(Base):
    def forward(self, images):
        batch, count = images.shape[:2]
        segments = images.mean((2, 3, 4))[..., None].repeat(1, 1, 4)
        return Output(
            self.logits(images), segments.mean(1), segments,
            attention=torch.full((batch, count, 2, 2), 0.25),
        )

def table(classes):
    return {}

number = 7
"""


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Wide", r"bad.py, line 13: logits of 2 clips are \(2, 6\); wanted a tensor of \(2, 3\)"),
        ("Nothing", "bad.py, line 17: logits contain NaN"),
        ("Text", "bad.py, line 21: logits of 2 clips are str; wanted a tensor"),
        ("Wrong", "bad.py, line 27: forward failed for images of .2, 3, 3, 32, 32."),
        ("NotBuilt", "bad.py, line 31: NotBuilt could not be built"),
        (
            "Needs",
            "bad.py, line 33: Needs could not be built .*'frames'.*with those of classes, images",
        ),
        ("Idle", "bad.py, line 37: it has no parameters to train"),
        ("table", "bad.py, line 52: table returned a dict; wanted a network"),
        ("number", "is a int; wanted a network"),
        ("Wyde", "has no Wyde.*did you mean Wide"),
    ],
)
def test_a_network_that_cannot_be_used_is_refused_with_file_and_line(
    tmp_path: Path, name: str, sentence: str
) -> None:
    (tmp_path / "bad.py").write_text(NETWORKS)
    with pytest.raises(ConfigError, match=sentence):
        check_network(settings_of(f"{tmp_path / 'bad.py'}:{name}"))


def test_a_callable_without_a_signature_is_refused() -> None:
    with pytest.raises(ConfigError, match="dict could not be built"):
        make_network(NetworkConfig(module="builtins:dict"), SHAPE)


def test_a_file_that_does_not_import_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("import torch\nclass Net(torch.Module):\n    pass\n")
    with pytest.raises(ConfigError, match=r"bad.py, line 2 cannot be imported \(AttributeError"):
        make_network(NetworkConfig(module=f"{tmp_path / 'bad.py'}:Net"), SHAPE)


def test_settings_without_effect_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="width, pool belong to SMA-STN .* table arguments"):
        read_settings({"module": "my_net.py:Net", "width": 8, "pool": 1}, NetworkConfig)
    with pytest.raises(ConfigError, match="arguments are for a network from outside"):
        read_settings({"arguments": {"width": 8}}, NetworkConfig)
    (tmp_path / "bad.py").write_text(NETWORKS)
    network = NetworkConfig(module=f"{tmp_path / 'bad.py'}:Wide", arguments={"width": 3})
    with pytest.raises(
        ConfigError, match="bad.py, line 13: Wide could not be built .*argument 'width'"
    ):
        make_network(network, SHAPE)


def test_de_loss_is_off_unless_the_network_returns_features(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(NETWORKS)
    assert settings_of(f"{tmp_path / 'bad.py'}:Rich").deviation.active is False
    assert Settings().deviation.active is True
    written = settings_to_dict(settings_of(f"{tmp_path / 'bad.py'}:Rich"))
    table = {**written, "deviation": {"weight": 0.1}}
    rich = read_settings(table, Settings)
    assert rich.deviation.active
    seen = trained(rich).predict_images(torch.randn(3, 3, 32, 32).clamp(-1, 1))
    assert seen.segment_weights == pytest.approx(np.full(3, 1 / 3))
    assert seen.attention is not None and seen.attention.shape == (3, 2, 2)
    table["network"] = {"module": written["network"]["module"].replace("Rich", "Plain")}
    (tmp_path / "bad.py").write_text(
        f"{NETWORKS}\nclass Plain(Base):\n    def forward(self, images):\n"
        "        return self.logits(images)\n"
    )
    with pytest.raises(ConfigError, match=r"Plain returns no features .* form = .none."):
        check_network(read_settings(table, Settings))
