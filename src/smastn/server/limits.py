"""Bounds on what the server accepts, so that no upload exhausts the machine."""

from dataclasses import dataclass

from smastn.errors import ConfigError

GIB = 2**30


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on uploads, work, and how long results are kept.

    Attributes:
        upload_bytes: largest file accepted.
        film_seconds: longest film.
        film_pixels: largest frame, width times height.
        jobs: films stored at one time, finished ones included.
        uploads: films uploaded at one time.
        workers: films analysed at one time, each in its own process.
        webcams: webcams measured at one time.
        memory_bytes: memory that one such process may allocate after its start.
        keep_hours: a film and its results are deleted after so long without use.
    """

    upload_bytes: int = 2 * GIB
    film_seconds: float = 3600.0
    film_pixels: int = 3840 * 2160
    jobs: int = 40
    uploads: int = 24
    workers: int = 1
    webcams: int = 2
    memory_bytes: int = 3 * GIB
    keep_hours: float = 12.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name} is {getattr(self, name)}; wanted more than 0")
