"""The public API: its names, what they accept, and what they refuse."""

import inspect
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import smastn
from smastn.synthesis.synthetic_film import demo_film

NAMES = {
    *("analyze", "spot", "predict", "prepare", "export", "evaluate", "train", "compare"),
    *("read_corpus", "read_frames", "make_synthetic_corpus"),
    *("Clip", "ClipDataset", "Predictor", "SmastnError"),
}
SETTINGS = """
name = "small"
[preparation]
size = 32
[network]
width = 4
features = 8
[training]
epochs = 1
batch = 4
"""


@pytest.fixture(scope="module")
def frames() -> np.ndarray:
    film = demo_film(seed=1, seconds=5.0)
    event = film.events[0]
    return np.stack(list(film)[event.onset : event.offset + 1])


@pytest.fixture(scope="module")
def clip(frames: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from smastn.media.encoding import write_video

    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    write_video(path, frames, 60.0)
    return path


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("corpora") / "small"
    smastn.make_synthetic_corpus(root, subjects=2, clips=3)
    return root


def test_the_public_names_are_these_and_no_others() -> None:
    assert set(getattr(smastn, "__all__")) == NAMES  # noqa: B009  the stub need not list it


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import smastn, sys; print(*sys.modules)"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"torch", "numpy", "cv2", "sklearn"} & set(printed.stdout.split())


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_public_name_is_documented_and_typed(name: str) -> None:
    value = getattr(smastn, name)
    assert len(inspect.getdoc(value) or "") > 40
    if name == "SmastnError":
        return
    function = value.__init__ if inspect.isclass(value) else value
    parameters = list(inspect.signature(function).parameters.values())
    untyped = [one.name for one in parameters if one.annotation is inspect.Parameter.empty]
    assert set(untyped) <= {"self"}


def test_a_clip_is_predicted_from_frames_path_text_or_annotation(
    frames: np.ndarray, clip: Path
) -> None:
    annotated = smastn.Clip("own/1", "a", "positive", clip, 0, len(frames) - 1, rate=60.0)
    predictor = smastn.Predictor.bundled()
    answers = [smastn.predict(one, predictor) for one in (clip, str(clip), annotated)]
    assert len({one.emotion for one in answers}) == 1
    assert answers[0].probabilities == answers[1].probabilities == answers[2].probabilities
    assert smastn.predict(frames, predictor).emotion == answers[0].emotion


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        np.zeros((9, 48, 64), np.uint8),
        np.zeros((9, 48, 64, 3), np.float32),
        np.zeros((48, 64, 3), np.uint8),
        np.zeros((9, 48, 64, 4), np.uint8),
        [],
    ],
    ids=["None", "grey", "float", "one frame", "alpha", "empty"],
)
def test_frames_of_another_kind_are_refused_in_a_sentence(wrong: object) -> None:
    for function in (smastn.predict, smastn.prepare):
        with pytest.raises(smastn.SmastnError, match="wanted"):
            function(wrong)  # pyright: ignore[reportArgumentType]


def test_prepared_frames_are_squares_of_the_face(clip: Path) -> None:
    prepared = smastn.prepare(str(clip))
    assert prepared.shape[1:] == (112, 112, 3)
    assert prepared.dtype == np.uint8


def test_a_video_is_analysed_spotted_and_exported(clip: Path, tmp_path: Path) -> None:
    analysis = smastn.analyze(str(clip))
    assert [one.interval for one in analysis.candidates] == list(smastn.spot(str(clip)))
    smastn.export(analysis, str(tmp_path / "results"))
    assert (tmp_path / "results" / "report.html").is_file()
    smastn.export(analysis, str(tmp_path / "one.eaf"), format="eaf")
    assert "ANNOTATION_DOCUMENT" in (tmp_path / "one.eaf").read_text(encoding="utf-8")
    with pytest.raises(smastn.SmastnError, match="no export format"):
        smastn.export(analysis, tmp_path / "x", format="docx")


def test_a_corpus_is_a_torch_data_set(corpus: Path, tmp_path: Path) -> None:
    settings = tmp_path / "small.toml"
    settings.write_text(SETTINGS)
    data = smastn.ClipDataset(str(corpus), settings)
    clips = smastn.read_corpus(str(corpus))
    assert [one.key for one in data.clips] == [one.key for one in clips]
    assert [data.classes[target] for target in data.targets] == [one.emotion for one in clips]
    images, target = data[0]
    assert images.ndim == 4
    assert images.shape[1] == 3
    assert target == data.targets[0]
    assert float(images.abs().max()) <= 1
    assert len(data) == len(clips) == 6


def test_training_evaluating_and_comparing_do_what_the_commands_do(
    corpus: Path, tmp_path: Path
) -> None:
    settings = tmp_path / "small.toml"
    settings.write_text(SETTINGS)
    report = smastn.evaluate(str(corpus), str(tmp_path / "run"), settings)
    assert report.clips == 6
    linear = tmp_path / "run" / "baselines" / "linear-svc.csv"
    (pairing,) = smastn.compare(str(linear), str(tmp_path / "run"))
    assert pairing.comparison.clips == 6
    predictor = smastn.train(str(corpus), str(tmp_path / "checkpoint"), settings)
    assert smastn.Predictor.load(str(tmp_path / "checkpoint")).fingerprint == predictor.fingerprint
