"""SMIC (Li et al. 2013): HS 164 clips at 100 frames per second, VIS and NIR 71 each at 25.

There is no sheet: the folder gives the label, its first and last frame are
onset and offset, and apexes are not annotated. Folders ``non_micro`` hold faces
without a micro-expression and are not read. Facts: the owners' page and FG 2013
10.1109/FG.2013.6553717.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

from smastn.corpora.class_schemes import label_scheme
from smastn.corpora.corpus import Corpus, CorpusDefinition, Defect
from smastn.corpora.release_layout import (
    Release,
    folders_like,
    require_folder,
    subject_folders,
    wrong_level,
)
from smastn.corpora.shared_reading import assemble
from smastn.corpora.to_clips import Annotation, Rules
from smastn.errors import InputError
from smastn.media.frame_folders import index_frames, subfolders

Camera = Literal["HS", "VIS", "NIR"]
Tree = Literal["raw", "cropped"]

EMOTIONS = ("negative", "positive", "surprise")
RATES: dict[Camera, float] = {"HS": 100.0, "VIS": 25.0, "NIR": 25.0}
RELEASE = Release(
    corpus="smic",
    sheet="",
    subjects=r"s0*(\d+)",
    wanted="SMIC_all_raw or SMIC_all_cropped with HS/s1/micro/negative ...",
)
_LI = "Li et al. 2013, 10.1109/FG.2013.6553717"


def read_smic(root: Path, camera: Camera = "HS", tree: Tree | None = None) -> Corpus:
    """The clips of one camera of SMIC under `root`, sorted by subject and name.

    Args:
        root: the folder with ``SMIC_all_raw`` or ``SMIC_all_cropped``.
        camera: HS (fast), VIS or NIR; all three filmed the same subjects, ``smic/03``.
        tree: raw or cropped; None takes raw where there is a choice.
    """
    level = _camera_folder(root, camera, tree)
    annotations, empty = [], []
    for subject, folder in sorted(subject_folders(level, RELEASE.subjects, root).items()):
        for emotion, clip in _labelled(folder, root):
            numbers = index_frames(clip, root).numbers
            if numbers:
                ends = (numbers[0], None, numbers[-1])
                annotations.append(Annotation(f"{subject:02d}", clip.name, emotion, clip, *ends))
            else:
                where = str(clip.relative_to(root))
                empty.append(Defect("no frames", where, "an empty clip", left_out=True))
    rules = Rules("smic", rate=RATES[camera], folder_is_clip=True, has_apex=False)
    corpus = assemble(root, rules, annotations)
    return replace(corpus, defects=(*empty, *corpus.defects))


def _labelled(subject: Path, root: Path) -> list[tuple[str, Path]]:
    micro = subfolders(subject, root).get("micro")
    labels = subfolders(micro, root) if micro else {}
    return [
        (emotion, clip)
        for emotion in EMOTIONS
        if emotion in labels
        for clip in subfolders(labels[emotion], root).values()
    ]


def _camera_folder(root: Path, camera: Camera, tree: Tree | None) -> Path:
    require_folder(root)

    def is_cropped(folder: Path) -> bool:
        return "crop" in f"{root.name}/{folder.relative_to(root)}".lower()

    def is_camera(folder: Path) -> bool:
        fits = tree is None or is_cropped(folder) == (tree == "cropped")
        return folder.name.casefold() == camera.casefold() and fits and _has_micro(folder)

    found = sorted(folders_like(root, is_camera, 3), key=is_cropped)
    if not found:
        wanted = f"{camera}/s1/micro/negative ... in a tree of {tree or 'raw or cropped'} images"
        raise wrong_level(root, _has_cameras, replace(RELEASE, wanted=wanted))
    return found[0]


def _has_micro(folder: Path) -> bool:
    subjects = subject_folders(folder, RELEASE.subjects, folder).values()
    return any("micro" in subfolders(subject, folder) for subject in subjects)


def _has_cameras(folder: Path) -> bool:
    trees = subfolders(folder, folder).values()
    inside = (child for tree in trees for child in subfolders(tree, folder).values())
    return any(child.name.upper() in RATES and _has_micro(child) for child in inside)


def _recognise(root: Path, camera: Camera = "HS", tree: Tree | None = None) -> bool:
    try:
        return bool(_camera_folder(root, camera, tree))
    except InputError:
        return False


CORPUS = CorpusDefinition(
    name="smic",
    title="SMIC HS",
    read=read_smic,
    holds="164 clips, 16 subjects, 100 frames per second",
    ask="https://www.oulu.fi/cmvs/node/41319",
    licence="agreement signed by permanent staff; research only; not to be passed on",
    schemes=(label_scheme("3", {"negative": 70, "positive": 51, "surprise": 43}, 16, _LI),),
    recognise=_recognise,
)
CROPPED = replace(
    CORPUS,
    name="smic_cropped",
    title="SMIC HS, cropped",
    read=partial(read_smic, tree="cropped"),
    holds="the same clips, registered",
    recognise=partial(_recognise, tree="cropped"),
)
VIS = replace(
    CORPUS,
    name="smic_vis",
    title="SMIC VIS",
    read=partial(read_smic, camera="VIS"),
    holds="71 clips, 25 frames per second",
    schemes=(
        label_scheme(
            "3-slow",
            {"negative": 23, "positive": 28, "surprise": 20},
            None,
            f"{_LI}; counts unconfirmed",
        ),
    ),
    recognise=partial(_recognise, camera="VIS"),
)
NIR = replace(
    VIS,
    name="smic_nir",
    title="SMIC NIR",
    read=partial(read_smic, camera="NIR"),
    holds="71 clips, near infrared",
    recognise=partial(_recognise, camera="NIR"),
)
