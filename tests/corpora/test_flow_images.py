from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from official_list import official_spelling, read_official

from smastn.corpora.clip import Clip
from smastn.corpora.flow_images import flow_images
from smastn.errors import InputError
from smastn.media.image_files import read_image
from smastn.synthesis.fixtures.fixture_clips import Fixture
from smastn.synthesis.fixtures.fixture_flow_images import write_flow_images


def test_both_layouts_give_the_same_clips(tmp_path: Path) -> None:
    written = write_flow_images(Fixture(tmp_path))
    nested = flow_images(tmp_path / "three_norm_u_v_os")
    flat = flow_images(tmp_path)
    assert [(i.key, i.emotion) for i in nested] == [(i.key, i.emotion) for i in flat]
    assert len(flat) == len(written)
    assert all(image.source.name.endswith(" .png") for image in flat)


def test_parts_of_a_flat_folder_are_told_by_their_ends(release: Callable[..., Path]) -> None:
    root = release("flow_images")
    assert all(i.source.stem.strip().endswith("_1") for i in flow_images(root, "apex-offset"))


def test_the_published_pictures_are_read_clip_for_clip(shared_data: Path) -> None:
    official = read_official(shared_data)
    wanted = {(c.database, c.name, c.emotion) for c in official if c.database != "samm"}
    root = shared_data / "megc2019_flow"
    for folder in (root, root / "three_norm_u_v_os"):
        images = flow_images(folder)
        spelled = [
            official_spelling(Clip(i.subject, i.name, i.emotion, i.source, 0, 0)) for i in images
        ]
        assert {(c.database, c.name, c.emotion) for c in spelled} == wanted
        assert len(images) == 309
        assert len({image.subject for image in images}) == 40
    assert Counter(i.emotion for i in images) == {"negative": 158, "positive": 83, "surprise": 68}
    assert read_image(images[0].source).shape == (28, 28, 3)


def test_a_listed_picture_that_is_missing_is_refused(tmp_path: Path) -> None:
    write_flow_images(Fixture(tmp_path))
    flow_images(tmp_path)[0].source.unlink()
    with pytest.raises(InputError, match="no image"):
        flow_images(tmp_path)


def test_a_label_that_is_no_class_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "three_norm_u_v_os" / "sub01" / "u_test" / "7"
    folder.mkdir(parents=True)
    with pytest.raises(InputError, match="label '7'; wanted 0 negative"):
        flow_images(tmp_path / "three_norm_u_v_os")


def test_neither_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither"):
        flow_images(tmp_path)


def test_a_torn_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match="is not a complete image"):
        read_image(tmp_path / "a.png")
