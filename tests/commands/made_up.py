"""Few small people, quickly made."""

from smastn.synthesis.synthetic_corpus import CorpusConfig

SMALL_CORPUS = CorpusConfig(subjects=2, clips_per_subject=3, rates=(60.0,), size=160)
