"""What a turning head does to each region, learnt from the film itself and taken away.

When a head turns, near parts of it move against far ones. By how much depends on this
person's depth, which the mesh knows only roughly. But a film in which a head turns shows
it: what all regions do whenever yaw or pitch change is the turn, and expressions, which
come at other moments, hardly bend that regression.
"""

import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray

from smastn.spotting.curve import MovementCurve, neighbours
from smastn.spotting.regression import robust_effect
from smastn.spotting.smoothing import smoothed

_FINE, _COARSE = 0.1, 2.0  # s; fine turns from the skin, where they start from the mesh
_SPAN, _STEP = 0.5, 0.1  # s; changes over the one, taken once in the other
_NOISE = 0.15  # px
_USUAL = np.array([0.6, 0.6, 0.02, 0.02, 0.02])  # px a degree, and a square degree
_TIMES_USUAL = 2.0  # the most that is believed
_LEAST_CHANGES = 20
_TURNING, _MOST = 3.0, 0.8  # degrees in a span that are a turn; share of turns that leave less
_USUAL_LEFT, _MOST_LEFT = 0.06, 0.5  # px a degree


def direction_degrees(curve: MovementCurve) -> Float32[ndarray, "frames 2"]:
    """Yaw and pitch, degrees: changes as the skin shows them, starting from the mesh's."""
    start = smoothed(curve.pose_degrees[:, :2] - curve.turned_degrees, curve, _COARSE)
    return smoothed(curve.turned_degrees, curve, _FINE) + start


def without_turns(
    curve: MovementCurve, degrees: Float32[ndarray, "frames 2"]
) -> Float32[ndarray, "frames regions 2"]:
    """The positions of a curve, less what goes with the head's yaw and pitch."""
    positions = curve.positions.reshape(len(curve.times), -1).astype(np.float64)
    features = _features(degrees)
    earlier = neighbours(curve, _SPAN)[0]
    step = max(1, round(_STEP * curve.rate))
    chosen = np.flatnonzero(curve.face & (earlier < np.arange(len(earlier))))[::step]
    if len(chosen) < _LEAST_CHANGES:
        return curve.positions
    effect = robust_effect(
        features[chosen] - features[earlier[chosen]],
        positions[chosen] - positions[earlier[chosen]],
        _NOISE / _USUAL,
    )
    # A head that hardly turns in a film of seconds teaches nothing: what moves meanwhile is a face.
    effect = np.clip(effect, *(_TIMES_USUAL * np.stack([-_USUAL, _USUAL])[..., None]))
    return (positions - features @ effect).reshape(curve.positions.shape).astype(np.float32)


def turn_noise(
    curve: MovementCurve,
    positions: Float32[ndarray, "frames regions 2"],
    degrees: Float32[ndarray, "frames 2"],
) -> Float32[ndarray, "regions 2"]:
    """What a turn still moves in each region (x, y), pixels a degree; never below what is usual.

    The rim of a turning face is stretched and hidden as no regression can tell, so it is
    noisier than the middle; a film that shows turns tells by how much.

    Args:
        curve: where the face is seen, and when.
        positions: see `without_turns`.
        degrees: see `direction_degrees`.
    """
    earlier = neighbours(curve, _SPAN)[0]
    turned = np.linalg.norm(degrees - degrees[earlier], axis=1)
    chosen = np.flatnonzero(turned > _TURNING)
    usual = np.full(positions.shape[1:], _USUAL_LEFT, np.float32)
    if len(chosen) < _LEAST_CHANGES:
        return usual
    left = np.abs(positions[chosen] - positions[earlier[chosen]])
    own = np.quantile(left / turned[chosen, None, None], _MOST, axis=0)
    return np.clip(own, usual, _MOST_LEFT).astype(np.float32)


def _features(degrees: Float32[ndarray, "frames 2"]) -> Float64[ndarray, "frames 5"]:
    yaw, pitch = degrees.astype(np.float64).T
    return np.stack([yaw, pitch, yaw**2, pitch**2, yaw * pitch], axis=1)
