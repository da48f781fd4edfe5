"""CASME II (Yan et al. 2014): 255 clips of 26 subjects, 200 frames per second, colour.

Three trees may be there: whole clips (RAW), the movement only (RAW_selected),
and the movement cropped to the face (Cropped). Frame numbers are the same in
all of them and in the sheet. Facts: PLOS ONE 10.1371/journal.pone.0086041 and
public readers.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path

from smastn.corpora.class_schemes import MEGC2019, Scheme, label_scheme, objective_scheme
from smastn.corpora.corpus import Corpus, CorpusDefinition
from smastn.corpora.normalise import objective_class, subject_number
from smastn.corpora.release_layout import Release, clip_folders, find_sheets, require_sheet
from smastn.corpora.shared_reading import Tree, assemble, image_tree, read_annotations
from smastn.corpora.tables import Column, read_table
from smastn.corpora.to_clips import Rules

RELEASE = Release(
    corpus="casme2",
    sheet=r"casme[ _-]?(?:2|ii)[ _-]*(?:coding|label)",
    subjects=r"sub0*(\d+)",
    wanted="CASME2-coding-20140508.xlsx and a tree such as CASME2-RAW or Cropped with sub01 ...",
)
_OBJECTIVE = (
    Column("subject", ("Subject",)),
    Column("name", ("Filename",)),
    Column("objective", ("Objective Class", "Objective Classes")),
)
_FIVE = {"happiness": 32, "surprise": 25, "disgust": 63, "repression": 27, "others": 99}


def read_casme2(root: Path, tree: Tree | None = None) -> Corpus:
    """CASME II under `root`.

    Args:
        root: the folder with the coding sheet and the trees of images.
        tree: which tree; None takes the first there is of raw, selected, cropped.
    """
    sheets = require_sheet(root, RELEASE)
    # Nearly every publication counts from the sheet 20140508: 255 rows, 246 in five classes.
    sheets.sort(key=lambda path: ("20140508" not in path.name, path.suffix == ".xls", path.name))
    kind, level = image_tree(root, RELEASE, tree)
    folders = clip_folders(level, RELEASE.subjects, root)
    objective = _objective_classes(root)
    annotations = [
        replace(one, objective=objective.get((one.subject, one.name)))
        for one in read_annotations(sheets[0], folders, width=2)
    ]
    rules = Rules("casme2", rate=200.0, folder_is_clip=kind != "raw")
    return assemble(root, rules, annotations, sheets, folders.values())


def _objective_classes(root: Path) -> dict[tuple[str, str], int | None]:
    sheets = find_sheets(root, r"casme[ _-]?(?:2|ii)[ _-]*objective")
    return {
        (f"{subject_number(row.cells['subject']) or 0:02d}", row.text("name")): objective_class(
            row.cells["objective"]
        )
        for row in (read_table(sheets[0], _OBJECTIVE) if sheets else ())
    }


CORPUS = CorpusDefinition(
    name="casme2",
    title="CASME II",
    read=read_casme2,
    holds="255 clips, 26 subjects, 200 frames per second",
    ask="http://fu.psych.ac.cn/CASME/casme2-en.php",
    licence="agreement signed by permanent staff; research only; not to be passed on; "
    "images of sub12 and sub22 may not be printed",
    schemes=(
        label_scheme(
            "5",
            _FIVE,
            26,
            "Yan et al. 2014, 10.1371/journal.pone.0086041; coding sheet 20140508",
        ),
        label_scheme("5-2019", {**_FIVE, "disgust": 64}, 26, "sheet of 2019"),
        Scheme(
            "4",
            {
                **dict.fromkeys(("disgust", "sadness", "fear"), "negative"),
                **{"happiness": "positive", "surprise": "surprise"},
                **dict.fromkeys(("others", "repression"), "others"),
            },
            {"positive": 32, "negative": 72, "surprise": 25, "others": 126},
            26,
            "the owners' note.txt",
        ),
        Scheme(
            "3",
            {
                **dict.fromkeys(("disgust", "repression"), "negative"),
                **{"happiness": "positive", "surprise": "surprise"},
            },
            {"negative": 88, "positive": 32, "surprise": 25},
            24,
            MEGC2019,
            left_out=frozenset({"casme2/04/EP12_01f", "casme2/05/EP09_05f"}),
        ),
        objective_scheme((25, 15, 99, 26, 20), 26),
    ),
    recognise=RELEASE.found_in,
)
CROPPED = replace(
    CORPUS,
    name="casme2_cropped",
    title="CASME II, cropped",
    read=partial(read_casme2, tree="cropped"),
    holds="the same clips, cropped and registered by the owners",
)
