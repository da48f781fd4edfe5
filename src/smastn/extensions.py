"""Objects that users add from outside: from a Python file of their own, or an installed package.

Corpora, inputs, networks and export formats are all found in this one way:

- ``"my_net.py:Net"`` is the object ``Net`` in that file;
- ``"package.module:Net"`` is the object ``Net`` of an installed module;
- a plain name such as ``"net"`` is what an installed package declares under that name as a
  Python entry point, of the group that belongs to the kind of thing (``smastn.networks`` ...).
"""

import copyreg
import difflib
import hashlib
import importlib
import logging
import pkgutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, is_dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, TypeVar

from smastn.errors import CheckpointError, ConfigError

_FILE_MODULE = "smastn_extension_"
_log = logging.getLogger("smastn")

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Catalogue(Generic[Kind]):
    """All objects of one kind: of our own modules, of installed packages, of users' files.

    Attributes:
        kind: their class; its objects have a ``name``.
        title: of one object, for errors, such as ``"export format"``.
        package: whose modules hold our own objects.
        group: of entry points.
        example: reference to an object in a file, whose name is the default.
    """

    kind: type[Kind]
    title: str
    package: str
    group: str
    example: str

    def ours(self) -> dict[str, Kind]:
        """The objects of our own modules by name, sorted."""
        folder = importlib.import_module(self.package).__path__
        modules = [info.name for info in pkgutil.iter_modules(folder, f"{self.package}.")]
        values = [one for name in modules for one in vars(importlib.import_module(name)).values()]
        found: list[Any] = [one for one in values if isinstance(one, self.kind)]
        return {one.name: one for one in sorted(found, key=lambda one: one.name)}

    def known(self) -> dict[str, Kind]:
        """Our own objects, then those of installed packages, by name.

        A package whose object cannot be used is logged as a warning and left out.
        """
        found = self.ours()
        for name, point in installed(self.group).items():
            try:
                found.setdefault(name, self._loaded(point))
            except ConfigError as error:
                _log.warning("%s", error)
        return found

    def find(self, name: str) -> Kind:
        """The object of this name, or the one that a reference names.

        Raises:
            ConfigError: there is none, or it is of another kind.
        """
        if is_reference(name):
            default = self.example.rpartition(":")[2]
            return self._checked(load_reference(name, self._wanted, default), name)
        ours, points = self.ours(), installed(self.group)
        if name in ours:
            return ours[name]
        if name in points:
            return self._loaded(points[name])
        names = [*ours, *(point for point in sorted(points) if point not in ours)]
        raise ConfigError(
            f"no {self.title} is called {name}; known are {', '.join(names)}: use one of these, "
            f"or name a file, as in {self.example}{suggestion(name, names)}"
        )

    @property
    def _wanted(self) -> str:
        return f"{'an' if self.kind.__name__[0] in 'AEIOU' else 'a'} {self.kind.__name__}"

    def _loaded(self, point: Any) -> Kind:
        found = load_installed(point, self._wanted)
        return self._checked(found, f"the entry point {point.name}")

    def _checked(self, value: Any, origin: str) -> Kind:
        if not isinstance(value, self.kind):
            raise ConfigError(
                f"{origin} is of type {type(value).__name__}; wanted {self._wanted}, as "
                "docs/extending.md describes it: correct it"
            )
        return value


def is_reference(text: str) -> bool:
    """Whether the text names an object by file or module, as in ``"my_net.py:Net"``."""
    return text.endswith(".py") or ":" in text


def load_reference(text: str, wanted: str, default: str = "") -> Any:
    """The object that ``"file.py:name"`` or ``"module:name"`` stands for.

    The file's folder is importable while it is loaded, so that it may import its neighbours.

    Args:
        text: the reference; a relative file is looked for in the current folder.
        wanted: what kind of object is wanted, for errors, such as ``"a network"``.
        default: name of the object where the text names only a file.

    Raises:
        ConfigError: the file or module cannot be found or imported, or has no such object.
    """
    place, name = _split(text)
    name = name or default
    module = _file_module(Path(place), wanted) if place.endswith(".py") else _module(place, wanted)
    if not hasattr(module, name):
        known = [one for one in vars(module) if not one.startswith("_")]
        raise ConfigError(
            f"{place} has no {name or 'name after the colon'}; wanted {wanted}, as in "
            f"{place}:NAME{suggestion(name, known)}"
        )
    return getattr(module, name)


def resolved(text: str, folder: Path) -> str:
    """The reference with the absolute path of its file, such as ``"/home/me/my_net.py:Net"``.

    A relative path is looked for in `folder`, then in the current folder. Whatever names no
    file, or one that is in neither, stays as it is.
    """
    place, name = _split(text)
    if not place.endswith(".py"):
        return text
    for base in (folder, Path()):
        path = base / Path(place).expanduser()
        if path.is_file():
            return f"{path.resolve()}:{name}" if name else str(path.resolve())
    return text


def reference_digest(text: str) -> str | None:
    """SHA-256 of the file that a reference names, or None where it names none."""
    path = Path(_split(text)[0])
    if path.suffix != ".py" or not path.is_file():
        return None
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load_trusted(text: str, wanted: str, trust: Sequence[str] = ()) -> Any:
    """The object that a checkpoint refers to, if the caller has named it; see `trusted`.

    Raises:
        CheckpointError: the caller has not named it, so nothing is run.
        ConfigError: as `load_reference`.
    """
    return load_reference(trusted(text, wanted, trust), wanted)


def trusted(text: str, wanted: str, trust: Sequence[str]) -> str:
    """The reference in `trust` that means the same file and name as one in a checkpoint.

    A file is recognised by its name alone, since it may have been moved.

    Args:
        text: the reference in the checkpoint.
        wanted: see `load_reference`.
        trust: references whose code may run, such as ``"nets/my_net.py:Net"``.

    Raises:
        CheckpointError: the caller has not named it.
    """
    for one in trust:
        if Path(one).name == Path(text).name:
            return resolved(one, Path())
    raise CheckpointError(
        f"the checkpoint uses {wanted} from outside smastn, {text}, whose code is not run unless "
        f'it is named; wanted trust=["{text}"] in Python or --trust {text}: name the file that '
        "you trust"
    )


def reference_to(kind: type) -> str:
    """The reference with which `load_reference` finds a class, with the whole path of its file."""
    if not kind.__module__.startswith(_FILE_MODULE):
        return f"{kind.__module__}:{kind.__qualname__}"
    return f"{sys.modules[kind.__module__].__file__}:{kind.__qualname__}"


def installed(group: str) -> dict[str, Any]:
    """The entry points that installed packages declare in this group, by name.

    They may be of another class than Python's: a backport that some package brings along takes
    part in the search for them.
    """
    return {point.name: point for point in entry_points(group=group)}


def load_installed(point: Any, wanted: str) -> Any:
    """The object that an entry point stands for.

    Raises:
        ConfigError: the package that declares it cannot be imported.
    """
    try:
        return point.load()
    except Exception as error:
        raise ConfigError(
            f"the entry point {point.name} = {point.value} of {point.group} cannot be imported "
            f"({type(error).__name__}: {error}); wanted {wanted}: update or remove that package"
        ) from error


def suggestion(name: str, known: Iterable[str]) -> str:
    """``"; did you mean X?"`` for a misspelt name, or nothing where no name is close."""
    spelt = {one.lower(): one for one in known}
    close = difflib.get_close_matches(name.lower(), spelt, n=1, cutoff=0.6)
    return f"; did you mean {spelt[close[0]]}?" if close else ""


def _split(text: str) -> tuple[str, str]:
    """File or module, and the object's name, empty where only a file is named."""
    if ":" not in text[2:]:  # the colon of a drive, as in C:\\, parts nothing
        return text, ""
    place, _, name = text.rpartition(":")
    return place, name


def _file_module(path: Path, wanted: str) -> ModuleType:
    """The module of a Python file, under a name that only this file has."""
    path = path.expanduser().resolve()
    if not path.is_file():
        raise ConfigError(f"{path} is not there; wanted a Python file with {wanted}: check it")
    source = path.read_bytes()
    digest = hashlib.sha256(str(path).encode() + source).hexdigest()[:16]
    name = f"{_FILE_MODULE}{path.stem}_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module  # dataclasses and pickle look a module up by its name
    sys.path.insert(0, str(path.parent))
    try:
        # Compiled anew: a cached .pyc of the same second and size would be taken for the file.
        exec(compile(source, path, "exec"), vars(module))
    except Exception as error:
        del sys.modules[name]
        raise ConfigError(
            f"{error_place(error, str(path))} cannot be imported ({type(error).__name__}: "
            f"{error}); wanted {wanted}: correct the file"
        ) from error
    finally:
        sys.path.remove(str(path.parent))
    for found in vars(module).values():
        if isinstance(found, type) and found.__module__ == name and is_dataclass(found):
            copyreg.pickle(found, _pickled)
    return module


def _pickled(value: Any) -> tuple[Any, ...]:
    """How a dataclass of a file is pickled, so that another process loads the file first."""
    _, (kind, *arguments), *rest = value.__reduce_ex__(2)
    return (_made_anew, (reference_to(kind), *arguments), *rest)


def _made_anew(reference: str, *arguments: Any) -> Any:
    kind = load_reference(reference, "a class")
    return kind.__new__(kind, *arguments)


def _module(name: str, wanted: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise ConfigError(
            f"the module {name} cannot be imported ({type(error).__name__}: {error}); wanted "
            f"{wanted}: install it, or name a file, as in my_file.py:NAME"
        ) from error


def error_place(error: BaseException, place: str) -> str:
    """Where in a user's file an error arose, as ``"/home/me/my_net.py, line 7"``.

    Args:
        error: raised by code of the file, or by what that code called.
        place: the file, or a place in it; given back where no line of it took part.
    """
    path = place.rpartition(", line ")[0] or place
    line = error.lineno if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"{path}, line {line}" if line else place
