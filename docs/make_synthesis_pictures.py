"""Make the pictures of docs/synthesis.md: ``python docs/make_synthesis_pictures.py [FOLDER]``.

FOLDER holds public flow images; without it the picture of re-enactment is not made.
"""

import sys
from pathlib import Path
from zlib import crc32

import cv2
import numpy as np

from smastn.corpora.flow_images import flow_images
from smastn.synthesis.action_units import UNITS, unit_and_sides
from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.expressions import draw_event
from smastn.synthesis.identities import draw_identity, portrait
from smastn.synthesis.measured_flow import flow_at
from smastn.synthesis.photographs import Portrait
from smastn.synthesis.reenactment import ReenactmentConfig, flow_movements
from smastn.synthesis.synthetic_film import demo_film

PICTURES = Path(__file__).parent / "pictures"

EXAGGERATED = 7.0
"""Pixels of a 224-pixel crop: more than twice the strongest micro-expression."""


def faces() -> np.ndarray:
    """The first 18 faces of a corpus with seed 0."""
    tiles = [cv2.resize(_portrait(number).image, (200, 200)) for number in range(18)]
    return _sheet(tiles, columns=6)


def action_units() -> np.ndarray:
    """Every action unit on one synthetic face, exaggerated and named; then lids and gaze."""
    face = AnimatedFace(_portrait(17))
    tiles = [_labelled(face.frame(), "neutral")]
    for code in (*UNITS, "L12", "R2"):
        motion = face.motion((code,), (1.0,), EXAGGERATED)
        name = f"{code} {unit_and_sides(code)[0].name}"
        tiles.append(_labelled(face.frame([(motion, 1.0)]), name))
    tiles.append(_labelled(face.frame(closure=0.5), "lids half closed"))
    tiles.append(_labelled(face.frame(closure=1.0), "lids closed"))
    tiles.append(_labelled(face.frame(gaze=(4.0, 0.0)), "gaze to the left"))
    tiles.append(_labelled(_closed_lips("25"), "25 on closed lips"))
    return _sheet(tiles, columns=6)


def clip() -> np.ndarray:
    """Onset, apex and offset of one movement at its true size, and eight times the difference."""
    face = AnimatedFace(_portrait(1))
    event = draw_event(np.random.default_rng(5), "surprise", 3, 200.0, 2.0)
    motion = event.motion(face)
    frames = {
        f"{name}, frame {at}": face.frame([(motion, event.activation(at))])
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
    chosen = 0, film.events[-1].apex, film.blinks[1].closed
    frames = [film.clean_frame(index) for index in chosen]
    return _sheet([frame[:, 80:560] for frame in frames], columns=3)


def reenactment(movement: Path) -> np.ndarray:
    """Three faces at onset and at apex (exaggerated), with the measured movement."""
    rising, falling = flow_images(movement), flow_images(movement, "apex-offset")
    config = ReenactmentConfig(amplitude=(EXAGGERATED, EXAGGERATED))
    tiles = []
    for key in ("casme2/17/EP16_01f", "smic/12/s12_po_06", "casme2/13/EP03_01"):
        pair = next(two for two in zip(rising, falling, strict=True) if two[0].key == key)
        generator = np.random.default_rng([0, crc32(pair[0].subject.encode())])
        face = AnimatedFace(portrait(draw_identity(generator)))
        movement = flow_movements(pair, config, np.random.default_rng(0))[0]
        apex = face.frame([(movement.motion(face), 1.0)])
        change = np.clip(128 + 3 * (apex.astype(int) - face.frame()), 0, 255).astype(np.uint8)
        arrows = _with_arrows(face, movement.flow)
        tiles += [_labelled(face.frame(), f"onset, {pair[0].emotion}"), _labelled(apex, "apex")]
        tiles += [_labelled(arrows, "measured movement"), _labelled(change, "(apex - onset) x 3")]
    return _sheet(tiles, columns=4)


def _with_arrows(face: AnimatedFace, flow: np.ndarray) -> np.ndarray:
    """The portrait in grey with the measured movement as arrows."""
    grey = cv2.cvtColor(face.portrait.image, cv2.COLOR_RGB2GRAY) // 2 + 100
    image = cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
    rows, columns = np.mgrid[6 : len(image) : 12, 6 : len(image) : 12]
    places = np.stack([columns, rows], axis=-1).astype(float)
    arrows = flow_at(flow, face.portrait.points, places)
    arrows *= 22 / np.linalg.norm(arrows, axis=-1).max()
    for place, arrow in zip(places.reshape(-1, 2), arrows.reshape(-1, 2), strict=True):
        if np.linalg.norm(arrow) > 2:
            start, end = np.rint(place).astype(int), np.rint(place + arrow).astype(int)
            ends = tuple(map(int, start)), tuple(map(int, end))
            cv2.arrowedLine(image, *ends, (160, 20, 20), 1, cv2.LINE_AA, tipLength=0.3)
    return image


def _portrait(number: int) -> Portrait:
    return portrait(draw_identity(np.random.default_rng([0, number])))


def _closed_lips(code: str) -> np.ndarray:
    face = AnimatedFace(_portrait(4))
    return face.frame([(face.motion((code,), (1.0,), EXAGGERATED), 1.0)])


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
    made = {"faces": faces(), "action-units": action_units(), "clip": clip(), "demo": demo()}
    if sys.argv[1:]:
        made["reenactment"] = reenactment(Path(sys.argv[1]))
    for name, picture in made.items():
        bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
        path = PICTURES / f"synthesis-{name}.jpg"
        cv2.imwrite(str(path), bgr, [cv2.IMWRITE_JPEG_QUALITY, 85])


if __name__ == "__main__":
    main()
