"""Finds corpora by name, and reads them.

A corpus is a `CorpusDefinition` at the top level of a module. It is found in

- the modules in ``smastn/corpora/readers``;
- an installed package that declares it as an entry point of the group ``smastn.corpora``;
- any Python file, named as in ``"my_corpus.py:CORPUS"``.
"""

import importlib
import logging
import pkgutil
from pathlib import Path

from smastn.corpora import readers
from smastn.corpora.corpus import Corpus, CorpusDefinition
from smastn.errors import ConfigError, InputError
from smastn.extensions import (
    installed,
    is_reference,
    load_installed,
    load_reference,
    suggestion,
)

GROUP = "smastn.corpora"
"""Entry points of this group are corpora."""

_WANTED = "a CorpusDefinition"
_log = logging.getLogger("smastn")


class OtherCorpusError(InputError):
    """A folder was read as one corpus and looks like another.

    Attributes:
        names: the corpora it looks like.
    """

    def __init__(self, message: str, names: list[str]) -> None:
        super().__init__(message)
        self.names = names


def known_corpora() -> dict[str, CorpusDefinition]:
    """Every corpus of this package and of installed packages, by name, sorted.

    A package whose entry point cannot be used is skipped with a logged warning.
    """
    found = _built_in()
    for name, point in installed(GROUP).items():
        try:
            found.setdefault(name, _checked(load_installed(point, _WANTED), name))
        except ConfigError as error:
            _log.warning("%s", error)
    return dict(sorted(found.items()))


def find_corpus(name: str) -> CorpusDefinition:
    """The corpus of this name, or the one that a reference such as ``my.py:CORPUS`` names.

    Raises:
        ConfigError: there is none; the message lists the known ones.
    """
    if is_reference(name):
        return _checked(load_reference(name, _WANTED, default="CORPUS"), name)
    found = _built_in()
    if name in found:
        return found[name]
    points = installed(GROUP)
    if name in points:
        return _checked(load_installed(points[name], _WANTED), name)
    names = sorted({*found, *points})
    raise ConfigError(
        f"no corpus is called {name}; known are {', '.join(names)}: use one of these, or name a "
        f"file, as in my_corpus.py:CORPUS{suggestion(name, names)}"
    )


def read_corpus(name: str, root: str | Path) -> Corpus:
    """The corpus of this name, read from the folder `root`.

    Raises:
        ConfigError: no corpus has this name.
        InputError: it cannot be read.
        OtherCorpusError: it cannot be read, and `root` looks like another corpus.
    """
    definition, root = find_corpus(name), Path(root)
    try:
        return _read(definition, root)
    except InputError as error:
        names = looks_like(root)
        if not names or definition.name in names:
            raise
        raise OtherCorpusError(
            f"{error}. It looks like {' or '.join(names)} as distributed: name that corpus, in "
            f'settings by corpora = ["{names[0]}"] under [data]; smastn audit {names[0]} {root} '
            "checks the copy",
            names,
        ) from error


def looks_like(folder: str | Path) -> list[str]:
    """Names of the corpora that a folder looks like, judged by its layout alone."""
    folder = Path(folder)
    if not folder.is_dir():
        return []
    return [name for name, one in known_corpora().items() if _recognised(one, folder)]


def _read(definition: CorpusDefinition, root: Path) -> Corpus:
    try:
        return definition.read(root)
    except OSError as error:
        raise InputError(
            f"{root} cannot be read as {definition.title} ({error}); name the folder of this corpus"
        ) from error


def _recognised(definition: CorpusDefinition, folder: Path) -> bool:
    try:
        return definition.recognise is not None and definition.recognise(folder)
    except InputError:
        return False


def _built_in() -> dict[str, CorpusDefinition]:
    found: dict[str, CorpusDefinition] = {}
    for info in pkgutil.iter_modules(readers.__path__):
        module = importlib.import_module(f"{readers.__name__}.{info.name}")
        for value in vars(module).values():
            if isinstance(value, CorpusDefinition):
                found[value.name] = value
    return found


def _checked(value: object, name: str) -> CorpusDefinition:
    if not isinstance(value, CorpusDefinition):
        raise ConfigError(
            f"{name} is a {type(value).__name__}; wanted a CorpusDefinition: see the section on "
            "corpora in docs/extending.md"
        )
    return value
