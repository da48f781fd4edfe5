"""The table ``[input]`` of settings: its ``kind`` says which input the other settings are of."""

import dataclasses
import logging
from collections.abc import Mapping
from typing import Annotated, Any

from smastn.config import Find, Kinds
from smastn.errors import ConfigError
from smastn.extensions import (
    installed,
    is_reference,
    load_installed,
    load_reference,
    reference_to,
    suggestion,
)
from smastn.inputs.input import Input

GROUP = "smastn.inputs"
"""The entry point group in which installed packages declare inputs."""

OURS = {
    "brightness": "smastn.inputs.brightness_images:BrightnessImages",
    "motion": "smastn.inputs.motion_images:MotionImages",
    "flow": "smastn.inputs.optical_flow:FlowImages",
}

_WANTED = "an input"
_log = logging.getLogger("smastn")


def _choose(table: Mapping[str, Any], where: str, find: Find) -> tuple[Mapping[str, Any], type]:
    """The settings in a table, and the class of the input that they belong to."""
    settings = _in_present_words(table, where)
    kind = str(settings.pop("kind", "brightness"))
    packages = installed(GROUP)
    if kind in OURS:
        found = load_reference(OURS[kind], _WANTED)
    elif kind in packages:
        found = load_installed(packages[kind], _WANTED)
    elif is_reference(kind):
        found = find(kind, _WANTED)
    else:
        known = [*OURS, *packages]
        raise ConfigError(
            f'kind is "{kind}"; wanted {", ".join(known)}, or a class in a file, as in '
            f'"my_input.py:NAME"{suggestion(kind, known)}'
        )
    _require_input(found, kind)
    return settings, found


def _name(value: Input) -> str:
    """The ``kind`` of an input: a name where it has one, else the reference to its class."""
    reference = reference_to(type(value))
    names = {point.value: name for name, point in installed(GROUP).items()}
    names |= {ours: name for name, ours in OURS.items()}
    return names.get(reference, reference)


AnyInput = Annotated[Input, Kinds(_choose, _name)]
"""The type of a settings field that holds an input of any kind."""


def _in_present_words(table: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The table with former settings replaced: ``domain`` and ``flow`` are kinds now."""
    settings = dict(table)
    if not {"domain", "flow"} & set(settings):
        return settings
    domain, parts = settings.pop("domain", "brightness"), settings.pop("flow", ())
    settings = {"kind": "flow", "parts": parts} if parts else {"kind": domain, **settings}
    now = f'kind = "{settings["kind"]}"' + (f" with parts = {list(parts)}" if parts else "")
    _log.warning("%s: domain and flow are now called kind; write %s", where, now)
    return settings


def _require_input(found: Any, kind: str) -> None:
    members = {name for name in vars(Input) if not name.startswith("_")}
    missing = {name for name in members if not hasattr(found, name)}
    missing |= getattr(found, "__abstractmethods__", frozenset())
    if missing or not dataclasses.is_dataclass(found):
        seen = f"has no {', '.join(sorted(missing))}" if missing else "is no dataclass"
        raise ConfigError(
            f"{kind} {seen}; wanted a frozen dataclass that inherits from "
            "smastn.inputs.input.Input and defines image_names and describe: correct it"
        )
