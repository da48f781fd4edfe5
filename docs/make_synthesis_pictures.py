"""Make the pictures of docs/synthesis.md anew: ``python docs/make_synthesis_pictures.py``."""

from pathlib import Path
from zlib import crc32

import cv2
import numpy as np

from smastn.corpora.flow_images import flow_images
from smastn.synthesis.action_units import ACTION_UNITS, unit_and_sides
from smastn.synthesis.identities import draw_identity, portrait
from smastn.synthesis.synthetic_film import demo_film
from smastn.synthesis.measured_flow import flow_at
from smastn.synthesis.expressions import draw_event
from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.reenactment import ReenactmentConfig, flow_movements

PICTURES = Path(__file__).parent / "pictures"
MOVEMENT = Path(__file__).parents[2] / "shared" / "data" / "megc2019_flow"
"""Public flow pictures; where they are not, the picture of re-enactment stays as it is."""

EXAGGERATED = 7.0
"""Pixels at 224: more than twice the strongest micro-expression, to be seen in print."""


def people() -> np.ndarray:
    """The first 18 people of a corpus with seed 0."""
    faces = [portrait(draw_identity(np.random.default_rng([0, number]))) for number in range(18)]
    return _sheet([cv2.resize(face.image, (200, 200)) for face in faces], columns=6)


def action_units() -> np.ndarray:
    """Every action unit on one made-up person, exaggerated and named; then eyes."""
    animated_face = AnimatedFace(portrait(draw_identity(np.random.default_rng([0, 17]))))
    tiles = [_labelled(animated_face.frame(), "neutral")]
    for code in (*ACTION_UNITS, "L12", "R2"):
        motion = animated_face.motion((code,), (1.0,), EXAGGERATED)
        name = f"{code} {unit_and_sides(code)[0].name}"
        tiles.append(_labelled(animated_face.frame([(motion, 1.0)]), name))
    tiles.append(_labelled(animated_face.frame(closure=0.5), "lids half shut"))
    tiles.append(_labelled(animated_face.frame(closure=1.0), "lids shut"))
    tiles.append(_labelled(animated_face.frame(gaze=(4.0, 0.0)), "gaze to their left"))
    tiles.append(_labelled(_apart("25"), "25 on closed lips"))
    return _sheet(tiles, columns=6)


def clip() -> np.ndarray:
    """Onset, apex, offset of one event at its true size, and eight times the difference."""
    animated_face = AnimatedFace(portrait(draw_identity(np.random.default_rng([0, 1]))))
    event = draw_event(np.random.default_rng(5), "surprise", 3, 200.0, 2.0)
    motion = event.motion(animated_face)
    frames = {
        f"{name}, frame {at}": animated_face.frame([(motion, event.activation(at))])
        for name, at in (("onset", event.onset), ("apex", event.apex), ("offset", event.offset))
    }
    onset, apex, _ = (frame.astype(int) for frame in frames.values())
    difference = np.clip(128 + 8 * (apex - onset), 0, 255).astype(np.uint8)
    tiles = [_labelled(frame, name) for name, frame in frames.items()]
    tiles.append(_labelled(difference, "(apex - onset) x 8"))
    return _sheet(tiles, columns=4)


def demo() -> np.ndarray:
    """Three frames of the demo film: at rest, at an apex, in a blink."""
    film = demo_film()
    chosen = 0, film.events[-1].apex, film.blinks[1].shut
    frames = [film.clean_frame(index) for index in chosen]
    return _sheet([frame[:, 80:560] for frame in frames], columns=3)


def reenactment() -> np.ndarray:
    """Three people at rest, at their apex (exaggerated), and the movement that drives them."""
    there, back = flow_images(MOVEMENT), flow_images(MOVEMENT, "apex-offset")
    config = ReenactmentConfig(amplitude=(EXAGGERATED, EXAGGERATED))
    tiles = []
    for key in ("casme2/17/EP16_01f", "smic/12/s12_po_06", "casme2/13/EP03_01"):
        pair = next(two for two in zip(there, back, strict=True) if two[0].key == key)
        generator = np.random.default_rng([0, crc32(pair[0].subject.encode())])
        animated_face = AnimatedFace(portrait(draw_identity(generator)))
        movement = flow_movements(pair, config, np.random.default_rng(0))[0]
        apex = animated_face.frame([(movement.motion(animated_face), 1.0)])
        change = np.clip(128 + 3 * (apex.astype(int) - animated_face.frame()), 0, 255).astype(np.uint8)
        arrows = _with_arrows(animated_face, movement.flow)
        tiles += [_labelled(animated_face.frame(), f"onset, {pair[0].emotion}"), _labelled(apex, "apex")]
        tiles += [_labelled(arrows, "measured movement"), _labelled(change, "(apex - onset) x 3")]
    return _sheet(tiles, columns=4)


def _with_arrows(animated_face: AnimatedFace, flow: np.ndarray) -> np.ndarray:
    """The portrait in grey, with the movement that is flow_at onto it."""
    grey = cv2.cvtColor(animated_face.portrait.image, cv2.COLOR_RGB2GRAY) // 2 + 100
    image = cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
    rows, columns = np.mgrid[6 : len(image) : 12, 6 : len(image) : 12]
    places = np.stack([columns.ravel(), rows.ravel()], axis=1).astype(float)
    ways = flow_at(flow, animated_face.portrait.points, places)
    ways *= 22 / np.linalg.norm(ways, axis=1).max()
    for place, way in zip(places, ways, strict=True):
        if np.linalg.norm(way) > 2:
            start, end = np.rint(place).astype(int), np.rint(place + way).astype(int)
            ends = tuple(map(int, start)), tuple(map(int, end))
            cv2.arrowedLine(image, *ends, (160, 20, 20), 1, cv2.LINE_AA, tipLength=0.3)
    return image


def _apart(code: str) -> np.ndarray:
    animated_face = AnimatedFace(portrait(draw_identity(np.random.default_rng([0, 4]))))
    return animated_face.frame([(animated_face.motion((code,), (1.0,), EXAGGERATED), 1.0)])


def _labelled(image: np.ndarray, text: str) -> np.ndarray:
    strip = np.full((26, image.shape[1], 3), 255, np.uint8)
    font = cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(strip, text, (6, 18), font, 0.5, (30, 30, 30), 1, cv2.LINE_AA)
    return np.vstack([strip, image])


def _sheet(tiles: list[np.ndarray], columns: int) -> np.ndarray:
    blank = np.full_like(tiles[0], 255)
    tiles = tiles + [blank] * (-len(tiles) % columns)
    rows = [np.hstack(tiles[at : at + columns]) for at in range(0, len(tiles), columns)]
    return np.vstack(rows)


def main() -> None:
    """Write every picture."""
    PICTURES.mkdir(exist_ok=True)
    makers = [people, action_units, clip, demo] + [reenactment] * MOVEMENT.is_dir()
    for make in makers:
        name = f"synthesis-{make.__name__.replace('_', '-')}.jpg"
        picture = cv2.cvtColor(make(), cv2.COLOR_RGB2BGR)
        cv2.imwrite(str(PICTURES / name), picture, [cv2.IMWRITE_JPEG_QUALITY, 85])


if __name__ == "__main__":
    main()
