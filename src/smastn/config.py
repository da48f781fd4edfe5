"""Settings: a TOML file or a mapping is read once into frozen dataclasses.

Each room keeps its settings in a dataclass beside the code they set. Here the
keys and the types are checked against that dataclass; its ``__post_init__``
checks the ranges and raises ConfigError. A misspelt key is an error, never a
default. A dataclass may list former names of its fields in ``RENAMED``; they are
read with a warning that names the new word. Settings that no longer exist are listed in
``REMOVED`` with the one value that is still accepted. `settings_to_dict` is the way back,
for the JSON beside results and weights.
"""

import dataclasses
import logging
import math
import tomllib
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from smastn.errors import ConfigError
from smastn.extensions import load_reference

T = TypeVar("T")

_log = logging.getLogger("smastn")

_WANTED = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}


Find = Callable[[str, str], Any]
"""Finds the object of a reference, as `smastn.extensions.load_reference` does."""


@dataclasses.dataclass(frozen=True, slots=True)
class Kinds:
    """Marks a field, by `Annotated`, as a table that is one of several dataclasses.

    Attributes:
        choose: from a table, what errors call it, and a way to find references, to the settings
            without ``kind`` and the dataclass that they belong to.
        name: the ``kind`` that `settings_to_dict` writes for an instance.
    """

    choose: Callable[[Mapping[str, Any], str, Find], tuple[Mapping[str, Any], type]]
    name: Callable[[Any], str]


def read_settings(
    source: Path | Mapping[str, Any],
    kind: type[T],
    origin: str | None = None,
    find: Find = load_reference,
) -> T:
    """The settings in `source`, as an instance of the dataclass `kind`.

    Args:
        source: a TOML file, or a mapping such as a JSON file gives.
        kind: a dataclass whose fields are int, float, str, bool, Literal, tuples
            and optional ones of these, mappings of any plain values, or dataclasses of the
            same sort.
        origin: what errors call the source; the file's name where none is given.
        find: finds what a table of a `Kinds` field refers to.

    Raises:
        ConfigError: the file cannot be read, a key is unknown or missing, or a
            value has the wrong type or lies out of range; names file and section.
    """
    if isinstance(source, Path):
        return _instance(read_toml(source), kind, _Place(origin or source.name, find))
    return _instance(source, kind, _Place(origin or "settings", find))


def settings_to_dict(settings: Any) -> dict[str, Any]:
    """The dataclass as plain dicts, lists and scalars, ready for JSON.

    `read_settings` with the same dataclass gives equal settings back.
    """
    plain: dict[str, Any] = {}
    for field in dataclasses.fields(settings):
        value, kinds = getattr(settings, field.name), _kinds(field.type)
        plain[field.name] = _plain(value)
        if kinds is not None:
            plain[field.name] = {"kind": kinds.name(value), **plain[field.name]}
    return plain


def check_choices(settings: Any) -> None:
    """Refuse a field of a settings dataclass that is none of its Literal's choices.

    For ``__post_init__``: what is made in Python is then as safe as what was read.

    Raises:
        ConfigError: names the field, its value and the choices.
    """
    for name, hint in get_type_hints(type(settings)).items():
        if get_origin(hint) is Literal:
            _value(getattr(settings, name), hint, _Place(name))


def settings_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What differs between two results of `settings_to_dict`, one phrase a setting.

    Returns:
        Phrases such as ``"training.epochs was 40, is 30"``; empty where all are equal.
    """
    old, new = flat_settings(before), flat_settings(after)
    names = [*old, *(name for name in new if name not in old)]
    return [
        f"{name} was {_shown(old.get(name))}, is {_shown(new.get(name))}"
        for name in names
        if old.get(name) != new.get(name) or (name in old) != (name in new)
    ]


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file as plain values.

    Raises:
        ConfigError: the file cannot be read, or is not TOML in UTF-8.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"{path}: the settings file cannot be read ({error.strerror}); "
            "check the path, or that it is a file you may read"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path}: not a text file; wanted TOML in UTF-8; save it so, or name another file"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name}: not valid TOML ({error}); correct that line") from error


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands, for errors; and how references there are found."""

    origin: str
    find: Find = load_reference
    section: tuple[str, ...] = ()
    name: str = ""

    def __str__(self) -> str:
        section = f", [{'.'.join(self.section)}]" if self.section else ""
        return f"{self.origin}{section}" + (f": {self.name}" if self.name else "")

    def inside(self) -> "_Place":
        """The section that the value is."""
        section = (*self.section, self.name) if self.name else self.section
        return dataclasses.replace(self, section=section, name="")

    def at(self, name: str) -> "_Place":
        return dataclasses.replace(self, name=name)


def _instance(values: Mapping[str, Any], kind: type[T], place: _Place) -> T:
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    hints = get_type_hints(kind, include_extras=True)
    values = _under_present_names(values, getattr(kind, "RENAMED", {}), place)
    values = _without_removed(values, getattr(kind, "REMOVED", {}), place)
    _check_keys(values, fields, place)
    settings = {name: _value(value, hints[name], place.at(name)) for name, value in values.items()}
    try:
        return kind(**settings)
    except ConfigError as error:
        raise ConfigError(f"{place}: {error}") from error


def _under_present_names(
    values: Mapping[str, Any], renamed: Mapping[str, str], where: _Place
) -> Mapping[str, Any]:
    """The values with former names of settings replaced; each is logged as a warning."""
    former = [name for name in values if name in renamed and renamed[name] not in values]
    for name in former:
        _log.warning("%s: %s is now called %s; rename it", where, name, renamed[name])
    return {renamed[name] if name in former else name: value for name, value in values.items()}


def _without_removed(
    values: Mapping[str, Any], removed: Mapping[str, Any], where: _Place
) -> Mapping[str, Any]:
    """The values without settings that no longer exist, which must have had their default."""
    for name in removed:
        if name in values and values[name] != removed[name]:
            raise ConfigError(
                f"{where}: {name} is {_shown(values[name])}, but this setting was removed and is "
                f"always {_shown(removed[name])}: delete the line"
            )
    return {name: value for name, value in values.items() if name not in removed}


def _check_keys(
    values: Mapping[str, Any], fields: Mapping[str, dataclasses.Field[Any]], where: _Place
) -> None:
    unknown = [name for name in values if name not in fields]
    if unknown:
        noun = "setting" if len(unknown) == 1 else "settings"
        raise ConfigError(
            f"{where}: unknown {noun} {', '.join(unknown)}; known are {', '.join(fields)}"
        )
    nothing = dataclasses.MISSING
    missing = [
        name
        for name, field in fields.items()
        if name not in values and field.default is nothing and field.default_factory is nothing
    ]
    if missing:
        raise ConfigError(f"{where}: {', '.join(missing)} missing; add a line {missing[0]} = ...")


def _value(value: Any, hint: Any, what: _Place) -> Any:
    """The value as the type `hint` wants it."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _optional(value, arguments, what)
    if origin is Literal:
        if not any(type(value) is type(choice) and value == choice for choice in arguments):
            choices = ", ".join(str(choice) for choice in arguments)
            raise ConfigError(f"{what} is {_shown(value)}; wanted one of {choices}")
        return value
    if origin is tuple:
        return _tuple(value, arguments, what)
    if origin is Mapping:
        if isinstance(value, Mapping):
            return dict(value)  # free: checked where the values are used
        raise ConfigError(f"{what} is {_shown(value)}; wanted a table with values of its own")
    kinds = _kinds(hint)
    if kinds is not None or (dataclasses.is_dataclass(hint) and isinstance(hint, type)):
        if isinstance(value, Mapping):
            place = what.inside()
            return _instance(*_chosen(value, hint, place), place)
        raise ConfigError(f"{what} is {_shown(value)}; wanted a section with settings of its own")
    return _scalar(value, hint, what)


def _chosen(values: Mapping[str, Any], hint: Any, place: _Place) -> tuple[Mapping[str, Any], type]:
    """The settings of a table and their dataclass, which its ``kind`` may say."""
    kinds = _kinds(hint)
    if kinds is None:
        return values, hint
    try:
        return kinds.choose(values, str(place), place.find)
    except ConfigError as error:
        raise ConfigError(f"{place}: {error}") from error


def _kinds(hint: Any) -> Kinds | None:
    return next((one for one in getattr(hint, "__metadata__", ()) if isinstance(one, Kinds)), None)


def _scalar(value: Any, hint: Any, what: _Place) -> Any:
    if hint is float and type(value) is int:  # 3 is written for 3.0 by everybody
        value = float(value)
    if type(value) is not hint:
        raise ConfigError(f"{what} is {_shown(value)}; wanted {_WANTED[hint]}")
    if hint is float and not math.isfinite(value):
        raise ConfigError(f"{what} is {value}; wanted a finite number")
    return value


def _optional(value: Any, arguments: tuple[Any, ...], what: _Place) -> Any:
    """`X | None`: the one sort of union a setting may have."""
    (hint,) = [argument for argument in arguments if argument is not types.NoneType]
    return None if value is None else _value(value, hint, what)


def _tuple(value: Any, arguments: tuple[Any, ...], what: _Place) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise ConfigError(f"{what} is {_shown(value)}; wanted a list, as in [1, 2]")
    if arguments == (float, ...) and all(
        type(one) is float and math.isfinite(one) for one in value
    ):
        return tuple(value)  # attention maps are long
    if arguments[-1] is Ellipsis:
        arguments = (arguments[0],) * len(value)
    if len(arguments) != len(value):
        raise ConfigError(f"{what} has {len(value)} values; wanted {len(arguments)}")
    return tuple(
        _value(item, hint, what.at(f"{what.name}[{index}]"))
        for index, (item, hint) in enumerate(zip(value, arguments, strict=True))
    )


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return settings_to_dict(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return value


def flat_settings(values: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Nested settings in one dict, with names such as ``"training.epochs"``."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= flat_settings(value, f"{before}{name}.")
        else:
            flat[before + name] = value
    return flat


def _shown(value: Any) -> str:
    """The value as a settings file would write it."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "not set"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_shown(item) for item in value)}]"
    return "a section" if isinstance(value, Mapping) else str(value)
