"""What the server takes on, so that no upload takes the machine."""

from dataclasses import dataclass
from typing import Any

from smastn.errors import ConfigError

GIB = 2**30


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on uploads, work, and how long results are kept.

    Attributes:
        upload_bytes: the largest file taken.
        film_seconds: the longest film.
        film_pixels: the most pixels of a frame, width times height.
        jobs: films kept at one time, done ones included.
        uploads: films that may come in at one time.
        workers: films analysed at one time, each in a process of its own.
        live: webcams watched at one time.
        memory_bytes: what one such process may take beyond its start.
        keep_hours: after so long without use a film and its results are deleted.
    """

    upload_bytes: int = 2 * GIB
    film_seconds: float = 3600.0
    film_pixels: int = 3840 * 2160
    jobs: int = 40
    uploads: int = 24
    workers: int = 1
    live: int = 2
    memory_bytes: int = 3 * GIB
    keep_hours: float = 12.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name} is {getattr(self, name)}; wanted more than 0")

    def for_people(self) -> dict[str, Any]:
        """What the page says about them."""
        return {
            "upload_bytes": self.upload_bytes,
            "film_seconds": self.film_seconds,
            "film_pixels": self.film_pixels,
            "jobs": self.jobs,
            "keep_hours": self.keep_hours,
        }
