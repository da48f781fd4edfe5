import numpy as np
import pytest
from experiments.synthetic_flow import (
    SyntheticFlow,
    SyntheticFlowConfig,
    flow_image,
    make_synthetic_flow,
)

from smastn.errors import ConfigError
from smastn.inputs.optical_flow import flow_movement
from smastn.synthesis.expressions import EMOTIONS

CONFIG = SyntheticFlowConfig(subjects=3, clips_per_subject=18)


@pytest.fixture(scope="module")
def made() -> list[SyntheticFlow]:
    return make_synthetic_flow(CONFIG)


def average(made: list[SyntheticFlow], emotion: str) -> np.ndarray:
    """Mean movement of a class: channels, rows, columns."""
    rows = [flow_movement(one.images[:1], ["onset-apex"])[0] for one in made]
    own = [row.numpy() for row, one in zip(rows, made, strict=True) if one.emotion == emotion]
    return np.mean(own, axis=0)


def test_every_subject_has_as_many_images_of_each_class(made: list[SyntheticFlow]) -> None:
    assert [one.emotion for one in made[:3]] == list(EMOTIONS)
    for subject in range(3):
        own = [one.emotion for one in made if one.subject == subject]
        assert {own.count(emotion) for emotion in EMOTIONS} == {6}


def test_faces_move_where_and_as_the_public_ones_do(made: list[SyntheticFlow]) -> None:
    """Brows rise in surprise and fall in negative; a smile goes up and apart."""
    brows, corners = (slice(5, 9), slice(4, 24)), slice(16, 22)
    assert average(made, "surprise")[1][brows].mean() < -0.1
    assert average(made, "negative")[1][brows].mean() > 0.02
    smile = average(made, "positive")
    assert smile[1, corners, 4:10].mean() < -0.05
    assert smile[1, corners, 18:24].mean() < -0.05
    assert smile[0, corners, 18:24].mean() - smile[0, corners, 4:10].mean() > 0.1


def test_every_channel_is_scaled_for_itself(made: list[SyntheticFlow]) -> None:
    for one in made:
        assert (one.images.min((1, 2)) == 0).all()
        assert (one.images.max((1, 2)) == 255).all()


def test_both_measurements_show_one_movement(made: list[SyntheticFlow]) -> None:
    alike = [
        np.corrcoef(one.images[0, ..., 1].ravel(), one.images[1, ..., 1].ravel())[0, 1]
        for one in made
    ]
    assert np.median(alike) > 0.8
    assert any((one.images[0] != one.images[1]).any() for one in made)


def test_strain_is_zero_where_the_face_moves_as_one() -> None:
    flow = np.zeros((112, 112, 2))
    flow[42:62, 42:62] = (1.0, -2.0)
    strain = flow_image(flow)[..., 2]
    assert strain[12:14, 12:14].max() == 0
    assert strain.max() == 255


def test_the_number_of_workers_changes_nothing(made: list[SyntheticFlow]) -> None:
    few = SyntheticFlowConfig(subjects=2, clips_per_subject=2)
    one, two = (make_synthetic_flow(few, workers) for workers in (1, 2))
    assert all((a.images == b.images).all() for a, b in zip(one, two, strict=True))
    assert (one[0].images != one[2].images).any()


def test_no_subject_is_refused() -> None:
    with pytest.raises(ConfigError, match="wanted at least one each"):
        SyntheticFlowConfig(subjects=0)
