"""Executors: processes of this machine, or the machines of a Ray cluster."""

from dataclasses import dataclass

from smastn.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Processes:
    """Processes of this machine.

    Attributes:
        count: number of processes; 1 runs everything in the calling process.
    """

    count: int = 1

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ConfigError(f"workers is {self.count}; wanted at least 1")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Ray cluster; each task takes one core.

    Attributes:
        address: ``host:port`` of its head, ``ray://host:port`` from a machine outside it, or
            ``auto`` for the cluster that this machine belongs to.
        gpus: GPUs per task; a fraction such as 0.25 shares one. With 0 a task sees no GPU.
    """

    address: str
    gpus: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.gpus <= 1 or (self.gpus > 1 and float(self.gpus).is_integer())):
            raise ConfigError(
                f"GPUs per task is {self.gpus:g}; wanted a fraction between 0 and 1, "
                "or a whole number"
            )


Executor = Processes | Cluster
"""What runs tasks."""

ONE_PROCESS = Processes(1)
"""The calling process."""
