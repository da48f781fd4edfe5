"""Settings come in whole and checked, or a sentence says why not."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest

from smastn.config import check_choices, read_settings, settings_differences, settings_to_dict
from smastn.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Train:
    epochs: int = 40
    learning_rate: float = 1e-3
    optimiser: Literal["adamw", "sgd"] = "adamw"

    def __post_init__(self) -> None:
        check_choices(self)
        if self.epochs < 1:
            raise ConfigError(f"epochs is {self.epochs}; wanted at least 1")


@dataclass(frozen=True, slots=True)
class Descriptor:
    reading: Literal["local", "local+global"] = "local"
    sizes: tuple[int, ...] = (3,)
    span: tuple[int, float] = (1, 2.0)


@dataclass(frozen=True, slots=True)
class Study:
    name: str
    train: Train = field(default_factory=Train)
    descriptor: Descriptor | None = None
    note: str | None = None
    flip: bool = False
    more: tuple[Train, ...] = ()


def read(text: str, folder: Path) -> Study:
    path = folder / "experiment.toml"
    path.write_text(text)
    return read_settings(path, Study)


def test_a_file_becomes_nested_frozen_settings(tmp_path: Path) -> None:
    study = read(
        'name = "a"\nflip = true\n[train]\nepochs = 3\nlearning_rate = 1\n'
        '[descriptor]\nreading = "local+global"\nsizes = [1, 2]\nspan = [1, 3]\n',
        tmp_path,
    )
    assert study == Study(
        "a", Train(3, 1.0), Descriptor("local+global", (1, 2), (1, 3.0)), None, True
    )
    assert type(study.train.learning_rate) is float


def test_what_is_left_out_takes_its_default(tmp_path: Path) -> None:
    assert read('name = "a"', tmp_path) == Study("a")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "[train]\nepoch = 3",
            "experiment.toml, [train]: unknown setting epoch; "
            "known are epochs, learning_rate, optimiser",
        ),
        (
            "nmae = 1",
            "experiment.toml: unknown setting nmae; "
            "known are name, train, descriptor, note, flip, more",
        ),
        (
            '[descriptor]\nreading = "locl"',
            'experiment.toml, [descriptor]: reading is "locl"; wanted one of local, local+global',
        ),
        (
            '[train]\nepochs = "ten"',
            'experiment.toml, [train]: epochs is "ten"; wanted a whole number',
        ),
        ("[train]\nepochs = 3.0", "epochs is 3.0; wanted a whole number"),
        ("[train]\nepochs = true", "epochs is true; wanted a whole number"),
        ("[train]\nepochs = 0", "experiment.toml, [train]: epochs is 0; wanted at least 1"),
        ("[train]\nlearning_rate = nan", "learning_rate is nan; wanted a finite number"),
        ("train = 3", "experiment.toml: train is 3; wanted a section with settings of its own"),
        ("flip = 1", "experiment.toml: flip is 1; wanted true or false"),
        ("note = 1", "experiment.toml: note is 1; wanted text"),
        ("[descriptor]\nsizes = 3", "sizes is 3; wanted a list"),
        ("[descriptor]\nsizes = [3, 'x']", 'sizes[1] is "x"; wanted a whole number'),
        ("[descriptor]\nspan = [3]", "span has 1 values; wanted 2"),
        ("[[more]]\n[[more]]\nepoch = 1", "experiment.toml, [more[1]]: unknown setting epoch"),
    ],
)
def test_what_cannot_be_used_is_named_with_file_and_section(
    text: str, sentence: str, tmp_path: Path
) -> None:
    name = "" if text.startswith("nmae") else 'name = "a"\n'
    with pytest.raises(ConfigError) as caught:
        read(name + text, tmp_path)
    assert sentence in str(caught.value)


def test_a_setting_without_a_default_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^experiment\.toml: name missing; add a line name"):
        read("flip = true", tmp_path)


def test_a_file_that_is_no_toml_says_where(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"not valid TOML .*line 1"):
        read("name = = 1", tmp_path)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.toml: the settings file cannot be read"):
        read_settings(tmp_path / "absent.toml", Study)


def test_a_picture_is_no_settings_file(tmp_path: Path) -> None:
    path = tmp_path / "face.png"
    path.write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(ConfigError, match="not a text file"):
        read_settings(path, Study)


@pytest.mark.parametrize(
    "study",
    [Study("a"), Study("b", Train(2), Descriptor(sizes=(1, 2)), "note", True, (Train(), Train(3)))],
)
def test_settings_come_back_from_json_unchanged(study: Study) -> None:
    values: Any = json.loads(json.dumps(settings_to_dict(study)))
    assert values == settings_to_dict(study)
    assert read_settings(values, Study, "weights.json") == study


def test_the_origin_is_named_where_there_is_no_file() -> None:
    with pytest.raises(ConfigError, match=r"^weights\.json, \[train\]: unknown setting epoch;"):
        read_settings({"name": "a", "train": {"epoch": 1}}, Study, "weights.json")


def test_differences_are_named_one_by_one() -> None:
    before = settings_to_dict(Study("a", Train(40)))
    after = settings_to_dict(Study("a", Train(30), note="new"))
    assert settings_differences(before, before) == []
    assert settings_differences(before, after) == [
        "train.epochs was 40, is 30",
        'note was not set, is "new"',
    ]


def test_settings_made_in_python_are_as_safe_as_those_read() -> None:
    chosen: Any = "adam"
    with pytest.raises(ConfigError, match=r'optimiser is "adam"; wanted one of adamw, sgd'):
        Train(optimiser=chosen)


@dataclass(frozen=True, slots=True)
class Renamed:
    RENAMED: ClassVar = {"asking": "inference"}

    inference: int = 0


def test_a_former_name_is_read_and_a_warning_names_the_new_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "old.toml"
    path.write_text("asking = 3\n")
    assert read_settings(path, Renamed) == Renamed(inference=3)
    assert "old.toml: asking is now called inference; rename it" in caplog.text
    with pytest.raises(ConfigError, match="unknown setting asking"):
        read_settings({"asking": 3, "inference": 4}, Renamed)
