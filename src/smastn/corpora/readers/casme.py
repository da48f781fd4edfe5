"""CASME (Yan et al. 2013): 189 annotated clips, 60 frames per second.

Frame names contain the clip's name, ``EP01_5-116.jpg``; later ones are padded.
The sheet has two apex columns; the first is used. Facts: FG 2013
10.1109/FG.2013.6553799 and one public reader.
"""

from pathlib import Path

from smastn.corpora.class_schemes import label_scheme
from smastn.corpora.corpus import Corpus, CorpusDefinition
from smastn.corpora.release_layout import Release, clip_folders, find_sheets, require_sheet
from smastn.corpora.shared_reading import (
    CLIP_COLUMNS,
    Tree,
    assemble,
    image_tree,
    read_annotations,
)
from smastn.corpora.tables import read_table
from smastn.corpora.to_clips import Rules

RELEASE = Release(
    corpus="casme",
    # The sheet's name is not documented: any that is not of a sister corpus is tried.
    sheet=r"(?!.*\(me\))(?!casme[ _-]?(?:2|3|ii))(?!4dme)(?!~)",
    subjects=r"sub0*(\d+)",
    wanted="its sheet and a tree such as CASME_raw_selected or Cropped with sub01 ...",
)


def read_casme(root: Path, tree: Tree | None = None) -> Corpus:
    """CASME under `root`.

    Args:
        root: the folder with the sheet and the trees of images.
        tree: which tree; None takes the first there is of raw, selected, cropped.
    """
    sheets = require_sheet(root, RELEASE)
    kind, level = image_tree(root, RELEASE, tree)
    folders = clip_folders(level, RELEASE.subjects, root)
    rules = Rules("casme", rate=60.0, folder_is_clip=kind != "raw")
    annotations = read_annotations(sheets[0], folders, width=2)
    return assemble(root, rules, annotations, sheets, folders.values())


def _recognise(root: Path) -> bool:
    """Other corpora may fit the pattern of the sheet's name, so its header is compared too."""
    if not RELEASE.found_in(root):
        return False
    return bool(read_table(find_sheets(root, RELEASE.sheet)[0], CLIP_COLUMNS))


CORPUS = CorpusDefinition(
    name="casme",
    title="CASME",
    read=read_casme,
    holds="189 clips, 60 frames per second",
    ask="http://fu.psych.ac.cn/CASME/casme-en.php",
    licence="agreement signed by permanent staff; research only; not to be passed on",
    schemes=(
        label_scheme(
            "4",
            {"disgust": 44, "repression": 38, "surprise": 20, "tension": 69},
            None,
            "Yan et al. 2013, 10.1109/FG.2013.6553799; counts unconfirmed",
        ),
    ),
    recognise=_recognise,
)
