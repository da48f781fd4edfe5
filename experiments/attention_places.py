"""Where the attention of each action unit looks, against where synthetic faces move by it.

python experiments/attention_places.py MODEL [--people N] [--pictures N]

MODEL was trained on flow images with action units (``smastn train --config flow-units``). On flow
images of synthetic people, whose units are known, the place looked at most for a unit and side that
is shown is right where the skin moves by more than a third of that unit's largest movement on
that side. Compared: the place that attention favours where nothing moves (the prior), the place
that it favours without the prior, and a place at random. Then every image is mirrored: the
place must be the mirrored one.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from jaxtyping import Bool, Float32, Float64, UInt8
from numpy import ndarray
from unit_flow import PARTS, UnitFlow, make_unit_flow

from smastn.corpora.facs import SIDES
from smastn.corpora.flow_images import Part
from smastn.inputs.optical_flow import FlowImages, flow_movement
from smastn.methods.predictor import Predictor
from smastn.methods.sma_stn.network import SmaStn
from smastn.synthesis.action_units import unit_and_sides
from smastn.workers import one_thread

SHARE = 1 / 3
"""Where the skin moves by more than this share of the largest movement, the unit moves it."""

_SEED = 20  # no training on synthetic people draws it


def main() -> None:
    """Print the share of right places, by unit and in all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--pictures", type=int, default=20, help="of each person")
    given = parser.parse_args()
    predictor = Predictor.load(given.model)
    if not isinstance(predictor.config.input, FlowImages):
        raise SystemExit(f"{given.model} was not trained on flow images; wanted a model that was")
    found: dict[str, list[list[float]]] = {}
    with one_thread(), torch.inference_mode():
        for made in make_unit_flow(given.people, given.pictures, _SEED):
            for unit, row in scored(predictor, made):
                found.setdefault(unit, []).append(row)
    print("| unit | movements | attention | nothing moves | no prior | at random | mirrored |")
    print("| --- |" + " --- |" * 6)
    for unit in sorted(found, key=int):
        _print(unit, np.array(found[unit]))
    _print("all", np.concatenate([np.array(rows) for rows in found.values()]))


def scored(predictor: Predictor, made: UnitFlow) -> Iterator[tuple[str, list[float]]]:
    """For each unit and side shown: whether each place is right, and whether it mirrors.

    Args:
        predictor: with action units, of flow images.
        made: one movement.
    """
    network, source = predictor.network, predictor.config.input
    assert isinstance(network, SmaStn) and isinstance(source, FlowImages)
    images = flow_movement(pictures_of(made, source.parts), source.parts)
    looked, mirrored = (attention(network, one) for one in (images, source.mirror(images)))
    still = attention(network, torch.zeros_like(images))
    free = without_prior(network, images)
    for code, moved in zip(made.action_units, made.moved, strict=True):
        unit = code.lstrip("LR")
        for side in unit_and_sides(code)[1] if unit in predictor.units else ():
            at = predictor.units.index(unit), SIDES.index(side)
            right = region(moved, side, unit, looked.shape[-1])
            across = mirrored[at[0], 1 - at[1]][:, ::-1]
            row = [float(right.flat[one[at].argmax()]) for one in (looked, still, free)]
            yield unit, [*row, float(right.mean()), float(looked[at].argmax() == across.argmax())]


def pictures_of(made: UnitFlow, parts: tuple[Part, ...]) -> UInt8[ndarray, "parts 28 28 3"]:
    """The pictures of these parts; on the way back the face moves the other way."""
    there = dict(zip(PARTS, made.pictures, strict=True))
    back = made.pictures[0].copy()
    back[..., :2] = 255 - back[..., :2]
    return np.stack([there.get(part, back) for part in parts])


def region(
    moved: Float32[ndarray, "28 28"], side: str, unit: str, places: int
) -> Bool[ndarray, "places places"]:
    """Where a unit moves one side of the face, or all of it where it cannot occur on one side."""
    half = moved.copy()
    if unit_and_sides(unit)[0].one_sided:
        middle = moved.shape[1] // 2
        half[:, middle:] *= side == "L"
        half[:, :middle] *= side == "R"
    small = cv2.resize(half, (places, places), interpolation=cv2.INTER_AREA)
    return small > SHARE * small.max()


def attention(
    network: SmaStn, images: torch.Tensor
) -> Float64[ndarray, "units sides rows columns"]:
    """Where the network looks for each unit, averaged over the images."""
    found = network(images[None]).unit_attention
    assert found is not None
    return found[0].mean(0).double().numpy()


def without_prior(
    network: SmaStn, images: torch.Tensor
) -> Float64[ndarray, "units sides rows columns"]:
    """The attention that the content of the images and what was learnt of places alone give."""
    assert network.units is not None
    kept = network.units.prior.clone()
    network.units.prior.zero_()
    found = attention(network, images)
    network.units.prior.copy_(kept)
    return found


def _print(unit: str, rows: Float64[ndarray, "movements 5"]) -> None:
    shown = " | ".join(f"{100 * value:.0f} %" for value in rows.mean(0))
    print(f"| {unit} | {len(rows)} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
