"""Compares a corpus on disk with its sheet and with the published counts; changes nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from smastn.corpora.catalogue import find_corpus, read_corpus
from smastn.corpora.class_schemes import Scheme, classify, count_differences
from smastn.corpora.clip import Clip
from smastn.corpora.corpus import DEFECT_KINDS, Corpus, Defect
from smastn.errors import InputError
from smastn.html_templates import templates
from smastn.media.frame_folders import index_frames
from smastn.media.image_files import read_image


@dataclass(frozen=True, slots=True)
class Audit:
    """The result of an audit.

    Attributes:
        name: name of the corpus.
        title: what publications call it.
        root: the folder it was read from.
        clips: micro-expressions that can be used.
        left_out: annotated ones that cannot.
        macro: macro-expressions that can be used.
        subjects: subjects with a clip.
        emotions: clips by emotion, the most frequent first.
        images: images decoded; 0 for a quick audit.
        defects: everything that is wrong, in the order found.
    """

    name: str
    title: str
    root: Path
    clips: int
    left_out: int
    macro: int
    subjects: int
    emotions: Mapping[str, int]
    images: int
    defects: tuple[Defect, ...]

    def kinds(self) -> dict[str, int]:
        """How many defects of each kind there are, in the order of `DEFECT_KINDS`."""
        seen = Counter(defect.kind for defect in self.defects)
        return {kind: seen[kind] for kind in DEFECT_KINDS if seen[kind]}

    def to_record(self) -> dict[str, Any]:
        """Everything in plain types, for JSON."""
        return {
            "corpus": self.name,
            "root": str(self.root),
            "flawless": not self.defects,
            "clips": self.clips,
            "left_out": self.left_out,
            "macro": self.macro,
            "subjects": self.subjects,
            "emotions": dict(self.emotions),
            "images_decoded": self.images,
            "kinds": self.kinds(),
            "defects": [asdict(defect) for defect in self.defects],
        }

    def to_html(self) -> str:
        """The audit as one HTML page without scripts or links, defects grouped by kind."""
        template = templates("corpora").get_template("audit.html")
        return template.render(audit=self, title=self.title, kinds=DEFECT_KINDS)


def audit(
    name: str,
    root: str | Path,
    images: bool = True,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Audit:
    """Audit the corpus of this name under `root`.

    Args:
        name: as in `smastn.corpora.catalogue.find_corpus`.
        root: the folder of the corpus.
        images: decode every annotated image; this takes most of the time.
        workers: images decoded at once.
        progress: called with the number of clips done and of all clips.

    Raises:
        ConfigError: no corpus has this name.
        InputError: the corpus cannot be read at all.
    """
    definition, corpus = find_corpus(name), read_corpus(name, root)
    found = [*corpus.defects, *_same_frames(corpus.clips), *_stray_files(corpus)]
    found += _wrong_counts(corpus.clips, definition.schemes)
    decoded = 0
    for index, clip in enumerate(corpus.clips if images else (), start=1):
        count, unreadable = _decode(clip, workers)
        decoded += count
        found += unreadable
        if progress is not None:
            progress(index, len(corpus.clips))
    return Audit(
        name=definition.name,
        title=definition.title,
        root=Path(root),
        clips=len(corpus.clips),
        left_out=len({defect.clip for defect in found if defect.left_out}),
        macro=len(corpus.macro),
        subjects=len({clip.subject for clip in (*corpus.clips, *corpus.macro)}),
        emotions=dict(Counter(clip.emotion for clip in corpus.clips).most_common()),
        images=decoded,
        defects=tuple(found),
    )


def _same_frames(clips: Sequence[Clip]) -> Iterator[Defect]:
    """A defect for every clip that consists of the same frames as another."""
    first: dict[tuple[Path, int, int], str] = {}
    for clip in clips:
        other = first.setdefault((clip.source, clip.onset, clip.offset), clip.key)
        if other != clip.key:
            yield Defect("duplicate", clip.key, f"the same frames as {other}")


def _stray_files(corpus: Corpus) -> Iterator[Defect]:
    """A defect for every folder of clips, or of subjects, with files that are not frames."""
    folders = {clip.source for clip in (*corpus.clips, *corpus.macro) if clip.source.is_dir()}
    for folder in sorted(folders | {folder.parent for folder in folders}):
        indexed = index_frames(folder, corpus.root)
        strays = indexed.strays if folder in folders else (*indexed.strays, *indexed.files)
        if strays and folder != corpus.root:
            where = str(folder.relative_to(corpus.root))
            more = f" and {len(strays) - 3} more" if len(strays) > 3 else ""
            yield Defect("stray files", where, ", ".join(strays[:3]) + more)


def _wrong_counts(clips: Sequence[Clip], schemes: Sequence[Scheme]) -> Iterator[Defect]:
    """A defect for each class that does not have the published number of clips."""
    groups: dict[str, list[Scheme]] = {}
    for scheme in schemes:
        groups.setdefault(scheme.name.partition("-")[0], []).append(scheme)
    for group in groups.values():
        if group[0].label == "objective" and not any(clip.objective for clip in clips):
            continue  # the sheet of objective classes is not there
        differences = [count_differences(classify(clips, scheme), scheme) for scheme in group]
        if all(differences):  # a corpus published in two states may be in either
            for difference in differences[0]:
                yield Defect("counts", "", f"{group[0].name} classes: {difference}")


def _decode(clip: Clip, workers: int) -> tuple[int, list[Defect]]:
    """How many images of a clip were decoded, and a defect for each that could not be."""
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
        read_image(file)
    except InputError as error:
        return f"{file.name}: {error}"
    return None
