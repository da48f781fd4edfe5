"""Finds corpora by name, and reads them.

A corpus is a `CorpusDefinition` at the top level of a module. It is found in

- the modules in ``smastn/corpora/readers``;
- an installed package that declares it as an entry point of the group ``smastn.corpora``;
- any Python file, named as in ``"my_corpus.py:CORPUS"``.
"""

from pathlib import Path

from smastn.corpora.corpus import Corpus, CorpusDefinition
from smastn.errors import InputError
from smastn.extensions import Catalogue

_CORPORA = Catalogue(
    kind=CorpusDefinition,
    title="corpus",
    package="smastn.corpora.readers",
    group="smastn.corpora",
    example="my_corpus.py:CORPUS",
)

known_corpora, find_corpus = _CORPORA.known, _CORPORA.find
"""All corpora by name; the corpus of a name, or of a reference such as ``my.py:CORPUS``."""


class OtherCorpusError(InputError):
    """A folder was read as one corpus and looks like another.

    Attributes:
        names: the corpora it looks like.
    """

    def __init__(self, message: str, names: list[str]) -> None:
        super().__init__(message)
        self.names = names


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
