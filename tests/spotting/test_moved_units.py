import csv
from pathlib import Path

import numpy as np
import pytest

from smastn.corpora.flow_images import flow_images
from smastn.media.image_files import read_image
from smastn.spotting.moved_units import moved_units
from smastn.spotting.regions import REGIONS
from smastn.synthesis.action_units import UNITS
from smastn.synthesis.measured_flow import centred_flow, flow_at
from smastn.synthesis.mesh_points import Mesh
from smastn.synthesis.muscles import FacialMuscles
from smastn.synthesis.photographs import photograph, upright

AT_THE_EYES = ("5", "6", "7")


def of_regions(mesh: np.ndarray) -> np.ndarray:
    return np.array([mesh[list(points)].mean(axis=0) for points in REGIONS.values()], np.float32)


def points() -> Mesh:
    """The mesh of a face whose movement the module does not start from."""
    return upright(photograph("grace_hopper"), (224, 224), 170.0, (112.0, 112.0)).points


@pytest.mark.parametrize("name", [name for name in UNITS if name not in AT_THE_EYES])
@pytest.mark.parametrize("side", ["", "L", "R"])
def test_a_unit_is_told_by_the_way_it_moves_another_face(name: str, side: str) -> None:
    if side and not UNITS[name].one_sided:
        pytest.skip(f"{name} has no sides")
    moved = of_regions(2.0 * FacialMuscles(points()).at_mesh(side + name).skin)
    assert moved_units(moved)[0] == side + name


def test_two_units_at_once_are_both_told() -> None:
    muscles = FacialMuscles(points())
    moved = of_regions(muscles.at_mesh("1").skin + muscles.at_mesh("12").skin)
    assert set(moved_units(moved)) == {"1", "12"}


def test_what_does_not_move_is_no_unit_and_what_is_unknown_is_none() -> None:
    assert moved_units(np.zeros((len(REGIONS), 2), np.float32)) == ()
    assert moved_units(np.full((len(REGIONS), 2), np.nan, np.float32)) == ()


def test_units_of_real_people_are_told_more_often_right_than_wrong(shared_data: Path) -> None:
    with (shared_data / "action_units" / "casme2.csv").open() as file:
        coded = {(row["subject"], row["clip"]): row["action_units"] for row in csv.DictReader(file)}
    neutral, right, named = points(), 0, 0
    for image in flow_images(shared_data / "megc2019_flow"):
        corpus, _, subject = image.subject.partition("/")
        units = coded.get((f"sub{subject}", image.name))
        if corpus != "casme2" or units is None:
            continue
        flow = flow_at(centred_flow(read_image(image.source)), neutral, neutral[None])[0]
        codes = {code.lstrip("LR") for code in moved_units(of_regions(flow))}
        right += len(codes & {code.lstrip("LR") for code in units.split("+")})
        named += len(codes)
    assert named > 100
    assert right / named > 0.6
