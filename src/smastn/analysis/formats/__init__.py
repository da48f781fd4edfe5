"""Export formats of a coding: one table for the command line, the server and its page.

Each module of this folder is one format, bound to the name ``FORMAT``. Formats from outside are
named by file (``my_format.py:FORMAT``) or declared by an installed package as an entry point of
the group ``smastn.formats``; see docs/extending.md.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from smastn.analysis.coding import Coding
from smastn.errors import ConfigError, SmastnError
from smastn.extensions import Catalogue


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A file format for the coding of a film.

    Attributes:
        name: for ``--export`` and the server's address; lower-case letters, digits, hyphens.
        title: for people, such as ``"ELAN"``.
        use: what the file is for, a few words.
        suffix: of the file's name, such as ``".eaf"``.
        media_type: such as ``"application/xml"``.
        write: makes the file's content; text is written as UTF-8.

    Raises:
        ConfigError: the name or the suffix cannot stand in a file name.
    """

    name: str
    title: str
    use: str
    suffix: str
    media_type: str
    write: Callable[[Coding], str | bytes]

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", self.name):
            raise ConfigError(
                f"an export format is named {self.name!r}; wanted lower-case letters, digits and "
                "hyphens, such as textgrid"
            )
        if not re.fullmatch(r"(\.\w+)+", self.suffix):
            raise ConfigError(
                f"the export format {self.name} has the suffix {self.suffix!r}; wanted one such "
                "as .txt"
            )

    def content(self, coding: Coding) -> bytes:
        """The file for a coding.

        Raises:
            ConfigError: `write` failed, or returned neither text nor bytes.
        """
        try:
            written: Any = self.write(coding)
        except SmastnError:
            raise
        except Exception as error:
            raise ConfigError(
                f"the export format {self.name} failed ({type(error).__name__}: {error}); correct "
                "its write function, or leave the format out"
            ) from error
        if not isinstance(written, str | bytes):
            raise ConfigError(
                f"the export format {self.name} returned {type(written).__name__}; wanted text or "
                "bytes from its write function"
            )
        return written.encode() if isinstance(written, str) else written


_FORMATS = Catalogue(
    kind=ExportFormat,
    title="export format",
    package=__name__,
    group="smastn.formats",
    example="my_format.py:FORMAT",
)

export_formats = _FORMATS.known
"""All formats by name: those of this folder, then those of installed packages."""


def find_formats(names: Iterable[str]) -> list[ExportFormat]:
    """The formats that users name, each once, in their order.

    Args:
        names: of `export_formats`, or references such as ``"my_format.py:FORMAT"``.

    Raises:
        ConfigError: a format is unknown or cannot be loaded.
    """
    found = [_FORMATS.find(name) for name in names]
    return list({one.name: one for one in found}.values())
