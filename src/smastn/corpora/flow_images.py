"""Finds the images of optical flow that some fifteen public repositories share.

Red, green and blue are horizontal flow, vertical flow and strain, each scaled
to 0..255 per image, 28 pixels wide. Two layouts: ``three_norm_u_v_os`` with
``<subject>/u_test/<label>/<clip> .png``, and a flat folder with a csv that lists
database, subject, clip and label. File names often carry a blank before their
ending. Labels are 0 negative, 1 positive, 2 surprise.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from smastn.corpora.clip import Clip
from smastn.corpora.normalise import subject_number
from smastn.corpora.release_layout import find_sheets, require_folder
from smastn.corpora.tables import Column, Row, read_table
from smastn.errors import InputError
from smastn.media.frame_folders import folder_entries, subfolders
from smastn.media.image_files import IMAGE_SUFFIXES

Part = Literal["onset-apex", "apex-offset", "direction to apex", "direction to offset", "ststnet"]
"""Which movement an image shows; ``ststnet`` is onset to apex as STSTNet was trained on it."""

FLOW = "flow_images"
"""Name of a folder of these images in settings."""

LABELS = ("negative", "positive", "surprise")
"""The three classes of MEGC 2019; the public lists write their positions 0, 1, 2."""

_ENDS: dict[Part, str] = {
    "onset-apex": "",
    "apex-offset": "_1",
    "direction to apex": "_2",
    "direction to offset": "_3",
}
_COLUMNS = (
    Column("corpus", ("dataset", "database")),
    Column("subject", ("sub", "subject")),
    Column("name", ("filename_o", "filename")),
    Column("label", ("label",)),
    Column("file", ("sub_filename",), needed=False),
)
_WIDTHS = {"casme2": 2, "smic": 2, "samm": 3}


@dataclass(frozen=True, slots=True)
class FlowImage:
    """One image of flow.

    Attributes:
        subject: corpus and subject, as in ``"casme2/01"``.
        name: the clip's name as the layout spells it (SMIC's subject may be padded or not).
        emotion: negative, positive or surprise.
        source: the image file.
        part: which movement it shows; ``ststnet`` wherever it is of ``three_norm_u_v_os``.
    """

    subject: str
    name: str
    emotion: str
    source: Path
    part: Part

    @property
    def key(self) -> str:
        """Subject and name."""
        return f"{self.subject}/{self.name}"


def flow_images(root: str | Path, part: Part = "onset-apex") -> list[FlowImage]:
    """Every flow image under `root`, sorted by key: nested layout, or flat folder with csv.

    Args:
        root: ``three_norm_u_v_os``, or the folder with the csv and the flat folder.
        part: which movement, where a flat folder holds several images per clip; ``ststnet``
            are those of ``three_norm_u_v_os``.

    Raises:
        InputError: neither layout is there, a label is not 0, 1 or 2, or a listed image is
            missing.
    """
    root = Path(root)
    require_folder(root)
    nested = _nested_root(root)
    if nested is not None and (part == "ststnet" or not (root != nested and find_sheets(root, ""))):
        return _sorted(_nested(nested, root))
    if part == "ststnet":
        raise InputError(
            f"{root} holds no <subject>/u_test/<label>, so no images of STSTNet's; wanted "
            "three_norm_u_v_os there: fetch it, or leave ststnet out of input.parts"
        )
    sheets = [sheet for sheet in find_sheets(root, "") if sheet.suffix.lower() == ".csv"]
    if not sheets:
        raise InputError(
            f"{root} holds neither <subject>/u_test/<label> nor a csv; wanted three_norm_u_v_os, "
            "or the folder with the csv and the flat folder of images: name one of these"
        )
    return _sorted(_flat(sheets[0], root, part))


def flow_clips(root: str | Path) -> list[Clip]:
    """One clip for each image of onset to apex under `root`; it is the clip's only frame.

    Raises:
        InputError: as `flow_images`.
    """
    return [Clip(i.subject, i.name, i.emotion, i.source, 0, 0) for i in flow_images(root)]


def _sorted(images: list[FlowImage]) -> list[FlowImage]:
    seen: dict[str, FlowImage] = {}
    for image in sorted(images, key=lambda image: image.key):
        if image.key in seen:
            raise InputError(
                f"{image.source} and {seen[image.key].source} are the same clip; wanted one "
                "image per clip: remove the other"
            )
        seen[image.key] = image
    return list(seen.values())


def _nested_root(root: Path) -> Path | None:
    for folder in (root, *subfolders(root, root).values()):
        subjects = subfolders(folder, root).values()
        if any("u_test" in subfolders(subject, root) for subject in subjects):
            return folder
    return None


def _nested(folder: Path, root: Path) -> list[FlowImage]:
    images = []
    for name, subject in subfolders(folder, root).items():
        held_out = subfolders(subject, root).get("u_test")
        labels = subfolders(held_out, root) if held_out else {}
        for label, images_of in labels.items():
            emotion = _emotion(label, images_of)
            for file in folder_entries(images_of):
                stem, ending = Path(file).stem, Path(file).suffix.lower()
                if ending in IMAGE_SUFFIXES and not file.startswith("."):
                    clip = stem.strip().removeprefix(f"{subject.name}_")
                    source = images_of / file
                    images.append(FlowImage(_subject(name), clip, emotion, source, "ststnet"))
    return images


def _flat(sheet: Path, root: Path, part: Part) -> list[FlowImage]:
    files = _files(root)
    return [_listed(row, sheet, files, part) for row in read_table(sheet, _COLUMNS)]


def _listed(row: Row, sheet: Path, files: dict[str, Path], part: Part) -> FlowImage:
    subject, name = row.text("subject"), row.text("name")
    stem = Path(row.text("file")).stem.strip() or f"{subject}_{name}"
    # CausalNet's folder pads the SMIC subject in file names, its csv does not.
    spellings = (f"{stem}{_ENDS[part]}", f"{subject}_{name}{_ENDS[part]}")
    source = next((files[s] for s in spellings if s in files), None)
    if source is None:
        raise InputError(
            f"{sheet}, line {row.number}: no image {spellings[0]!r} beside it; wanted one for "
            "every line: fetch the folder again, or remove the line"
        )
    emotion = _emotion(row.text("label"), sheet)
    return FlowImage(_subject(subject, row.text("corpus")), name, emotion, source, part)


def _files(root: Path) -> dict[str, Path]:
    """Images in `root` or one folder below, by stem without the blank at its end."""
    found: dict[str, Path] = {}
    for folder in (root, *subfolders(root, root).values()):
        for file in folder_entries(folder):
            if file.lower().endswith(IMAGE_SUFFIXES):
                found.setdefault(Path(file).stem.strip(), folder / file)
    return found


def _subject(written: str, corpus: str = "") -> str:
    """Subject of ``sub01`` (CASME II), ``s01`` (SMIC) or ``006`` (SAMM)."""
    if not corpus:
        corpus = "casme2" if written.startswith("sub") else "smic" if written[:1] == "s" else "samm"
    number = subject_number(written)
    if corpus not in _WIDTHS or number is None:
        raise InputError(
            f"{written} of {corpus} is no subject of the composite; wanted sub01 (CASME II), s01 "
            "(SMIC) or 006 (SAMM): name three_norm_u_v_os or a folder like it"
        )
    return f"{corpus}/{number:0{_WIDTHS[corpus]}d}"


def _emotion(label: str, where: Path) -> str:
    if label not in ("0", "1", "2"):
        raise InputError(
            f"{where}: label {label!r}; wanted 0 negative, 1 positive or 2 surprise: correct it"
        )
    return LABELS[int(label)]
