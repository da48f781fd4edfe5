"""A corpus from outside the package: the example of docs/extending.md, exactly as printed."""

import csv
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from smastn.corpora import readers
from smastn.corpora.catalogue import find_corpus, known_corpora, looks_like, read_corpus
from smastn.corpora.selection import DataConfig, select_clips
from smastn.errors import ConfigError, InputError

Run = Callable[..., Any]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "extending.md"
SECTION = PAGE.read_text(encoding="utf-8").partition("## A corpus\n")[2].partition("\n## ")[0]
LABELS = ("joy", "fear", "anger", "unclear")
QUICK = "\n[preparation]\nalready_cropped = true\nsize = 48\n[training]\nepochs = 1\n"


def block(first_line: str) -> str:
    (text,) = re.findall(rf"```\w+\n(# {re.escape(first_line)}\n.*?)```", SECTION, flags=re.DOTALL)
    return text


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The corpus file of the page, in a folder of its own."""
    path = tmp_path / "ours" / "my_corpus.py"
    path.parent.mkdir()
    path.write_text(block("my_corpus.py"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six subjects with four clips each, and the table that the example reads."""
    root = tmp_path_factory.mktemp("data")
    noise = np.random.default_rng(0)
    titles = ("subject", "clip", "label", "onset", "apex", "offset", "part")
    rows: list[tuple[str, ...]] = [titles]
    for subject in "abcdef":
        for label in LABELS:
            folder = root / subject / label
            folder.mkdir(parents=True)
            for number in range(10):
                image = noise.integers(0, 256, (48, 48, 3), np.uint8)
                cv2.imwrite(str(folder / f"{number}.png"), image)
            part = "training" if subject in "abcd" else "test"
            rows.append((subject, label, label, "1", "4", "8", part))
    with (root / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return root


@pytest.fixture
def installed(install: Callable[..., Path]) -> Path:
    """The example as an installed package that declares it as an entry point."""
    return install("my_corpus", block("my_corpus.py"), block("pyproject.toml of the package"))


def test_a_file_is_audited_and_prepared_like_any_corpus(
    smastn: Run, example: Path, data: Path, tmp_path: Path
) -> None:
    audit = json.loads(smastn("audit", example, data, "--json").stdout)
    assert (audit["corpus"], audit["clips"], audit["subjects"]) == ("pilot", 24, 6)
    assert audit["flawless"] and audit["images_decoded"] == 24 * 8
    out = tmp_path / "cache"
    done = smastn("prepare", example, data, "--out", out, "--cropped", "--size", 32, "--json")
    assert len(json.loads(done.stdout)["clips"]) == 24
    assert (out / "pilot.json").is_file()


def test_settings_beside_the_file_evaluate_it_from_any_folder(
    smastn: Run, example: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = example.with_name("pilot.toml")
    settings.write_text(block("pilot.toml") + QUICK, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    words = ("--data", data, "--out", "run", "--workers", 1, "--prepared", "prepared", "--json")
    done = smastn("evaluate", settings, *words)
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert (report["clips"], report["emotions"]) == (6, ["negative", "positive"])
    table = (tmp_path / "run" / "predictions.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    assert {row["subject"] for row in rows} == {"pilot/e", "pilot/f"}


@pytest.mark.usefixtures("installed")
def test_an_entry_point_is_listed_and_read_by_its_name(
    smastn: Run, data: Path, tmp_path: Path
) -> None:
    listed = json.loads(smastn("corpora", "--json").stdout)
    (card,) = [one for one in listed if one["name"] == "pilot"]
    assert card["licence"] == "research only; not to be passed on"
    assert len(read_corpus("pilot", data).clips) == 24
    assert looks_like(data) == ["pilot"]
    with pytest.raises(InputError, match="looks like pilot as distributed"):
        read_corpus("samm", data)
    with pytest.raises(ConfigError, match=r"did you mean pilot\?"):
        find_corpus("pilott")
    settings = tmp_path / "named.toml"
    settings.write_text('name = "x"\n[data]\ncorpora = ["pilot"]\nclasses = "2"\n' + QUICK)
    words = ("--data", data, "--out", tmp_path / "run", "--prepared", tmp_path / "prepared")
    assert smastn("evaluate", settings, *words, "--workers", 1).exit_code == 0


def test_a_file_in_the_folder_of_readers_is_a_corpus_without_any_other_edit(
    example: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "__path__", [*readers.__path__, str(example.parent)])
    try:
        assert known_corpora()["pilot"].title == "Pilot study"
        clips = select_clips(data, DataConfig(("pilot",), "2"), split=True)
        assert len(clips.clips) == len(clips.parts) == 18
    finally:
        sys.modules.pop("smastn.corpora.readers.my_corpus", None)


def test_of_several_corpora_one_from_a_file_lies_in_the_folder_of_its_name(
    example: Path, data: Path, tmp_path: Path
) -> None:
    for name in ("pilot", "again"):
        (tmp_path / name).symlink_to(data, target_is_directory=True)
    other = example.with_name("again.py")
    other.write_text(example.read_text().replace('"pilot"', '"again"').replace("pilot/", "again/"))
    config = DataConfig((f"{example}:CORPUS", str(other)), "2")
    clips = select_clips(tmp_path, config).clips
    assert [clip.corpus for clip in clips] == ["pilot"] * 18 + ["again"] * 18


def test_what_cannot_be_used_is_refused_in_one_sentence(
    smastn: Run, example: Path, data: Path, tmp_path: Path
) -> None:
    for words, message in (
        (("audit", example, tmp_path), "labels.csv"),
        (("audit", f"{example}:CORPSU", data), "did you mean CORPUS?"),
        (("audit", f"{example}:rows", data), "wanted a CorpusDefinition"),
        (("audit", example.with_name("other.py"), data), "other.py is not there"),
    ):
        done = smastn(*words)
        assert done.exit_code == 2
        assert message in done.stderr and "Traceback" not in done.stderr
    with pytest.raises(ConfigError, match="pilot has no class scheme 3; known are 2"):
        select_clips(data, DataConfig((str(example),), "3"))


def test_a_broken_package_hides_no_other_corpus(
    smastn: Run, installed: Path, caplog: pytest.LogCaptureFixture
) -> None:
    installed.write_text("1 / 0\n")
    assert "casme2" in known_corpora()
    assert "smastn.corpora cannot be imported (ZeroDivisionError" in caplog.text
    assert smastn("corpora").exit_code == 0
