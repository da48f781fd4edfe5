"""Every corpus that can be read: what it holds, where to ask for it, what its licence says.

None of them may be passed on; each is asked for by those who will work with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from smastn.corpora.annotations import Corpus
from smastn.corpora.casme import read_casme
from smastn.corpora.casme2 import read_casme2
from smastn.corpora.casme3 import read_casme3, read_casme3c
from smastn.corpora.casme_squared import read_casme_squared
from smastn.corpora.class_schemes import labelled, require_counts, scheme
from smastn.corpora.clip import Clip
from smastn.corpora.composite import corpus_of
from smastn.corpora.dfme import read_dfme
from smastn.corpora.four_dme import read_four_dme
from smastn.corpora.manifest import MANIFEST, read_manifest
from smastn.corpora.mmew import read_mmew
from smastn.corpora.samm import read_samm
from smastn.corpora.samm_long import read_samm_long
from smastn.corpora.smic import read_smic
from smastn.corpora.smic_long import read_smic_long
from smastn.errors import ConfigError

_SIGNED = "agreement signed by permanent staff; research only; not to be passed on"
_LAB = "http://fu.psych.ac.cn/CASME"
_OULU = "https://www.oulu.fi/cmvs/node/41319"
_SAMM = "http://www2.docm.mmu.ac.uk/STAFF/M.Yap/dataset.php"


@dataclass(frozen=True, slots=True)
class CorpusCard:
    """What somebody wants to know before asking for a corpus.

    Attributes:
        name: what commands call it.
        title: what publications call it.
        holds: clips, people and frames a second, in words.
        ask: where to ask for it.
        licence: what its owners want, in one line.
        schemes: names of class schemes whose counts an audit compares.
    """

    name: str
    title: str
    holds: str
    ask: str
    licence: str
    schemes: tuple[str, ...] = ()


CORPORA: tuple[CorpusCard, ...] = (
    CorpusCard(
        "casme2",
        "CASME II",
        "255 clips, 26 people, 200 frames a second",
        f"{_LAB}/casme2-en.php",
        f"{_SIGNED}; pictures of sub12 and sub22 may not be printed",
        ("5", "5-2019", "4", "3", "objective"),
    ),
    CorpusCard(
        "casme2_cropped",
        "CASME II, cropped",
        "the same clips, cropped and registered by the owners",
        f"{_LAB}/casme2-en.php",
        _SIGNED,
        ("5", "5-2019", "4", "3", "objective"),
    ),
    CorpusCard(
        "samm",
        "SAMM",
        "159 clips, 29 people, 200 frames a second, grey",
        _SAMM,
        _SIGNED,
        ("5", "3", "objective"),
    ),
    CorpusCard(
        "smic", "SMIC HS", "164 clips, 16 people, 100 frames a second", _OULU, _SIGNED, ("3",)
    ),
    CorpusCard(
        "smic_cropped", "SMIC HS, cropped", "the same clips, registered", _OULU, _SIGNED, ("3",)
    ),
    CorpusCard("smic_vis", "SMIC VIS", "71 clips, 25 frames a second", _OULU, _SIGNED, ("3-slow",)),
    CorpusCard("smic_nir", "SMIC NIR", "71 clips, near infrared", _OULU, _SIGNED, ("3-slow",)),
    CorpusCard(
        "smic_long", "SMIC-E HS", "157 long clips, up to three movements each", _OULU, _SIGNED
    ),
    CorpusCard(
        "casme",
        "CASME",
        "189 clips, 60 frames a second",
        f"{_LAB}/casme-en.php",
        _SIGNED,
        ("4",),
    ),
    CorpusCard(
        "casme_squared",
        "CAS(ME)^2",
        "87 long videos, 57 micro- and 300 macro-expressions, 22 people, 30 frames a second",
        f"{_LAB}/cas(me)2-en.php",
        _SIGNED,
    ),
    CorpusCard(
        "casme3",
        "CAS(ME)^3 part A",
        "860 clips, 94 people, 30 frames a second",
        f"{_LAB}/cas(me)3-en.php",
        _SIGNED,
        ("7", "4", "3"),
    ),
    CorpusCard(
        "casme3c",
        "CAS(ME)^3 part C",
        "165 clips of a mock crime, 30 people",
        f"{_LAB}/cas(me)3-en.php",
        _SIGNED,
    ),
    CorpusCard(
        "mmew",
        "MMEW",
        "300 clips, 30 people, 90 frames a second",
        "http://www.dpailab.com/database.html",
        _SIGNED,
        ("7", "6", "4"),
    ),
    CorpusCard(
        "4dme",
        "4DME, grey",
        "267 clips, several categories each",
        "University of Oulu, CMVS; the authors of 10.1109/TAFFC.2022.3182342",
        _SIGNED,
    ),
    CorpusCard(
        "dfme",
        "DFME",
        "7,526 clips, 656 people, 200 to 500 frames a second",
        "https://mea-lab-421.github.io",
        _SIGNED,
    ),
    CorpusCard(
        "samm_long",
        "SAMM Long Videos",
        "147 videos, 159 micro- and 343 macro-movements, 200 frames a second",
        _SAMM,
        _SIGNED,
    ),
    CorpusCard(
        "manifest",
        "one's own",
        f"whatever {MANIFEST} lists: videos or folders of frames",
        "see the documentation of manifest.csv",
        "your own; ask those who were filmed",
    ),
)
"""Every corpus this package reads, the most used ones first."""


def _read_manifest(root: Path) -> Corpus:
    clips = read_manifest(root)
    return Corpus(corpus_of(clips[0]), root, tuple(clips), sheets=(root / MANIFEST,))


READERS: Mapping[str, Callable[[Path], Corpus]] = {
    "casme2": read_casme2,
    "casme2_cropped": partial(read_casme2, pictures="cropped"),
    "samm": read_samm,
    "smic": read_smic,
    "smic_cropped": partial(read_smic, pictures="cropped"),
    "smic_vis": partial(read_smic, camera="VIS"),
    "smic_nir": partial(read_smic, camera="NIR"),
    "smic_long": read_smic_long,
    "casme": read_casme,
    "casme_squared": read_casme_squared,
    "casme3": read_casme3,
    "casme3c": read_casme3c,
    "mmew": read_mmew,
    "4dme": read_four_dme,
    "dfme": read_dfme,
    "samm_long": read_samm_long,
    "manifest": _read_manifest,
}
"""What reads which corpus from its folder."""


def read_corpus(name: str, root: Path) -> Corpus:
    """The corpus of this name, read from `root`.

    Raises:
        ConfigError: no corpus has this name.
        InputError: it cannot be read.
    """
    card(name)
    return READERS[name](root)


def classed_clips(name: str, root: Path, classes: str | None = None) -> list[Clip]:
    """The clips of a corpus in the classes of a scheme, ready for training and scoring.

    Args:
        name: one of `CORPORA`.
        root: where it lies.
        classes: name of a class scheme, see `SCHEMES`; None keeps the emotions.

    Raises:
        ConfigError: no corpus, or no scheme of it, has this name.
        InputError: it cannot be read, or its counts are not the published ones.
    """
    corpus = read_corpus(name, root)
    if classes is None:
        return list(corpus.clips)
    chosen = scheme(corpus.name, classes)
    clips = labelled(corpus.clips, chosen)
    require_counts(clips, chosen)
    return clips


def card(name: str) -> CorpusCard:
    """What is known of the corpus of this name.

    Raises:
        ConfigError: no corpus has this name; the message lists those that are known.
    """
    for known in CORPORA:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in CORPORA)
    raise ConfigError(f"no corpus is called {name}; known are {names}: use one of these names")
