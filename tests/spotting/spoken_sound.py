"""Sound that a voice detector takes for speech, made by formulas alone."""

import numpy as np
from numpy import ndarray
from scipy.signal import lfilter

from smastn.media.sound import SOUND_RATE

_VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (530, 1840, 2480), (300, 870, 2240))
_SYLLABLE = 0.2  # s


def spoken(seconds: float) -> ndarray:
    """Syllables: pulses of the glottis through the formants of one vowel after the other."""
    times = np.arange(round(seconds * SOUND_RATE)) / SOUND_RATE
    pitch = np.cumsum(120 * (1 + 0.12 * np.sin(2 * np.pi * 0.6 * times))) / SOUND_RATE
    source = lfilter([1], [1, -0.95], np.diff(np.floor(pitch), prepend=0))
    courses = np.zeros((3, len(times)))
    order = np.arange(len(times)) / SOUND_RATE / _SYLLABLE
    for formant in range(3):
        heights = [_VOWELS[number % 4][formant] for number in range(int(order[-1]) + 2)]
        courses[formant] = np.interp(order, np.arange(len(heights)), heights)
    voice, states = np.zeros(len(times)), np.zeros((3, 2))
    for first in range(0, len(times), 160):
        part = source[first : first + 160]
        for formant, width in enumerate((80, 90, 120)):
            radius = np.exp(-np.pi * width / SOUND_RATE)
            angle = 2 * np.pi * courses[formant, first] / SOUND_RATE
            poles = [1, -2 * radius * np.cos(angle), radius**2]
            part, states[formant] = lfilter([sum(poles)], poles, part, zi=states[formant])
        voice[first : first + 160] = part
    voice *= np.clip(1.2 * np.sin(np.pi * (order % 1)), 0.05, 1)
    return (12_000 * voice / np.abs(voice).max()).astype(np.int16)


def silent(seconds: float) -> ndarray:
    """The faint hiss of a microphone."""
    hiss = np.random.default_rng(0).normal(0, 40, round(seconds * SOUND_RATE))
    return hiss.astype(np.int16)
