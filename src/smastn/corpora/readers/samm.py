"""SAMM (Davison et al. 2018): 159 clips of 29 subjects, 200 frames per second, grey.

Folders hold roughly onset to offset, with the frame numbers of the long video.
The sheet begins with notes. Facts: IEEE TAC 10.1109/TAFFC.2016.2573832 and
public readers.
"""

from pathlib import Path

from smastn.corpora.class_schemes import MEGC2019, Scheme, label_scheme, objective_scheme
from smastn.corpora.corpus import Corpus, CorpusDefinition
from smastn.corpora.release_layout import Release, clip_folders, require_sheet, require_subjects
from smastn.corpora.shared_reading import assemble, read_annotations
from smastn.corpora.to_clips import Rules

RELEASE = Release(
    corpus="samm",
    sheet=r"samm.*micro.*facs",
    subjects=r"0*(\d{1,3})",
    wanted="SAMM_Micro_FACS_Codes_v2.xlsx and folders 006, 007 ... (or those inside SAMM_CROP)",
)


def read_samm(root: Path) -> Corpus:
    """SAMM under `root`."""
    sheets = require_sheet(root, RELEASE)
    folders = clip_folders(require_subjects(root, RELEASE)[0], RELEASE.subjects, root)
    rules = Rules("samm", rate=200.0, folder_is_clip=True)
    annotations = read_annotations(sheets[0], folders, width=3)
    return assemble(root, rules, annotations, sheets, folders.values())


CORPUS = CorpusDefinition(
    name="samm",
    title="SAMM",
    read=read_samm,
    holds="159 clips, 29 subjects, 200 frames per second, grey",
    ask="http://www2.docm.mmu.ac.uk/STAFF/M.Yap/dataset.php",
    licence="agreement signed by permanent staff; research only; not to be passed on",
    schemes=(
        label_scheme(
            "5",
            {"anger": 57, "contempt": 12, "happiness": 26, "surprise": 15, "others": 26},
            28,
            "Davison et al. 2018, 10.1109/TAFFC.2016.2573832",
        ),
        Scheme(
            "3",
            {
                **dict.fromkeys(("anger", "contempt", "disgust", "fear", "sadness"), "negative"),
                **{"happiness": "positive", "surprise": "surprise"},
            },
            {"negative": 92, "positive": 26, "surprise": 15},
            28,
            MEGC2019,
        ),
        objective_scheme((24, 13, 20, 8, 3), 21),
    ),
    recognise=RELEASE.found_in,
)
