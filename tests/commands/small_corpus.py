"""Few small people, quickly made."""

from smastn.synthesis.synthetic_corpus import SyntheticCorpusConfig

SMALL_CORPUS = SyntheticCorpusConfig(subjects=2, clips_per_subject=3, rates=(60.0,), size=160)
