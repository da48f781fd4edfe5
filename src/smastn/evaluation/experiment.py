"""An experiment: which clips, how they are split, and how a network is trained on them."""

from dataclasses import dataclass, field

from smastn.corpora.selection import DataConfig
from smastn.errors import ConfigError
from smastn.evaluation.protocol import ProtocolConfig
from smastn.training.training_settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment(Settings):
    """All settings of an evaluation; those of `Settings` are part of it, one table each in TOML.

    Attributes:
        name: title of the report.
        citation: what it reproduces, or follows.
        data: corpora and classes; a corpus with a manifest where nothing is named.
        protocol: how the clips are split.
        seeds: one training run of every fold for each.
    """

    name: str
    citation: str = ""
    data: DataConfig = field(default_factory=DataConfig)
    protocol: ProtocolConfig = field(default_factory=ProtocolConfig)
    seeds: tuple[int, ...] = (0,)

    def __post_init__(self) -> None:
        Settings.__post_init__(self)
        if not self.seeds or len(set(self.seeds)) < len(self.seeds) or min(self.seeds) < 0:
            raise ConfigError(
                f"seeds is {list(self.seeds)}; wanted at least one, none negative, none twice"
            )
        self.input.require_corpora(self.data.corpora)
