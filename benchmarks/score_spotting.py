"""How many made movements are spotted, and how many that were not made.

Three kinds of film, 20 seconds at 30 frames a second and 640 x 480, as H.264: the demo
film (movement of 1.5 to 3 px); restless people (1.5 px, blinks every three seconds that
may fall on a movement, a head that drifts by 3 px); and the same people without any
movement. Give the seeds: ``python benchmarks/score_spotting.py 5 6 7``.
"""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from smastn.data.frames import open_frames, write_video
from smastn.imaging.landmarks import FaceTracker
from smastn.spotting.curve import measure_movement
from smastn.spotting.intervals import spot
from smastn.spotting.scores import SpottingScore, pooled, score_spotting
from smastn.synthesis.faces import Portrait, draw_person, portrait
from smastn.synthesis.film import DEMO_NUISANCE, Film, demo_film
from smastn.synthesis.movement import EMOTIONS, draw_event
from smastn.synthesis.photographs import photograph, upright
from smastn.synthesis.puppet import Puppet

RATE, SECONDS = 30.0, 20.0


def main() -> None:
    seeds = [int(word) for word in sys.argv[1:]] or [5, 6, 7, 8, 9]
    kinds = {
        "demo film": lambda seed: demo_film(seed, RATE, SECONDS),
        "restless": lambda seed: restless(seed, 6, 0.3),
        "no movement": lambda seed: restless(seed, 0, 0.35),
    }
    print(f"seeds {', '.join(map(str, seeds))}; a hit shares at least half of the union")
    for name, make in kinds.items():
        total = pooled(scored(make(seed) for seed in seeds))
        minutes = len(seeds) * SECONDS / 60
        f1 = f"F1 {total.f1:.3f}" if total.hits + total.misses else "        "
        print(
            f"  {name:12} {total.hits:3} of {total.hits + total.misses:3} found   {f1}   "
            f"{total.false_alarms} false alarms in {minutes:.1f} minutes"
        )


def scored(films: Iterator[Film]) -> Iterator[SpottingScore]:
    """Each film written, read again, measured and compared with what was made."""
    for film in films:
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "film.mp4"
            write_video(path, film, RATE, quality=23)
            with open_frames(path) as stream:
                found = spot(measure_movement(stream, FaceTracker())).intervals
        spotted = [(one.onset, one.offset) for one in found]
        yield score_spotting(spotted, [(event.onset, event.offset) for event in film.events])


def restless(seed: int, movements: int, blinks: float) -> Film:
    """Somebody whose head moves and who blinks whenever, `blinks` times a second."""
    generator = np.random.default_rng([seed, 5])
    if seed % 3 == 0:
        name = "astronaut" if seed % 2 else "grace_hopper"
        photo = upright(photograph(name), (640, 480), 200.0, (320.0, 216.0))
        person = Portrait(photo.image, photo.points)
    else:
        person = portrait(draw_person(generator))
    events = []
    for number in range(movements):
        at = SECONDS / movements * number + float(generator.uniform(0.9, 1.5))
        events.append(draw_event(generator, EMOTIONS[number % 3], round(at * RATE), RATE, 1.5))
    nuisance = replace(DEMO_NUISANCE, blinks=blinks, drift=3.0, turn=0.75, blinks_apart=False)
    timing = RATE, round(SECONDS * RATE)
    return Film(Puppet(person), tuple(events), timing, nuisance, seed)


if __name__ == "__main__":
    main()
