"""A corpus: how it is defined, and what was read from one copy of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from smastn.corpora.class_schemes import Scheme
from smastn.corpora.clip import Clip
from smastn.errors import ConfigError
from smastn.extensions import suggestion

TRAINING_PART = "training"
"""The part of an official split that is trained on; all other parts are tested on."""

DEFECT_KINDS = {
    "no folder": "the sheet names a clip that is not on disk",
    "no frames": "the folder holds none of the annotated frames",
    "no interval": "onset or offset is unknown and cannot be inferred",
    "onset >= offset": "the movement ends before it begins, or where it begins",
    "offset unknown": "the sheet gives no offset; the apex or the last frame is used",
    "missing frames": "annotated frames before the first or after the last one on disk",
    "gap": "frames are missing inside the annotated interval",
    "extra frames": "the clip's own folder holds frames outside the annotated interval",
    "repeated frames": "two files have the same frame number",
    "other numbering": "as many frames as annotated, with other numbers; they are used",
    "apex missing": "no apex is annotated; the midpoint is used",
    "apex outside": "the apex lies outside onset to offset; the midpoint is used",
    "apex at an end": "the apex is the onset or the offset itself",
    "over 0.5 s": "the movement is longer than the usual limit of a micro-expression",
    "duplicate": "the same clip is annotated twice",
    "unlabelled folder": "a folder of frames that no row of the sheet names",
    "stray files": "files that are not numbered images",
    "unreadable": "an image cannot be decoded",
    "counts": "a class has another number of clips than published",
    "sheet": "the sheet itself is ambiguous or was corrected",
}
"""Every kind of defect, and what it means."""


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect of a copy of a corpus.

    Attributes:
        kind: one of `DEFECT_KINDS`.
        clip: key of the clip it concerns, or the path below the root, or "".
        seen: what was seen, in words.
        left_out: whether the clip cannot be used because of it.
    """

    kind: str
    clip: str
    seen: str
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus as it was read.

    Attributes:
        name: its short name, the first half of every subject.
        root: the folder it was read from.
        clips: its micro-expressions, in the order of the sheet.
        defects: what is wrong with it; clips that cannot be used are listed here.
        macro: its macro-expressions, where it has any.
        sheets: the files its labels came from.
    """

    name: str
    root: Path
    clips: tuple[Clip, ...]
    defects: tuple[Defect, ...] = ()
    macro: tuple[Clip, ...] = ()
    sheets: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class CorpusDefinition:
    """All that is known of a corpus: its card, its reader, its class schemes, its official split.

    Attributes:
        name: what commands and settings call it.
        title: what publications call it.
        read: reads it from its folder; raises InputError where sheet or images are missing or
            cannot be read.
        holds: clips, subjects and frame rate, in words.
        ask: where to ask for it.
        licence: what its owners require, in one line.
        schemes: the ways its labels are grouped into classes.
        split: reads the owners' official split from its folder: the part of each clip, by the
            clip's key, one of them `TRAINING_PART`. None if they publish none.
        recognise: whether a folder looks like it as distributed, without reading all of it.
    """

    name: str
    title: str
    read: Callable[[Path], Corpus]
    holds: str = ""
    ask: str = ""
    licence: str = ""
    schemes: tuple[Scheme, ...] = field(default=(), repr=False)
    split: Callable[[Path], Mapping[str, str]] | None = None
    recognise: Callable[[Path], bool] | None = None

    def scheme(self, name: str) -> Scheme:
        """The class scheme of this name.

        Raises:
            ConfigError: unknown; the message lists the known ones.
        """
        schemes = {scheme.name: scheme for scheme in self.schemes}
        if name not in schemes:
            raise ConfigError(
                f"{self.name} has no class scheme {name}; known are "
                f"{', '.join(schemes) or 'none'}: use one of these{suggestion(name, schemes)}"
            )
        return schemes[name]
