import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from films import picture
from numpy import ndarray

from smastn.errors import InputError
from smastn.media.frame_folders import numbered_images
from smastn.media.image_files import read_image

RGB = picture(3)


def saved(path: Path, image: ndarray) -> Path:
    done, data = cv2.imencode(path.suffix, image)
    assert done
    path.write_bytes(data.tobytes())
    return path


@pytest.mark.parametrize("suffix", [".png", ".bmp"])
def test_a_picture_comes_back_as_rgb(tmp_path: Path, suffix: str) -> None:
    path = saved(tmp_path / f"1{suffix}", RGB[:, :, ::-1])
    np.testing.assert_array_equal(read_image(path), RGB)


def test_a_jpeg_keeps_its_colours(tmp_path: Path) -> None:
    path = saved(tmp_path / "1.jpg", RGB[:, :, ::-1])
    np.testing.assert_allclose(read_image(path)[40, 10], RGB[40, 10], atol=12)


def test_grey_becomes_three_equal_channels(tmp_path: Path) -> None:
    grey = RGB[:, :, 0]
    seen = read_image(saved(tmp_path / "1.png", grey))
    np.testing.assert_array_equal(seen, np.stack([grey] * 3, axis=-1))


def test_transparency_is_dropped(tmp_path: Path) -> None:
    alpha = np.full((*RGB.shape[:2], 1), 128, np.uint8)
    path = saved(tmp_path / "1.png", np.concatenate([RGB[:, :, ::-1], alpha], axis=-1))
    np.testing.assert_array_equal(read_image(path), RGB)


@pytest.mark.parametrize("channels", [1, 3])
def test_sixteen_bits_are_scaled_not_cut(tmp_path: Path, channels: int) -> None:
    wide = (np.arange(256, dtype=np.uint16) * 257).reshape(16, 16)
    image = wide if channels == 1 else np.stack([wide] * 3, axis=-1)
    seen = read_image(saved(tmp_path / "1.png", image))
    np.testing.assert_array_equal(seen[..., 1].ravel(), np.arange(256))


def test_exif_turns_a_picture_upright(tmp_path: Path) -> None:
    path = saved(tmp_path / "1.jpg", RGB[:, :, ::-1])
    plain = read_image(path)
    tiff = b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHIHHI", 0x0112, 3, 1, 6, 0, 0)
    segment = b"Exif\0\0" + tiff
    data = path.read_bytes()
    head = b"\xff\xd8\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment
    path.write_bytes(head + data[2:])
    np.testing.assert_array_equal(read_image(path), np.rot90(plain, -1))


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp"])
@pytest.mark.parametrize("kept", [0.05, 0.5, 0.98])
def test_a_picture_cut_short_is_refused(tmp_path: Path, suffix: str, kept: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    path = saved(tmp_path / f"1{suffix}", noise)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(InputError, match="not a complete image"):
        read_image(path)


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "1.png"
    path.write_text("hello")
    with pytest.raises(InputError, match="not a complete image"):
        read_image(path)
    path.write_bytes(b"")
    with pytest.raises(InputError, match="is empty"):
        read_image(path)


def test_a_picture_that_claims_to_be_huge_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = saved(tmp_path / "1.png", RGB)
    data = bytearray(path.read_bytes())
    data[16:24] = struct.pack(">II", 60_000, 60_000)
    path.write_bytes(bytes(data))
    with pytest.raises(InputError, match="60000x60000 pixels; wanted at most"):
        read_image(path)


def test_names_outside_ascii_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "Gesichter äöü 脸"
    folder.mkdir()
    saved(folder / "Bild_ä1.png", RGB)
    assert read_image(numbered_images(folder)[0]).shape == RGB.shape
