"""Experiments by name: those that ship with smastn, presets of settings, and files of the user.

``experiments/`` holds an experiment for each corpus with a protocol, and the ablations;
``presets/`` holds settings that are not tied to a corpus.
"""

from collections.abc import Collection, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from smastn.config import read_settings, read_toml
from smastn.errors import ConfigError
from smastn.evaluation.experiment import Experiment
from smastn.extensions import reference_digest, resolved, suggestion
from smastn.training.training_settings import Settings

RECOMMENDED = "movement"
"""The preset that is used where neither an experiment nor a preset is named."""

_EXPERIMENTS, _PRESETS = (Path(__file__).with_name(name) for name in ("experiments", "presets"))
_REFERENCES = (("data", "corpora"), ("network", "module"), ("input", "kind"))
"""Sections and settings that may name an object of a file, such as ``"my_net.py:Net"``."""


def read_experiment(
    name: Experiment | str | Path | None = None, preset: str | None = None
) -> Experiment:
    """The experiment of that name or file, with the settings of a preset if one is named.

    Args:
        name: an experiment that ships with smastn, or a TOML file; settings are returned as they
            are. Where none is named, the preset itself is the experiment: one subject left out,
            on a corpus with a manifest.
        preset: replaces all settings of the experiment but corpora, protocol and seeds. Where
            none is named, an experiment keeps its own, and `RECOMMENDED` stands in for none.

    Raises:
        ConfigError: the name is unknown, the file cannot be read, or a setting is unknown or
            out of range.
    """
    if isinstance(name, Experiment):
        return name
    if name is None:
        return _read(_PRESETS / f"{_known(preset or RECOMMENDED, preset_names(), 'preset')}.toml")
    experiment = _read(_experiment_path(name))
    if preset is None:
        return experiment
    chosen = read_experiment(preset=preset)
    settings = {one.name: getattr(chosen, one.name) for one in fields(Settings)}
    return replace(experiment, name=f"{experiment.name}, preset {preset}", **settings)


def experiment_names() -> list[str]:
    """The experiments that ship with smastn, such as ``"casme2-5"`` or ``"ablations/segments-1"``.

    Those without a folder come first.
    """
    paths = (path.relative_to(_EXPERIMENTS) for path in _EXPERIMENTS.rglob("*.toml"))
    names = (path.with_suffix("").as_posix() for path in paths)
    return sorted(names, key=lambda name: ("/" in name, name))


def experiments_on(corpora: Collection[str]) -> list[str]:
    """The shipped experiments, without ablations, on exactly one of these corpora."""
    named = {name: _read(_EXPERIMENTS / f"{name}.toml") for name in experiment_names()}
    fitting = [name for name, one in named.items() if set(one.data.corpora) <= set(corpora)]
    return [name for name in fitting if "/" not in name]


def preset_names() -> list[str]:
    """The presets, the recommended one first."""
    names = {path.stem for path in _PRESETS.glob("*.toml")}
    return [RECOMMENDED, *sorted(names - {RECOMMENDED})]


def referenced_files(settings: dict[str, Any]) -> dict[str, str]:
    """SHA-256 of each file that the settings, as plain values, name an object of."""
    digests = {text: reference_digest(text) for text in _references(settings)}
    return {text: digest for text, digest in digests.items() if digest is not None}


def _experiment_path(name: str | Path) -> Path:
    path = Path(name).expanduser()
    if path.is_file():
        return path
    known = experiment_names()
    text = str(name).removesuffix(".toml").removeprefix("experiments/")
    if text in known and text != str(name):
        raise ConfigError(f"there is no file {name}; did you mean {text}, which smastn ships?")
    return _EXPERIMENTS / f"{_known(text, known, 'experiment file, and no experiment')}.toml"


def _known(name: str, known: list[str], kind: str) -> str:
    if name not in known:
        raise ConfigError(
            f"{name} is no {kind} that smastn ships{suggestion(name, known)}; "
            "smastn evaluate --list prints all"
        )
    return name


def _read(path: Path) -> Experiment:
    values = read_toml(path)
    for section, setting in _REFERENCES:
        table = values.get(section)
        if isinstance(table, dict) and setting in table:
            table[setting] = _resolved(table[setting], path.parent)
    data = values.get("data", {})
    if (path.parent / str(data.get("action_units", ""))).is_file():  # beside the settings
        data["action_units"] = str((path.parent / data["action_units"]).resolve())
    return read_settings(values, Experiment, path.name)


def _resolved(value: Any, folder: Path) -> Any:
    if isinstance(value, list):
        return [_resolved(one, folder) for one in value]
    return resolved(value, folder) if isinstance(value, str) else value


def _references(settings: dict[str, Any]) -> Iterator[str]:
    for section, setting in _REFERENCES:
        value = settings.get(section, {}).get(setting, ())
        yield from [value] if isinstance(value, str) else value
