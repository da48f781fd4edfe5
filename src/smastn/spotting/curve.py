"""How each region of a face moves, frame by frame, and what frames lie about a moment.

Differences over any span follow from the places of the regions: the *rise* to a frame since
a span earlier, and the *fall* that is still to come until a span later.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64
from numpy import ndarray

_SPEED_SPAN = 0.1  # s


@dataclass(frozen=True, slots=True)
class MovementCurve:
    """What was measured in each frame of a film; pixels are those of a face of 224.

    Attributes:
        times: seconds from the start of the film.
        face: where the face was seen.
        positions: where each region is (x, y) against the skull, pixels from where it was
            when the face came into view; NaN without a face. They creep over minutes, so
            that only differences within seconds mean something.
        eye_change: how different the eyes look from one span before and also from one span
            after, 1 less the correlation of their pictures; the smaller of both eyes; NaN
            where that is unknown.
        pose_degrees: yaw, pitch and roll of the head, see `spotting.head`; NaN without a face.
        turned_degrees: yaw and pitch since the face came into view, added up like `positions`:
            finer than the mesh's, but creeping.
        gaze_px: irises against the middle of the eyes (x, y), pixels; NaN where not seen.
        head_px: where the skull is in the frame (x, y), pixels; NaN without a face.
        blendshapes: coefficients of the face, 0 to 1, in the order of
            `smastn.faces.blendshapes.BLENDSHAPES`; NaN where none were measured.
        voice: how likely a voice is heard, 0 to 1, see `VoiceMeter`; NaN where there is no sound.
        apart: how far apart two models place the parts of the face (x, y), in the order of
            `smastn.spotting.face_parts.FACE_PARTS`, pixels; NaN where not measured.
        presence: how much this looks like a face, see `FaceBlendshapes`; NaN where not measured.
        sharpness: fine detail of the aligned face against its contrast; NaN without a face.
        cut: frames that begin another view: a cut to another shot.
        boxes: left, top, right, bottom of the mesh in pixels of the frame; NaN without a face.
        places: where each region lies in the aligned face, mean over the film, pixels; NaN
            without any face.
        span: seconds over which rise and fall are taken.
    """

    times: Float64[ndarray, " frames"]
    face: Bool[ndarray, " frames"]
    positions: Float32[ndarray, "frames regions 2"]
    eye_change: Float32[ndarray, " frames"]
    pose_degrees: Float32[ndarray, "frames 3"]
    turned_degrees: Float32[ndarray, "frames 2"]
    gaze_px: Float32[ndarray, "frames 2"]
    head_px: Float32[ndarray, "frames 2"]
    blendshapes: Float32[ndarray, "frames coefficients"]
    voice: Float32[ndarray, " frames"]
    apart: Float32[ndarray, "frames parts 2"]
    presence: Float32[ndarray, " frames"]
    sharpness: Float32[ndarray, " frames"]
    cut: Bool[ndarray, " frames"]
    boxes: Float32[ndarray, "frames 4"]
    places: Float32[ndarray, "regions 2"]
    span: float

    @property
    def rate(self) -> float:
        """Frames a second, by the median time between frames."""
        return 1 / float(np.median(np.diff(self.times))) if len(self.times) > 1 else 0.0

    @property
    def face_width(self) -> float:
        """Median width of the face, pixels of the frame; 0 without any."""
        widths = (self.boxes[:, 2] - self.boxes[:, 0])[self.face]
        return float(np.median(widths)) if len(widths) else 0.0

    @property
    def gaps(self) -> list[tuple[int, int]]:
        """First and last frame, both inclusive, of each stretch without the face."""
        return stretches(~self.face)

    @property
    def rise(self) -> Float32[ndarray, "frames regions 2"]:
        """Movement of each region since one span earlier, or since the face came into view."""
        return self.positions - self.positions[neighbours(self, self.span)[0]]

    @property
    def fall(self) -> Float32[ndarray, "frames regions 2"]:
        """Movement still to be undone until one span later, or until the face is lost."""
        return self.positions - self.positions[neighbours(self, self.span)[1]]

    @property
    def head_speed(self) -> Float32[ndarray, " frames"]:
        """How fast the skull moves in the frame, pixels a second; NaN without a face."""
        earlier, later = neighbours(self, _SPEED_SPAN / 2)
        way = np.linalg.norm(self.head_px[later] - self.head_px[earlier], axis=1)
        return way / np.maximum(self.times[later] - self.times[earlier], 1e-3).astype(np.float32)


def stretches(mask: Bool[ndarray, " frames"]) -> list[tuple[int, int]]:
    """First and last frame, both inclusive, of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(first), int(last) - 1) for first, last in edges.reshape(-1, 2)]


def neighbours(curve: MovementCurve, span: float) -> tuple[ndarray, ndarray]:
    """For each frame the frames nearest to `span` seconds before and after it.

    They never lie beyond a gap: near one, the last frame before it or the first after it is
    taken, so that what happens there is compared with what there is.
    """
    earlier, later = np.arange(len(curve.times)), np.arange(len(curve.times))
    for first, last in stretches(curve.face):
        inside = slice(first, last + 1)
        times = curve.times[inside]
        earlier[inside] = first + _nearest(times, times - span)
        later[inside] = first + _nearest(times, times + span)
    return earlier, later


def _nearest(times: Float64[ndarray, " frames"], wanted: Float64[ndarray, " frames"]) -> ndarray:
    after = np.clip(np.searchsorted(times, wanted), 0, len(times) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(wanted - times[before] < times[after] - wanted, before, after)
