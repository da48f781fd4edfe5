"""One's own corpus: the clips that a manifest.csv lists; see `smastn.corpora.manifest`."""

from pathlib import Path

from smastn.corpora.corpus import Corpus, CorpusDefinition
from smastn.corpora.manifest import MANIFEST, read_manifest


def read_own(root: Path) -> Corpus:
    """The corpus that ``root/manifest.csv`` lists, named after its first subject's corpus."""
    clips = read_manifest(root)
    return Corpus(clips[0].corpus, root, tuple(clips), sheets=(root / MANIFEST,))


CORPUS = CorpusDefinition(
    name="manifest",
    title="your own data",
    read=read_own,
    holds=f"the clips listed in {MANIFEST}: videos or folders of frames",
    ask=f"see the documentation of {MANIFEST}",
    licence="your own; ask those who were filmed",
    recognise=lambda root: (root / MANIFEST).is_file(),
)
