"""The commands for corpora."""

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from smastn.cli import BAD_INPUT, app
from smastn.commands.corpora_commands import DEFECTS_FOUND
from smastn.corpora.catalogue import known_corpora, read_corpus
from smastn.corpora.corpus import DEFECT_KINDS
from smastn.evaluation.experiment_files import RECOMMENDED, read_experiment
from smastn.faces.prepared_clips import prepare_clips


def smastn(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def samm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made") / "samm"
    assert smastn("synth", root, "--layout", "samm").exit_code == 0
    return root


def test_the_list_names_every_corpus_and_its_licence() -> None:
    listed = json.loads(smastn("corpora", "--json").stdout)
    assert [one["name"] for one in listed] == list(known_corpora())
    shown = smastn("corpora").stdout
    assert all(name in shown for name in known_corpora())


def test_an_audit_tells_by_its_exit_code_and_writes_a_page(samm: Path, tmp_path: Path) -> None:
    done = smastn("audit", "samm", samm, "--json", "--html", tmp_path / "audit.html")
    assert done.exit_code == DEFECTS_FOUND
    record = json.loads(done.stdout)
    assert record["kinds"]["apex outside"] == 2
    assert set(record["kinds"]) <= set(DEFECT_KINDS)
    assert record["images_decoded"] > 0
    assert "028_4_1" in (tmp_path / "audit.html").read_text()
    table = smastn("audit", "samm", samm, "--quick").stdout
    assert "apex outside" in table


def test_a_corpus_is_prepared_and_a_second_run_has_nothing_to_do(
    samm: Path, tmp_path: Path
) -> None:
    words = ("prepare", "samm", samm, "--out", tmp_path, "--size", 32, "--workers", 1, "--json")
    record = json.loads(smastn(*words).stdout)
    assert len(record["clips"]) == 7
    assert record["left_out"] == {}
    times = {name: (tmp_path / name).stat().st_mtime_ns for name in record["clips"].values()}
    assert json.loads(smastn(*words).stdout) == record
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in times} == times


def test_clips_prepared_for_the_recommended_preset_are_those_that_it_reads(
    samm: Path, tmp_path: Path
) -> None:
    words = ("prepare", "samm", samm, "--out", tmp_path, "--workers", 1, "--cropped", "--json")
    plain = smastn(*words)
    assert "give --preset movement" in plain.stderr
    fitting = smastn(*words, "--preset", RECOMMENDED)
    assert "--preset" not in fitting.stderr
    config = replace(read_experiment(preset=RECOMMENDED).preparation, already_cropped=True)
    read = prepare_clips(read_corpus("samm", samm).clips, tmp_path, config, 1)
    names = {key: path.name for key, path in read.files.items()}
    assert json.loads(fitting.stdout)["clips"] == names
    assert json.loads(plain.stdout)["clips"] != names


def test_a_file_that_lost_its_checksum_is_made_anew(samm: Path, tmp_path: Path) -> None:
    words = ("prepare", "samm", samm, "--out", tmp_path, "--size", 32, "--workers", 1, "--cropped")
    assert smastn(*words).exit_code == 0
    file = next(iter(sorted(tmp_path.glob("*.safetensors"))))
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 255]))
    assert smastn(*words).exit_code == 0
    assert file.read_bytes() == whole


def test_what_cannot_be_used_is_listed(tmp_path: Path) -> None:
    root, out = tmp_path / "samm", tmp_path / "cache"
    assert smastn("synth", root, "--layout", "samm", "--grey").exit_code == 0
    for picture in (root / "006" / "006_1_2").iterdir():
        picture.unlink()
    done = smastn("prepare", "samm", root, "--out", out, "--workers", 1, "--json")
    left_out = json.loads(done.stdout)["left_out"]
    assert left_out["samm/006/006_1_2"].startswith("no frames")
    assert "no face" in left_out["samm/006/006_1_3"]
    assert len(left_out) == 7


@pytest.mark.parametrize("layout", ["casme2", "flow_images"])
def test_a_fixture_corpus_is_evaluated_by_the_very_command_printed(
    layout: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = smastn("synth", "two words", "--layout", layout, "--grey")
    commands = [line.removeprefix("next: ") for line in made.stderr.splitlines()]
    evaluate = shlex.split(commands[-1])
    assert evaluate[:2] == ["smastn", "evaluate"]
    done = smastn(*evaluate[1:], "--workers", 1, "--prepared", "prepared")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "RUN" / "report.html").is_file()


@pytest.mark.parametrize(
    ("layout", "evaluated"),
    [("samm", True), ("casme3_whole", True), ("dfme", True), ("4dme", True), ("samm_long", False)],
)
def test_evaluation_is_offered_where_there_are_enough_subjects_and_classes(
    layout: str, evaluated: bool, tmp_path: Path
) -> None:
    made = json.loads(
        smastn("synth", tmp_path / "a", "--layout", layout, "--grey", "--json").stdout
    )
    assert [command.split()[1] for command in made["next"]] == ["audit", "evaluate"][
        : 1 + evaluated
    ]
    assert (tmp_path / "a" / "experiment.toml").exists() == evaluated


def test_a_release_evaluated_as_ones_own_is_named_with_a_command_that_works(
    samm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = smastn("evaluate", "--data", samm, "--out", tmp_path / "run")
    assert done.exit_code == BAD_INPUT
    assert "holds no manifest.csv" in done.stderr
    assert "looks like samm as distributed" in done.stderr
    (command,) = re.findall(r"smastn (evaluate .*) evaluates it", done.stderr)
    assert command.split()[:2] == ["evaluate", "samm-5"]
    # A fixture copy of a few clips is read, and refused for its counts alone.
    assert "has 6 clips, published 136" in smastn(*shlex.split(command)).stderr


def test_misspelt_names_are_corrected(tmp_path: Path) -> None:
    assert "did you mean casme2?" in smastn("audit", "casmee2", tmp_path).stderr
    done = smastn("synth", tmp_path / "new", "--layout", "sam")
    assert "did you mean samm?" in done.stderr


def test_bad_names_end_in_one_sentence(tmp_path: Path) -> None:
    for words in (
        ("audit", "casme4", tmp_path),
        ("audit", "casme2", tmp_path),
        ("synth", tmp_path / "new", "--layout", "casme4"),
    ):
        done = smastn(*words)
        assert done.exit_code == BAD_INPUT
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "new").exists()
