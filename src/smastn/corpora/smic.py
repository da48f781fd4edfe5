"""SMIC (Li et al. 2013): HS 164 clips at 100 frames a second, VIS and NIR 71 each at 25.

There is no sheet: the folder tells the label, its first and last frame are
onset and offset, and nobody marked an apex. Folders ``non_micro`` hold faces
without a micro-expression and are not read. Facts: the owners' page and FG 2013
10.1109/FG.2013.6553717.
"""

from dataclasses import replace
from pathlib import Path
from typing import Literal

from smastn.corpora.annotations import Annotation, Corpus, Defect, FrameIndex, Rules
from smastn.corpora.clip import Clip
from smastn.corpora.release_layout import (
    Release,
    folders_like,
    person_folders,
    require_folder,
    wrong_level,
)
from smastn.corpora.to_clips import place_all
from smastn.media.frame_folders import subfolders

Camera = Literal["HS", "VIS", "NIR"]
Pictures = Literal["raw", "cropped"]

EMOTIONS = ("negative", "positive", "surprise")
RATES: dict[Camera, float] = {"HS": 100.0, "VIS": 25.0, "NIR": 25.0}
RELEASE = Release(
    corpus="smic",
    sheet="",
    people=r"s0*(\d+)",
    wanted="SMIC_all_raw or SMIC_all_cropped with HS/s1/micro/negative ...",
)


def smic_clips(root: Path, camera: Camera = "HS", pictures: Pictures | None = None) -> list[Clip]:
    """Every clip of one camera of SMIC under `root`, sorted by person and name.

    Args:
        root: the folder with ``SMIC_all_raw`` or ``SMIC_all_cropped``.
        camera: HS (fast), VIS or NIR; people of each are subjects ``smic/03``, the same people.
        pictures: raw or cropped; None takes raw where there is a choice.

    Raises:
        InputError: no such pictures under `root`.
    """
    return list(read_smic(root, camera, pictures).clips)


def read_smic(root: Path, camera: Camera = "HS", pictures: Pictures | None = None) -> Corpus:
    """Like `smic_clips`, with all that is wrong with this copy.

    Raises:
        InputError: no such pictures under `root`.
    """
    level = _camera_folder(root, camera, pictures)
    index = FrameIndex(root)
    annotations, defects = [], []
    for person, folder in sorted(person_folders(level, RELEASE.people, root).items()):
        for emotion, clip in _labelled(folder, root):
            numbers = index(clip).numbers
            if not numbers:
                where = str(clip.relative_to(root))
                defects.append(Defect("no frames", where, "an empty clip", left_out=True))
                continue
            ends = (numbers[0], None, numbers[-1])
            annotations.append(Annotation(f"{person:02d}", clip.name, emotion, clip, *ends))
    rules = Rules("smic", rate=RATES[camera], folder_is_clip=True, has_apex=False)
    clips, found = place_all(annotations, rules, index)
    return Corpus("smic", root, tuple(clips), tuple(defects + found))


def _labelled(person: Path, root: Path) -> list[tuple[str, Path]]:
    micro = subfolders(person, root).get("micro")
    labels = subfolders(micro, root) if micro else {}
    return [
        (emotion, clip)
        for emotion in EMOTIONS
        if emotion in labels
        for clip in subfolders(labels[emotion], root).values()
    ]


def _camera_folder(root: Path, camera: Camera, pictures: Pictures | None) -> Path:
    require_folder(root)

    def is_cropped(folder: Path) -> bool:
        return "crop" in f"{root.name}/{folder.relative_to(root)}".lower()

    def is_camera(folder: Path) -> bool:
        fits = pictures is None or is_cropped(folder) == (pictures == "cropped")
        return folder.name.casefold() == camera.casefold() and fits and _has_micro(folder)

    found = sorted(folders_like(root, is_camera, 3), key=is_cropped)
    if not found:
        wanted = (
            f"{camera}/s1/micro/negative ... in a tree of {pictures or 'raw or cropped'} pictures"
        )
        raise wrong_level(root, _has_cameras, replace(RELEASE, wanted=wanted))
    return found[0]


def _has_micro(folder: Path) -> bool:
    people = person_folders(folder, RELEASE.people, folder).values()
    return any("micro" in subfolders(person, folder) for person in people)


def _has_cameras(folder: Path) -> bool:
    trees = subfolders(folder, folder).values()
    inside = (child for tree in trees for child in subfolders(tree, folder).values())
    return any(child.name.upper() in RATES and _has_micro(child) for child in inside)
