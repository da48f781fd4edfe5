import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from smastn import __version__
from smastn.corpora.facs import FACE_UNITS
from smastn.corpora.manifest import read_manifest
from smastn.methods.predictor import Predictor

Run = Callable[..., Any]
Films = dict[str, tuple[Path, str]]
SMASTN = [sys.executable, "-c", "from smastn.cli import main; main()"]
BAD = (
    *("missing.mp4", "cut.mp4", "headless.mp4", "faceless.mp4", "single.mp4", "text.mp4"),
    *("empty.mp4", "nothing", "sizes", "sound.mp4"),
)


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    listing = "import sys; from smastn import cli; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", listing], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"torch", "numpy", "cv2", "av", "pandas", "matplotlib", "sklearn"} & set(modules)
    took = []  # seconds of a core, which do not depend on what else the machine does
    for _ in range(3):
        before = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
        subprocess.run([*SMASTN, "--help"], capture_output=True, check=True)
        took.append(sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - before)
    assert min(took) < 0.6


def test_version_is_that_of_the_package(smastn: Run) -> None:
    assert smastn("--version").stdout == f"smastn {__version__}\n"


def test_without_a_command_the_commands_are_listed(smastn: Run) -> None:
    text = smastn().output
    assert all(name in text for name in ("demo", "synth", "train", "evaluate", "predict"))


def test_a_misspelt_option_is_refused(smastn: Run) -> None:
    result = smastn("predict", "clip", "--chekpoint", "x")
    assert result.exit_code == 2
    assert "--chekpoint" in result.stderr


def test_a_misspelt_command_gets_a_suggestion(smastn: Run) -> None:
    result = smastn("anlyze", "film.mp4")
    assert result.exit_code == 2
    assert "Did you mean 'analyze'?" in result.stderr


def test_predict_prints_json_and_nothing_else(
    smastn: Run, checkpoint: Path, face_film: Path
) -> None:
    result = smastn("predict", face_film, "--checkpoint", checkpoint, "--to", 9, "--json")
    assert result.exit_code == 0, result.stderr
    answer = json.loads(result.stdout)
    assert (answer["frames"], answer["from"], answer["to"]) == (10, 0, 9)
    assert sum(answer["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    assert answer["emotion"] == max(answer["probabilities"], key=answer["probabilities"].get)
    units = answer["action_units"]
    assert [one["unit"] for one in units] == list(FACE_UNITS)
    assert all(one["probability"] == max(one["left"], one["right"]) for one in units)
    assert all(one["shown"] == (one["probability"] >= 0.5) for one in units)


def test_predict_for_people_names_every_class_and_says_what_it_is_not(
    smastn: Run, checkpoint: Path, face_film: Path
) -> None:
    result = smastn("predict", face_film, "--checkpoint", checkpoint)
    assert all(name in result.stdout for name in ("negative", "positive", "surprise"))
    assert "action units: " in result.stdout and "emotion by its action units: " in result.stdout
    assert "does not show what a person feels" in result.stderr


def test_predict_reads_a_real_talking_head(
    smastn: Run, checkpoint: Path, talking_head: Path
) -> None:
    result = smastn("predict", talking_head, "--checkpoint", checkpoint, "--to", 15, "--json")
    assert json.loads(result.stdout)["frames"] == 16


@pytest.mark.parametrize("name", BAD)
def test_predict_refuses_what_is_no_film_of_a_face(
    refused: Callable[..., None], bad_films: Films, checkpoint: Path, name: str
) -> None:
    path, sentence = bad_films[name]
    refused(sentence, "predict", path, "--checkpoint", checkpoint, out=path.parent)


@pytest.mark.parametrize("name", BAD)
def test_analyze_refuses_what_is_no_film_of_a_face(
    refused: Callable[..., None], bad_films: Films, checkpoint: Path, tmp_path: Path, name: str
) -> None:
    path, sentence = bad_films[name]
    words = ("analyze", path, "--checkpoint", checkpoint, "--out", tmp_path / "out")
    refused(sentence, *words, out=tmp_path)


def test_analyze_writes_a_report_and_says_where(
    smastn: Run, checkpoint: Path, talking_head: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = smastn("analyze", talking_head, "--checkpoint", checkpoint, "--out", out)
    assert result.stdout.rstrip().endswith(str(out / "report.html")), result.stderr
    assert {"report.html", "analysis.png"} <= {path.name for path in out.iterdir()}
    assert "not a lie detector" in result.stderr


def test_analyze_prints_json_and_writes_nothing_unless_asked(
    smastn: Run,
    checkpoint: Path,
    face_film: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = smastn("analyze", face_film, "--checkpoint", checkpoint, "--json")
    assert json.loads(result.stdout)["video"]["frames"] == 20
    assert list(tmp_path.iterdir()) == []


def test_analyze_warns_of_a_face_lost_half_way_and_of_a_damaged_film(
    smastn: Run, checkpoint: Path, half_films: dict[str, Path]
) -> None:
    lost = smastn("analyze", half_films["lost"], "--checkpoint", checkpoint, "--json")
    answer = json.loads(lost.stdout)
    assert 10 <= answer["face"]["frames_with_face"] <= 50
    assert any("face lost" in sentence for sentence in answer["warnings"])
    cut = smastn("analyze", half_films["cut"], "--checkpoint", checkpoint, "--json")
    answer = json.loads(cut.stdout)
    assert answer["video"]["damaged_after_seconds"] > 0
    assert any("damaged" in sentence for sentence in answer["warnings"])


@pytest.mark.parametrize("kind", ["grey", "grey16", "rgba", "rgb16"])
def test_predict_takes_pictures_of_any_kind(
    smastn: Run, checkpoint: Path, tmp_path: Path, kind: str
) -> None:
    image = astronaut()[:400, :400, ::-1]
    if "grey" in kind:
        image = image[:, :, 1]
    if "16" in kind:
        image = image.astype(np.uint16) * 257
    if kind == "rgba":
        image = np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])
    for number in range(3):
        cv2.imwrite(str(tmp_path / f"{number}.png"), image)
    result = smastn("predict", tmp_path, "--checkpoint", checkpoint, "--json")
    assert json.loads(result.stdout)["frames"] == 3, result.stderr


def test_predict_refuses_frames_that_are_not_there(
    refused: Callable[..., None], face_film: Path, checkpoint: Path
) -> None:
    refused("it has frames 0 to 19", "predict", face_film, "--from", 30, "--to", 40)
    refused("wanted 0 <= first <= last", "predict", face_film, "--from", 5, "--to", 4)
    refused("single frame", "predict", face_film, "--from", 5, "--to", 5)
    refused("face", "predict", face_film, "--checkpoint", checkpoint, "--face", 7)


def test_a_checkpoint_of_another_version_or_altered_is_refused(
    refused: Callable[..., None], face_film: Path, checkpoint: Path, tmp_path: Path
) -> None:
    asked = ("predict", face_film, "--checkpoint")
    refused("holds no model.json", *asked, tmp_path / "nowhere")
    other = shutil.copytree(checkpoint, tmp_path / "other")
    card = json.loads((other / "model.json").read_text())
    (other / "model.json").write_text(json.dumps(card | {"format": 99}))
    refused("checkpoint format 99", *asked, other)
    altered = shutil.copytree(checkpoint, tmp_path / "altered")
    weights = altered / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    refused("was altered or damaged", *asked, altered)


def test_face_models_altered_missing_or_out_of_reach_are_refused(
    refused: Callable[..., None],
    face_film: Path,
    checkpoint: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = ("predict", face_film, "--checkpoint", checkpoint)
    monkeypatch.setenv("SMASTN_MODELS", str(tmp_path))
    refused("holds no face_detection_short_range.tflite", *asked)
    for name in ("face_detection_short_range.tflite", "face_landmark.tflite"):
        (tmp_path / name).write_bytes(b"tampered with")
    refused("has SHA-256 .* wanted", *asked)
    monkeypatch.delenv("SMASTN_MODELS")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "empty"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    refused("could not be fetched", *asked)


def test_debug_shows_where_it_arose() -> None:
    done = subprocess.run(
        [*SMASTN, "predict", "nowhere.mp4", "--debug"], capture_output=True, text=True, check=False
    )
    assert "Traceback" in done.stderr
    assert "nowhere.mp4 does not exist" in done.stderr


def test_synth_says_what_it_made(smastn: Run, tmp_path: Path) -> None:
    out = tmp_path / "corpus"
    made = smastn("synth", out, "--subjects", 1, "--clips", 3, "--workers", 1, "--json")
    assert json.loads(made.stdout)["clips"] == 3
    assert (out / "manifest.csv").is_file()


def test_what_train_saves_predict_can_use(
    smastn: Run, corpus: Path, short_experiment: Path, tmp_path: Path
) -> None:
    out = tmp_path / "trained"
    words = ("train", corpus, "--out", out, "--workers", 1, "--config", short_experiment)
    result = smastn(*words, "--json")
    assert json.loads(result.stdout)["clips"] == 6, result.exception
    clip = next(path for path in (corpus / "s01").iterdir())
    answer = smastn("predict", clip, "--checkpoint", out, "--json")
    assert json.loads(answer.stdout)["frames"] > 2


def test_evaluate_holds_out_everybody_and_writes_a_report(
    smastn: Run, corpus: Path, short_experiment: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    words = ("evaluate", short_experiment, "--data", corpus, "--out", out, "--workers", 1)
    result = smastn(*words, "--json")
    report = json.loads(result.stdout)
    assert (report["clips"], len(report["folds"])) == (6, 2)
    assert json.loads((out / "metrics.json").read_text()) == report
    files = {path.name for path in out.iterdir()}
    assert {"predictions.csv", "report.html", "report.md", "table.tex"} <= files
    compared = smastn("compare", out / "baselines" / "linear-svc.csv", out, "--json")
    assert compared.exit_code == 0, compared.stderr
    assert json.loads(compared.stdout)[0]["comparison"]["clips"] == 6
    again = smastn(*words)
    assert "UF1" in again.stdout
    assert again.stdout.rstrip().endswith("report.html")


def test_evaluate_refuses_a_folder_of_another_run(
    refused: Callable[..., None], corpus: Path, short_experiment: Path, tmp_path: Path
) -> None:
    (tmp_path / "run.json").write_text("{}")
    words = ("evaluate", short_experiment, "--data", corpus, "--out", tmp_path, "--workers", 1)
    refused("another folder", *words, out=tmp_path)


def test_train_refuses_before_it_works(
    refused: Callable[..., None], tmp_path: Path, checkpoint: Path
) -> None:
    out = tmp_path / "out"
    refused("is no folder", "train", tmp_path / "nowhere", "--out", out)
    refused(r"holds no manifest\.csv", "train", tmp_path, "--out", out, out=tmp_path)
    refused("already holds something", "train", tmp_path, "--out", checkpoint.parent)
    (tmp_path / "manifest.csv").write_text("subject,name\n01,a\n")
    refused("has no column emotion", "train", tmp_path, "--out", out, out=tmp_path)
    settings = tmp_path / "experiment.toml"
    settings.write_text('name = "x"\n[training]\nepoch = 3\n')
    words = ("train", tmp_path, "--out", out, "--config", settings)
    refused("unknown setting epoch", *words, out=tmp_path)


def test_synth_plays_measured_movement(smastn: Run, tmp_path: Path) -> None:
    for label, blob in enumerate((40, -40)):
        flow = np.full((28, 28, 3), 128, np.uint8)
        flow[5:9, 4:24, 1] += np.uint8(blob % 256)
        folder = tmp_path / f"three_norm_u_v_os/sub0{label}/u_test/{2 * label}"
        folder.mkdir(parents=True)
        cv2.imwrite(str(folder / f"sub0{label}_EP01 .png"), flow[..., ::-1])
    made = smastn("synth", tmp_path / "out", "--movement", tmp_path, "--workers", 1, "--json")
    assert json.loads(made.stdout)["emotions"] == {"negative": 1, "surprise": 1}
    clips = read_manifest(tmp_path / "out")
    assert [clip.key for clip in clips] == ["casme2/00/EP01", "casme2/01/EP01"]


def test_synth_plays_no_movement_in_a_layout(refused: Callable[..., None], tmp_path: Path) -> None:
    words = ("synth", tmp_path / "out", "--movement", tmp_path, "--layout", "casme2")
    refused("wanted one", *words, out=tmp_path / "out")


def test_synth_never_writes_into_a_folder_of_ones_own(
    refused: Callable[..., None], tmp_path: Path
) -> None:
    (tmp_path / "thesis.tex").touch()
    refused("already holds something", "synth", tmp_path, "--workers", 1, out=tmp_path)


def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    limited = "import resource as r; r.setrlimit(r.RLIMIT_FSIZE, (3000, r.RLIM_INFINITY)); "
    words = [sys.executable, "-B", "-c", limited + SMASTN[-1]]
    words += ["synth", str(tmp_path / "corpus"), "--subjects", "1", "--clips", "1"]
    done = subprocess.run([*words, "--workers", "1"], capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "no room left to write" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_leaves_nothing_half_written(tmp_path: Path, workers: int) -> None:
    words = [*SMASTN, "synth", str(tmp_path / "corpus"), "--workers", str(workers)]
    running = subprocess.Popen(
        words, stderr=subprocess.PIPE, text=True, start_new_session=True, env=os.environ
    )
    deadline = time.monotonic() + 240  # Ctrl-C within the imports is Python's to handle
    while not list(tmp_path.rglob("*.jpg")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to the whole group
    _, stderr = running.communicate(timeout=60)
    assert running.returncode == 130, stderr
    assert "Traceback" not in stderr
    assert stderr.rstrip().endswith("no partial file was kept")
    assert list(tmp_path.iterdir()) == []


def test_train_takes_its_calibration_from_an_evaluation(
    smastn: Run, corpus: Path, short_experiment: Path, tmp_path: Path
) -> None:
    """Answers that are right in two of three cases and say 99 % were too bold."""
    emotions = ("negative", "positive", "surprise")
    lines = ["corpus,subject,clip,seed,fold,truth,predicted,p_negative,p_positive,p_surprise"]
    for number in range(18):
        truth = emotions[number % 3]
        said = truth if number < 12 else emotions[(number + 1) % 3]
        chances = ",".join("0.98" if name == said else "0.01" for name in emotions)
        lines.append(f"made,s{number % 4},{number},0,f,{truth},{said},{chances}")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "predictions.csv").write_text("\n".join(lines) + "\n")
    out = tmp_path / "net"
    words = ("train", corpus, "--out", out, "--workers", 1, "--config", short_experiment)
    result = smastn(*words, "--calibrate", tmp_path / "run")
    assert result.exit_code == 0, result.output
    fitted = Predictor.load(out).calibration
    assert fitted.temperature > 2
    assert fitted.fitted_on == "4 held-out subjects of run, in folds"


def test_train_refuses_an_evaluation_of_other_emotions(
    refused: Callable[..., None], corpus: Path, short_experiment: Path, tmp_path: Path
) -> None:
    (tmp_path / "predictions.csv").write_text(
        "corpus,subject,clip,seed,fold,truth,predicted,p_fear,p_joy\n"
        "made,s1,a,0,f,fear,fear,0.6,0.4\n"
    )
    words = ("train", corpus, "--out", tmp_path / "net", "--workers", 1)
    refused(
        "probabilities of fear, joy, and the clips show negative",
        *(*words, "--config", short_experiment, "--calibrate", tmp_path),
        out=tmp_path,
    )
