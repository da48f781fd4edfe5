import numpy as np
import pytest

from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.identities import draw_identity, portrait
from smastn.synthesis.speech_movement import Speech, Syllable, draw_speech


def test_speech_moves_the_mouth_and_not_the_brows() -> None:
    face = AnimatedFace(portrait(draw_identity(np.random.default_rng(4))))
    speech = Speech(face, (Syllable(1.0, 0.06, (1.0, 0.0, 0.0), 1.0),))
    assert speech.moving(0.5) == []
    assert abs(speech.nod(1.0)) > 0.9
    changed = np.abs(face.frame(speech.moving(1.0)) - face.frame().astype(float)).mean(axis=2)
    assert changed[180:240].mean() > 1
    assert changed[60:110].max() == 0


def test_speech_fills_its_share_of_the_time() -> None:
    generator = np.random.default_rng(0)
    steps = np.diff([one.time for one in draw_speech(generator, 0.2, 3600.0)])
    assert steps[steps < 0.5].sum() / 3600 == pytest.approx(0.2, abs=0.06)
    assert draw_speech(generator, 0.0, 100.0) == ()
