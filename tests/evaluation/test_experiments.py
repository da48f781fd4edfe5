"""Every experiment file is read, says whom it follows, and has no slip that goes unnoticed."""

from pathlib import Path

import pytest

import smastn.evaluation
from smastn.config import read_settings, settings_differences, settings_to_dict
from smastn.corpora.catalogue import find_corpus
from smastn.errors import ConfigError
from smastn.evaluation.experiment import Experiment

FOLDER = Path(smastn.evaluation.__path__[0]) / "experiments"
FILES = sorted(FOLDER.rglob("*.toml"))
STEPS = (
    ("a-whole-clip", {"name", "input.segments", "input.frames"}),
    ("b-segments", {"name", "network.spatial_attention"}),
    ("c-spatial-attention", {"name", "network.weighing"}),
    ("d-segment-weights", {"name", "deviation.form"}),
    ("e-deviation-loss", {"name", "citation"}),
)
"""What each ablation changes on the way to the next, the last one to the main experiment."""


FLOW_STEPS = (
    ("flow-ablations/a-one-picture", {"name", "input.parts"}),
    ("flow-ablations/b-two-pictures", {"name", "network.spatial_attention"}),
    ("flow-ablations/c-spatial-attention", {"name", "network.weighing"}),
    ("flow-ablations/d-picture-weights", {"name", "citation", "deviation.form"}),
    ("flow-choice/k2-mix", {"name", "citation", "protocol.scheme"}),
)
"""The same for flow images; the last is the main experiment in nested groups."""

_SPAN = {"segments", "frames", "reading", "span", "onset_frames"}
REENACTED_STEPS = (
    ("reenacted-ablations/a-whole-clip", {"name", "input.kind", "network.pool"}),
    (
        "reenacted-ablations/a-whole-clip-motion",
        {"name", *(f"input.{name}" for name in _SPAN)},
    ),
    ("reenacted-ablations/b-segments", {"name", "network.spatial_attention"}),
    ("reenacted-ablations/c-spatial-attention", {"name", "network.weighing"}),
    ("reenacted-ablations/d-segment-weights", {"name", "deviation.form"}),
    ("reenacted-ablations/e-deviation-loss", {"name", "citation", "protocol.scheme"}),
)
"""The same for re-enacted clips, which lie as one's own data do."""


def named(path: Path) -> str:
    return path.relative_to(FOLDER).with_suffix("").as_posix()


@pytest.mark.parametrize("path", FILES, ids=named)
def test_every_file_is_read_and_cites_what_it_follows(path: Path) -> None:
    experiment = read_settings(path, Experiment)
    assert "arXiv:2010.09342" in experiment.citation
    assert "10." in experiment.citation.replace("2010.", "")
    assert "\n" not in experiment.citation
    reenacted = named(path).startswith("reenacted-")
    assert reenacted == (experiment.data.corpora == ("manifest",))
    assert len(experiment.seeds) >= 3


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_misspelt_setting_is_refused_in_every_section(path: Path, tmp_path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    places = [0, *(at + 1 for at, line in enumerate(lines) if line.startswith("["))]
    for at in places:
        text = "\n".join([*lines[:at], "tpyo = 1", *lines[at:]])
        (tmp_path / "typo.toml").write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError, match=r"unknown setting tpyo; known are \w+"):
            read_settings(tmp_path / "typo.toml", Experiment)


def test_the_issue_is_covered() -> None:
    names = {named(path) for path in FILES}
    assert {
        *("casme2-5", "samm-5", "smic-hs-3", "composite-3", "mmew-6", "dfme"),
        *(f"casme3-{classes}" for classes in (3, 4, 7)),
        *(f"ablations/{step}" for step, _ in STEPS),
        *(f"ablations/segments-{segments}" for segments in range(1, 8)),
    } <= names


@pytest.mark.parametrize(
    ("steps", "main"),
    [(tuple((f"ablations/{step}", changed) for step, changed in STEPS), "casme2-5"),
     (FLOW_STEPS, "flow-3"),
     (REENACTED_STEPS, "reenacted-3")],
)  # fmt: skip
def test_each_ablation_adds_one_part_until_nothing_is_missing(
    steps: tuple[tuple[str, set[str]], ...], main: str
) -> None:
    paths = [FOLDER / f"{step}.toml" for step in (*(name for name, _ in steps), main)]
    settings = [settings_to_dict(read_settings(path, Experiment)) for path in paths]
    for before, after, (step, changed) in zip(settings, settings[1:], steps, strict=False):
        phrases = settings_differences(before, after)
        assert {phrase.split(" was ")[0] for phrase in phrases} == changed, step


@pytest.mark.parametrize("path", FILES, ids=named)
def test_every_corpus_and_class_scheme_is_known(path: Path) -> None:
    config = read_settings(path, Experiment).data
    assert config.flow == named(path).startswith("flow-")
    own = config.flow or named(path).startswith("reenacted-")
    for name in () if own else config.corpora:
        if config.classes:
            assert sum(find_corpus(name).scheme(config.classes).counts.values()) > 100
        else:
            assert find_corpus(name).name == name
