"""Pictures of optical flow as some fifteen public repositories share them.

Red, green and blue hold horizontal flow, vertical flow and strain, each scaled
to 0..255 per picture, 28 pixels wide. Two layouts: ``three_norm_u_v_os`` with
``<subject>/u_test/<label>/<clip> .png``, and a flat folder with a csv that lists
database, subject, clip and label. File names often carry a blank before their
ending. Labels are 0 negative, 1 positive, 2 surprise.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jaxtyping import UInt8
from numpy import ndarray

from smastn.corpora.clip import Clip
from smastn.corpora.composite import LABELS
from smastn.corpora.normalise import person_number
from smastn.corpora.release_layout import find_sheets, require_folder
from smastn.corpora.tables import Column, Row, read_table
from smastn.errors import InputError
from smastn.media.frame_folders import folder_entries, subfolders
from smastn.media.image_files import PICTURE_SUFFIXES, read_picture

Part = Literal["onset-apex", "apex-offset", "direction to apex", "direction to offset", "ststnet"]
"""Which movement a picture shows; ``ststnet`` is onset to apex as STSTNet was trained on it."""

FLOW = "flow_images"
"""What settings call a folder of these pictures."""

_ENDS: dict[Part, str] = {
    "onset-apex": "",
    "apex-offset": "_1",
    "direction to apex": "_2",
    "direction to offset": "_3",
}
_COLUMNS = (
    Column("corpus", ("dataset", "database")),
    Column("person", ("sub", "subject")),
    Column("name", ("filename_o", "filename")),
    Column("label", ("label",)),
    Column("file", ("sub_filename",), needed=False),
)
_WIDTHS = {"casme2": 2, "smic": 2, "samm": 3}


@dataclass(frozen=True, slots=True)
class FlowImage:
    """One picture of flow.

    Attributes:
        subject: corpus and person, as in ``"casme2/01"``.
        name: the clip's name as the layout spells it (SMIC's person may be padded or not).
        emotion: negative, positive or surprise.
        source: the picture.
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


def flow_images(root: Path, part: Part = "onset-apex") -> list[FlowImage]:
    """Every flow picture under `root`, sorted by key: nested layout, or flat folder with csv.

    Args:
        root: ``three_norm_u_v_os``, or the folder with the csv and the flat folder.
        part: which movement, where a flat folder holds several pictures a clip; ``ststnet``
            are those of ``three_norm_u_v_os``.

    Raises:
        InputError: neither layout is there, a label is not 0, 1 or 2, or a listed picture is
            missing.
    """
    require_folder(root)
    nested = _nested_root(root)
    if nested is not None and (part == "ststnet" or not (root != nested and find_sheets(root, ""))):
        return _sorted(_nested(nested, root))
    if part == "ststnet":
        raise InputError(
            f"{root} holds no <subject>/u_test/<label>, so no pictures of STSTNet's; wanted "
            "three_norm_u_v_os there: fetch it, or leave ststnet out of descriptor.flow"
        )
    sheets = [sheet for sheet in find_sheets(root, "") if sheet.suffix.lower() == ".csv"]
    if not sheets:
        raise InputError(
            f"{root} holds neither <subject>/u_test/<label> nor a csv; wanted three_norm_u_v_os, "
            "or the folder with the csv and the flat folder of pictures: name one of these"
        )
    return _sorted(_flat(sheets[0], root, part))


def flow_clips(root: Path) -> list[Clip]:
    """One clip for each picture of onset to apex under `root`; it is the clip's only frame.

    Raises:
        InputError: as `flow_images`.
    """
    return [Clip(i.subject, i.name, i.emotion, i.source, 0, 0) for i in flow_images(root)]


def read_flow_image(path: Path) -> UInt8[ndarray, "height width 3"]:
    """A flow picture: horizontal flow, vertical flow, strain in the last axis, 0 to 255.

    Raises:
        InputError: as `read_picture`.
    """
    return read_picture(path)


def _sorted(images: list[FlowImage]) -> list[FlowImage]:
    seen: dict[str, FlowImage] = {}
    for image in sorted(images, key=lambda image: image.key):
        if image.key in seen:
            raise InputError(
                f"{image.source} and {seen[image.key].source} are the same clip; wanted one "
                "picture a clip: remove the other"
            )
        seen[image.key] = image
    return list(seen.values())


def _nested_root(root: Path) -> Path | None:
    for folder in (root, *subfolders(root, root).values()):
        people = subfolders(folder, root).values()
        if any("u_test" in subfolders(person, root) for person in people):
            return folder
    return None


def _nested(folder: Path, root: Path) -> list[FlowImage]:
    images = []
    for name, person in subfolders(folder, root).items():
        held_out = subfolders(person, root).get("u_test")
        labels = subfolders(held_out, root) if held_out else {}
        for label, pictures in labels.items():
            emotion = _emotion(label, pictures)
            for file in folder_entries(pictures):
                stem, ending = Path(file).stem, Path(file).suffix.lower()
                if ending in PICTURE_SUFFIXES and not file.startswith("."):
                    clip = stem.strip().removeprefix(f"{person.name}_")
                    source = pictures / file
                    images.append(FlowImage(_subject(name), clip, emotion, source, "ststnet"))
    return images


def _flat(sheet: Path, root: Path, part: Part) -> list[FlowImage]:
    pictures = _pictures(root)
    return [_listed(row, sheet, pictures, part) for row in read_table(sheet, _COLUMNS).rows]


def _listed(row: Row, sheet: Path, pictures: dict[str, Path], part: Part) -> FlowImage:
    person, name = row.text("person"), row.text("name")
    stem = Path(row.text("file")).stem.strip() or f"{person}_{name}"
    # CausalNet's folder pads the SMIC person in file names, its csv does not.
    spellings = (f"{stem}{_ENDS[part]}", f"{person}_{name}{_ENDS[part]}")
    source = next((pictures[s] for s in spellings if s in pictures), None)
    if source is None:
        raise InputError(
            f"{sheet}, line {row.number}: no picture {spellings[0]!r} beside it; wanted one for "
            "every line: fetch the folder again, or remove the line"
        )
    subject = _subject(person, row.text("corpus"))
    return FlowImage(subject, name, _emotion(row.text("label"), sheet), source, part)


def _pictures(root: Path) -> dict[str, Path]:
    """Pictures in `root` or one folder below, by stem without the blank at its end."""
    found: dict[str, Path] = {}
    for folder in (root, *subfolders(root, root).values()):
        for file in folder_entries(folder):
            if file.lower().endswith(PICTURE_SUFFIXES):
                found.setdefault(Path(file).stem.strip(), folder / file)
    return found


def _subject(person: str, corpus: str = "") -> str:
    """Subject of ``sub01`` (CASME II), ``s01`` (SMIC) or ``006`` (SAMM)."""
    if not corpus:
        corpus = "casme2" if person.startswith("sub") else "smic" if person[:1] == "s" else "samm"
    number = person_number(person)
    if corpus not in _WIDTHS or number is None:
        raise InputError(
            f"{person} of {corpus} is nobody of the composite; wanted sub01 (CASME II), s01 "
            "(SMIC) or 006 (SAMM): name three_norm_u_v_os or a folder like it"
        )
    return f"{corpus}/{number:0{_WIDTHS[corpus]}d}"


def _emotion(label: str, where: Path) -> str:
    if label not in ("0", "1", "2"):
        raise InputError(
            f"{where}: label {label!r}; wanted 0 negative, 1 positive or 2 surprise: correct it"
        )
    return LABELS[int(label)]
