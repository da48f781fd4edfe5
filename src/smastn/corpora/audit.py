"""Compares a corpus on disk with its sheet and with what was published about it.

Nothing is changed; everything found comes back as records, which
`smastn.corpora.audit_html` makes readable.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smastn.corpora.annotations import KINDS, Corpus, Defect
from smastn.corpora.catalogue import card, read_corpus
from smastn.corpora.class_schemes import Scheme, count_differences, labelled, scheme
from smastn.corpora.clip import Clip
from smastn.errors import InputError
from smastn.media.frame_folders import index_frames
from smastn.media.image_files import read_picture


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found.

    Attributes:
        name: name of the corpus.
        root: the folder it was read from.
        clips: micro-expressions that can be used.
        left_out: annotated ones that cannot.
        macro: macro-expressions that can be used.
        people: how many were filmed.
        emotions: clips by emotion, the most frequent first.
        pictures: pictures decoded; 0 if that was not asked for.
        defects: all that is wrong, in the order found.
    """

    name: str
    root: Path
    clips: int
    left_out: int
    macro: int
    people: int
    emotions: Mapping[str, int]
    pictures: int
    defects: tuple[Defect, ...]

    @property
    def flawless(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.defects

    def kinds(self) -> dict[str, int]:
        """How many defects of each kind there are, in the order of `KINDS`."""
        seen = Counter(defect.kind for defect in self.defects)
        return {kind: seen[kind] for kind in KINDS if seen[kind]}

    def to_record(self) -> dict[str, Any]:
        """Everything in plain types, for JSON."""
        return {
            "corpus": self.name,
            "root": str(self.root),
            "flawless": self.flawless,
            "clips": self.clips,
            "left_out": self.left_out,
            "macro": self.macro,
            "people": self.people,
            "emotions": dict(self.emotions),
            "pictures_decoded": self.pictures,
            "kinds": self.kinds(),
            "defects": [
                {"kind": d.kind, "clip": d.clip, "seen": d.seen, "left_out": d.left_out}
                for d in self.defects
            ],
        }


def audit(
    name: str,
    root: Path,
    pictures: bool = True,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Audit:
    """Audit the corpus of this name under `root`.

    Args:
        name: one of `smastn.corpora.catalogue.CORPORA`.
        root: where it lies.
        pictures: decode every annotated picture; this takes most of the time.
        workers: pictures decoded at once.
        progress: called with clips done and clips in all.

    Raises:
        ConfigError: no corpus has this name.
        InputError: the corpus cannot be read at all.
    """
    corpus = read_corpus(name, root)
    found = [*corpus.defects, *_same_frames(corpus.clips), *_stray_files(corpus)]
    found += _wrong_counts(corpus, card(name).schemes)
    decoded = 0
    if pictures:
        for index, clip in enumerate(corpus.clips, start=1):
            count, unreadable = _decode(clip, workers)
            decoded += count
            found += unreadable
            if progress is not None:
                progress(index, len(corpus.clips))
    emotions = Counter(clip.emotion for clip in corpus.clips)
    return Audit(
        name=name,
        root=root,
        clips=len(corpus.clips),
        left_out=len({defect.clip for defect in found if defect.left_out}),
        macro=len(corpus.macro),
        people=len({clip.subject for clip in (*corpus.clips, *corpus.macro)}),
        emotions=dict(emotions.most_common()),
        pictures=decoded,
        defects=tuple(found),
    )


def _same_frames(clips: Sequence[Clip]) -> Iterator[Defect]:
    """A defect for every clip that shows the very frames of another."""
    first: dict[tuple[Path, int, int], str] = {}
    for clip in clips:
        other = first.setdefault((clip.source, clip.onset, clip.offset), clip.key)
        if other != clip.key:
            yield Defect("duplicate", clip.key, f"the same frames as {other}")


def _stray_files(corpus: Corpus) -> Iterator[Defect]:
    """A defect for every folder of clips, or of people, with files that are no frames."""
    folders = {clip.source for clip in (*corpus.clips, *corpus.macro) if clip.source.is_dir()}
    for folder in sorted(folders | {folder.parent for folder in folders}):
        indexed = index_frames(folder, corpus.root)
        strays = indexed.strays if folder in folders else (*indexed.strays, *indexed.files)
        if strays and folder != corpus.root:
            where = str(folder.relative_to(corpus.root))
            more = f" and {len(strays) - 3} more" if len(strays) > 3 else ""
            yield Defect("stray files", where, ", ".join(strays[:3]) + more)


def _wrong_counts(corpus: Corpus, schemes: Sequence[str]) -> Iterator[Defect]:
    """A defect for each class that does not have the published number of clips."""
    clips = corpus.clips
    groups: dict[str, list[Scheme]] = {}
    for known in (scheme(corpus.name, which) for which in schemes):
        groups.setdefault(known.name.partition("-")[0], []).append(known)
    for group in groups.values():
        if group[0].label == "objective" and not any(clip.objective for clip in clips):
            continue  # the sheet of objective classes is not there
        differences = [count_differences(labelled(clips, known), known) for known in group]
        if all(differences):  # a corpus published in two states may be in either
            for difference in differences[0]:
                yield Defect("counts", "", f"{group[0].name} classes: {difference}")


def _decode(clip: Clip, workers: int) -> tuple[int, list[Defect]]:
    """How many pictures of a clip were decoded, and a defect for each that could not be."""
    if not clip.source.is_dir():
        return 0, []
    frames = index_frames(clip.source, clip.source.parent)
    files = [frames.path / file for file in frames.files[clip.onset : clip.offset + 1]]
    with ThreadPoolExecutor(workers) as pool:
        reasons = list(pool.map(_unreadable, files))
    defects = [Defect("unreadable", clip.key, reason) for reason in reasons if reason]
    return len(files), defects


def _unreadable(file: Path) -> str | None:
    try:
        read_picture(file)
    except InputError as error:
        return f"{file.name}: {error}"
    return None
