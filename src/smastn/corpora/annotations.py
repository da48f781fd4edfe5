"""What a corpus says of itself, as read: annotations, defects, and the corpus as a whole.

Sheets speak of frame numbers as they stand in file names; `smastn.corpora.to_clips`
turns them into clips that count from 0.
"""

from dataclasses import dataclass, field
from pathlib import Path

from smastn.corpora.clip import Clip
from smastn.media.frame_folders import FrameFolder, index_frames

KINDS = {
    "no folder": "the sheet names a clip that is not on disk",
    "no frames": "the folder holds none of the annotated frames",
    "no interval": "onset or offset is unknown and cannot be inferred",
    "onset >= offset": "the movement ends before it begins, or where it begins",
    "offset unknown": "the sheet gives no offset; the apex or the last frame stands in",
    "missing frames": "annotated frames before the first or after the last one on disk",
    "gap": "frames are missing inside the annotated interval",
    "extra frames": "the clip's own folder holds frames outside the annotated interval",
    "repeated frames": "two files carry the same frame number",
    "other numbering": "as many frames as annotated, but numbered from elsewhere; they are used",
    "apex missing": "nobody marked the apex; the midpoint stands in",
    "apex outside": "the apex lies outside onset to offset; the midpoint stands in",
    "apex at an end": "the apex is the onset or the offset itself",
    "over 0.5 s": "the movement is longer than the usual limit of a micro-expression",
    "duplicate": "the same clip is annotated twice",
    "unlabelled folder": "a folder of frames that no row of the sheet names",
    "stray files": "files that are no numbered pictures",
    "unreadable": "a picture cannot be decoded",
    "counts": "classes are not as many as published",
    "sheet": "the sheet itself is ambiguous or was corrected",
}
"""Every kind of defect, and what it means."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """One row of a sheet; frames are numbered as in the file names.

    Attributes:
        person: the subject within the corpus, such as ``"06"``.
        name: the clip's name, unique for the person.
        emotion: the label as the reader understood it, lower case.
        folder: where its frames lie, or None if no such folder exists.
        onset: first frame, or None where the sheet gives none.
        apex: frame of the strongest movement, or None.
        offset: last frame, or None; 0 also means that nobody knows.
        action_units: units coded.
        objective: objective class 1 to 7, or None.
    """

    person: str
    name: str
    emotion: str
    folder: Path | None
    onset: int | None = None
    apex: int | None = None
    offset: int | None = None
    action_units: tuple[str, ...] = ()
    objective: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """How annotations of one corpus are to be read.

    Attributes:
        corpus: the corpus's short name, first half of every subject.
        rate: frames a second.
        folder_is_clip: each folder holds one clip and nothing else, so its ends can stand in.
        counted_from: frame numbers are positions in the sorted folder, counted from this;
            None where they are the numbers in the file names.
        has_apex: whether the corpus marks apexes at all.
    """

    corpus: str
    rate: float
    folder_is_clip: bool = False
    counted_from: int | None = None
    has_apex: bool = True


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong with a corpus.

    Attributes:
        kind: one of `KINDS`.
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
        name: its short name.
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


@dataclass(slots=True)
class FrameIndex:
    """Folders indexed so far; long videos are asked for once for each of their clips."""

    root: Path
    known: dict[Path, FrameFolder] = field(default_factory=dict)

    def __call__(self, folder: Path) -> FrameFolder:
        """The frames of `folder`, indexed at most once."""
        if folder not in self.known:
            self.known[folder] = index_frames(folder, self.root)
        return self.known[folder]
