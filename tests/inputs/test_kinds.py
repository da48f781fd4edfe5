"""The table [input], and that no other room asks which input it has."""

import ast
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import smastn
from smastn.config import read_settings, settings_to_dict
from smastn.errors import ConfigError
from smastn.inputs.brightness_images import BrightnessImages
from smastn.inputs.input import Input
from smastn.inputs.kinds import AnyInput
from smastn.inputs.motion_images import MotionImages
from smastn.inputs.optical_flow import FlowImages

SOURCE = Path(smastn.__file__).parent
LATER = ("methods", "training", "evaluation", "analysis", "commands", "server")
"""Rooms after the inputs; what synthesis calls flow is another thing."""


@dataclass(frozen=True)
class Sheet:
    input: AnyInput = field(default_factory=BrightnessImages)


@pytest.mark.parametrize(
    ("table", "source"),
    [
        ({}, BrightnessImages()),
        ({"kind": "brightness", "reading": "local"}, BrightnessImages(reading="local")),
        ({"kind": "motion", "frames": 8}, MotionImages(frames=8)),
        ({"kind": "flow", "parts": ["ststnet"]}, FlowImages(("ststnet",))),
    ],
)
def test_every_kind_is_read_and_written(table: dict[str, object], source: Input) -> None:
    sheet = read_settings({"input": table}, Sheet)
    assert sheet == Sheet(source)
    assert read_settings(settings_to_dict(sheet), Sheet) == sheet


@pytest.mark.parametrize(
    ("former", "present", "source"),
    [
        ({"domain": "motion", "flow": [], "form": "harmonic"}, "motion", MotionImages()),
        ({"domain": "brightness", "segments": 2}, "brightness", BrightnessImages(segments=2)),
        (
            {"segments": 3, "domain": "brightness", "flow": ["onset-apex"]},
            "flow",
            FlowImages(("onset-apex",)),
        ),
    ],
)
def test_former_words_are_read_with_a_warning_that_names_the_present_ones(
    caplog: pytest.LogCaptureFixture, former: dict[str, object], present: str, source: Input
) -> None:
    with caplog.at_level(logging.WARNING, logger="smastn"):
        assert read_settings({"input": former}, Sheet) == Sheet(source)
    assert f'domain and flow are now called kind; write kind = "{present}"' in caplog.text


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"kind": "moton"}, 'kind is "moton"; wanted brightness, .*; did you mean motion?'),
        ({"kind": "motion", "frams": 8}, "unknown setting frams"),
        ({"kind": "flow", "frames": 8}, "unknown setting frames; known are parts"),
        ({"kind": "flow", "parts": []}, "parts is .*at least one"),
        ({"form": "linear"}, 'form is "linear", but this setting was removed'),
        ({"kind": "smastn.config:Kinds"}, "smastn.config:Kinds has no describe, .*inherits"),
    ],
)
def test_what_is_no_input_is_refused_by_name(table: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=rf"\[input\]: {words}"):
        read_settings({"input": table}, Sheet)


def test_an_input_of_an_installed_package_is_named_by_its_entry_point(
    install: Callable[..., Path],
) -> None:
    install(
        "my_inputs",
        "from dataclasses import dataclass\n"
        "from smastn.inputs.brightness_images import BrightnessImages\n"
        "@dataclass(frozen=True)\n"
        "class Slow(BrightnessImages):\n"
        "    pause: float = 0.5\n",
        '[project.entry-points."smastn.inputs"]\nslow = "my_package.my_inputs:Slow"\n',
    )
    sheet = read_settings({"input": {"kind": "slow", "pause": 2}}, Sheet)
    assert type(sheet.input).__name__ == "Slow"
    table = settings_to_dict(sheet)["input"]
    assert (table["kind"], table["pause"]) == ("slow", 2.0)
    with pytest.raises(ConfigError, match="wanted brightness, motion, flow, slow, or"):
        read_settings({"input": {"kind": "sloe"}}, Sheet)


def asks_which_input(tree: ast.AST) -> list[int]:
    """Lines that read `flow`, `domain` or `shows_movement`, or compare a kind or class of input."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            if node.attr in ("flow", "domain", "shows_movement"):
                lines.append(node.lineno)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            named = [name for argument in node.args for name in ast.walk(argument)]
            inputs = {"BrightnessImages", "MotionImages", "FlowImages"}
            if node.func.id == "isinstance" and inputs & {getattr(one, "id", "") for one in named}:
                lines.append(node.lineno)
    return lines


def test_no_room_after_the_inputs_asks_which_input_it_has() -> None:
    files = [path for room in LATER for path in (SOURCE / room).rglob("*.py")]
    assert len(files) > 80
    found = {str(path): asks_which_input(ast.parse(path.read_text())) for path in files}
    assert {path: lines for path, lines in found.items() if lines} == {}
    assert asks_which_input(ast.parse("if config.input.flow: pass"))
    assert asks_which_input(ast.parse("isinstance(one, (int, FlowImages))"))
