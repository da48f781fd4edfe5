"""Where work goes: processes of this machine, or the machines of a Ray cluster."""

from dataclasses import dataclass

from smastn.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Processes:
    """Processes of this machine.

    Attributes:
        count: how many; with one, all is done in the process that asks.
    """

    count: int = 1

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ConfigError(f"workers is {self.count}; wanted at least 1")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Ray cluster; each task takes one of its cores.

    Attributes:
        address: ``host:port`` of its head, ``ray://host:port`` from a machine outside it,
            or ``auto`` for the one that this machine belongs to.
        gpus: share of a GPU that a task takes, such as 0.25; with 0 a task sees no GPU.
    """

    address: str
    gpus: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.gpus <= 1 or (self.gpus > 1 and float(self.gpus).is_integer())):
            raise ConfigError(
                f"a task is to take {self.gpus:g} GPUs; wanted a share between 0 and 1, "
                "or a whole number"
            )


Crew = Processes | Cluster
"""Who does the work."""

ALONE = Processes(1)
"""The process that asks."""
