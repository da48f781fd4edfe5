import numpy as np
import pytest

from smastn.errors import ConfigError
from smastn.inputs.optical_flow import flow_movement
from smastn.synthesis.expressions import EMOTIONS
from smastn.synthesis.synthetic_flow import (
    FlowConfig,
    MadeFlow,
    flow_picture,
    made_up_flow,
)

CONFIG = FlowConfig(subjects=3, clips_per_subject=18, blink=0.0, head=0.05)


@pytest.fixture(scope="module")
def made() -> list[MadeFlow]:
    return made_up_flow(CONFIG)


def average(made: list[MadeFlow], emotion: str) -> np.ndarray:
    """Mean movement of a class: channels, rows, columns."""
    rows = [flow_movement(one.pictures[:1], ["onset-apex"])[0] for one in made]
    own = [row.numpy() for row, one in zip(rows, made, strict=True) if one.emotion == emotion]
    return np.mean(own, axis=0)


def test_classes_are_dealt_out_evenly_to_every_person(made: list[MadeFlow]) -> None:
    assert [one.emotion for one in made[:3]] == list(EMOTIONS)
    for subject in range(3):
        own = [one.emotion for one in made if one.subject == subject]
        assert {own.count(emotion) for emotion in EMOTIONS} == {6}


def test_faces_move_where_and_as_the_public_ones_do(made: list[MadeFlow]) -> None:
    """Brows rise in surprise and fall in negative; a smile goes up and apart."""
    brows, corners = (slice(5, 9), slice(4, 24)), slice(16, 22)
    assert average(made, "surprise")[1][brows].mean() < -0.1
    assert average(made, "negative")[1][brows].mean() > 0.02
    smile = average(made, "positive")
    assert smile[1, corners, 4:10].mean() < -0.05
    assert smile[1, corners, 18:24].mean() < -0.05
    assert smile[0, corners, 18:24].mean() - smile[0, corners, 4:10].mean() > 0.1


def test_every_channel_is_scaled_for_itself(made: list[MadeFlow]) -> None:
    for one in made:
        assert (one.pictures.min((1, 2)) == 0).all()
        assert (one.pictures.max((1, 2)) == 255).all()


def test_both_measurements_show_one_movement(made: list[MadeFlow]) -> None:
    alike = [
        np.corrcoef(one.pictures[0, ..., 1].ravel(), one.pictures[1, ..., 1].ravel())[0, 1]
        for one in made
    ]
    assert np.median(alike) > 0.8
    assert any((one.pictures[0] != one.pictures[1]).any() for one in made)


def test_strain_is_zero_where_the_face_moves_as_one() -> None:
    flow = np.zeros((112, 112, 2))
    flow[42:62, 42:62] = (1.0, -2.0)
    strain = flow_picture(flow)[..., 2]
    assert strain[12:14, 12:14].max() == 0
    assert strain.max() == 255


def test_the_number_of_workers_changes_nothing(made: list[MadeFlow]) -> None:
    few = FlowConfig(subjects=2, clips_per_subject=2)
    one, two = (made_up_flow(few, workers) for workers in (1, 2))
    assert all((a.pictures == b.pictures).all() for a, b in zip(one, two, strict=True))
    assert (one[0].pictures != one[2].pictures).any()


def test_nobody_at_all_is_refused() -> None:
    with pytest.raises(ConfigError, match="wanted at least one each"):
        FlowConfig(subjects=0)
