import gc
import tracemalloc
import weakref
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from films import number_of, picture

from smastn.corpora.clip import Clip, clip_frames
from smastn.errors import InputError
from smastn.media.encoding import write_video
from smastn.media.frames import open_frames, read_frames, require_frames
from smastn.media.video import Video

Encode = Callable[..., Path]


def folder_of(tmp_path: Path, names: list[str]) -> Path:
    folder = tmp_path / "clip"
    folder.mkdir()
    for number, name in enumerate(names):
        cv2.imwrite(str(folder / name), picture(number)[:, :, ::-1])
    return folder


def test_frames_come_in_order_upright_and_with_the_films_own_times(encode: Encode) -> None:
    with open_frames(encode()) as stream:
        frames = list(stream)
        assert (stream.rate, stream.length, stream.size) == (25.0, 30, (64, 48))
        assert stream.damaged is None
    assert [frame.index for frame in frames] == list(range(30))
    assert [number_of(frame.image) for frame in frames] == [*range(25), *range(5)]
    np.testing.assert_allclose([frame.time for frame in frames], np.arange(30) / 25, atol=1e-3)


def test_red_stays_red(encode: Encode) -> None:
    np.testing.assert_allclose(read_frames(encode())[0][40, 10], (200, 30, 60), atol=12)


def test_times_of_a_variable_frame_rate_are_kept(encode: Encode) -> None:
    times = [0, 10, 50, 60, 300, 310, 900]
    with open_frames(encode(count=7, times=times)) as stream:
        seen = [frame.time for frame in stream]
        assert stream.damaged is None
    np.testing.assert_allclose(seen, np.array(times) / 1000, atol=2e-3)


@pytest.mark.parametrize("turn", [90, 180, -90])
def test_a_turned_phone_gives_upright_frames(encode: Encode, turn: int) -> None:
    upright = read_frames(encode("plain.mp4"))
    turned_path = encode("turned.mp4", turn=turn)
    turned = read_frames(turned_path)
    np.testing.assert_array_equal(turned, np.rot90(upright, turn // 90, axes=(1, 2)))
    with open_frames(turned_path) as stream:
        assert stream.size == ((64, 48) if turn == 180 else (48, 64))


def test_a_phone_held_upright_is_turned_clockwise(encode: Encode) -> None:
    # What a phone writes: x' = -y, y' = x in the track header, a quarter turn clockwise.
    path = encode("phone.mp4", turn=-90)
    data = path.read_bytes()
    matrix = np.frombuffer(data, ">i4", 4, data.index(b"tkhd") + 44)[[0, 1, 3]] // 65536
    assert matrix.tolist() == [0, 1, -1]
    np.testing.assert_allclose(read_frames(path)[0][5, 5], (200, 30, 60), atol=40)


@pytest.mark.parametrize(
    ("codec", "pixels", "options"),
    [("libx264", "yuv420p10le", {}), ("libx264", "yuv444p", {}), ("ffv1", "bgr0", {})],
)
def test_other_kinds_of_pixels_become_the_same_picture(
    encode: Encode, codec: str, pixels: str, options: dict[str, str]
) -> None:
    frames = read_frames(encode("film.mkv", codec=codec, pixels=pixels, options=options))
    assert frames.dtype == np.uint8
    assert [number_of(image) for image in frames] == [*range(25), *range(5)]
    np.testing.assert_allclose(frames[3][40, 10], (200, 30, 60), atol=12)


def test_a_grey_video_has_three_equal_channels(encode: Encode) -> None:
    frames = read_frames(encode("film.mkv", codec="ffv1", pixels="gray"))
    assert frames.shape == (30, 48, 64, 3)
    np.testing.assert_array_equal(frames[..., 0], frames[..., 2])


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv", "film.avi", "film.ts"])
@pytest.mark.parametrize("first", [0, 3, 150, 199])
def test_frames_from_the_middle_are_those_that_counting_finds(
    encode: Encode, name: str, first: int
) -> None:
    path = encode(name, count=200, options={"g": "40"})
    with open_frames(path) as stream:
        counted = [frame.image for frame in stream]
    last = min(199, first + 4)
    np.testing.assert_array_equal(read_frames(path, first, last), counted[first : last + 1])


def test_seeking_in_a_variable_frame_rate_counts_frames_not_seconds(encode: Encode) -> None:
    steps = np.random.default_rng(0).integers(5, 90, 200)
    path = encode(count=200, times=np.cumsum(steps).tolist(), options={"g": "30"})
    assert [number_of(image) for image in read_frames(path, 130, 133)] == [5, 6, 7, 8]


def test_seeking_keeps_index_and_time(encode: Encode) -> None:
    with open_frames(encode(count=100)) as stream:
        frames = list(stream.starting_at(90))
        assert stream.damaged is None
    assert [frame.index for frame in frames] == list(range(90, 100))
    np.testing.assert_allclose(frames[0].time, 90 / 25, atol=1e-3)


def test_iterating_takes_the_memory_of_a_few_frames(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    write_video(path, (np.full((240, 320, 3), 100, np.uint8) for _ in range(300)), 25.0)
    tracemalloc.start()
    with open_frames(path) as stream:
        assert sum(1 for _ in stream) == 300
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * 240 * 320 * 3


def test_a_closed_film_is_let_go_at_once(encode: Encode) -> None:
    """Decoded frames are large: they must not wait for the collector of cycles."""
    gc.collect()
    gc.disable()
    try:
        film = Video(encode())
        frames = film.frames()
        next(frames)
        film.close()
        gone = weakref.ref(film)
        del film, frames
        assert gone() is None
    finally:
        gc.enable()


def test_decoded_frames_are_let_go_one_by_one(encode: Encode) -> None:
    """Whatever waits for the collector of cycles, waits by the hundred in a long film."""
    gc.collect()
    gc.disable()
    try:
        with open_frames(encode(turn=90)) as stream:
            assert sum(1 for _ in stream) == 30
            alive = sum(type(one).__name__ == "VideoFrame" for one in gc.get_objects())
    finally:
        gc.enable()
    assert alive < 5


def test_pictures_are_sorted_by_number_and_strangers_passed_over(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, ["reg_2_img8.png", "reg_2_img9.PNG", "reg_2_img10.jpg"])
    for stray in ("Thumbs.db", "notes1.txt", ".img11.png", "cover.png"):
        (folder / stray).write_bytes(b"not a picture")
    with open_frames(folder, folder_rate=100.0) as stream:
        frames = list(stream)
        assert (stream.rate, stream.length, stream.size) == (100, 3, (64, 48))
    assert [number_of(frame.image) for frame in frames] == [0, 1, 2]
    assert [frame.time for frame in frames] == [0.0, 0.01, 0.02]


def test_two_pictures_with_one_number_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"two images numbered 1, a1\.png and b1\.png"):
        open_frames(folder_of(tmp_path, ["a1.png", "b1.png"]))


def test_frames_of_different_sizes_are_refused_by_name(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, ["1.png", "2.png", "3.png"])
    cv2.imwrite(str(folder / "2.png"), picture(1, (32, 20)))
    with pytest.raises(InputError, match=r"2\.png is 32x20 pixels.* 64x48"):
        read_frames(folder)


def test_a_folder_without_pictures_says_what_was_wanted(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("hello")
    with pytest.raises(InputError, match="holds no numbered images; wanted"):
        open_frames(tmp_path)


@pytest.mark.parametrize("name", ["nothing.mp4", "no/such/folder"])
def test_a_missing_path_says_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="does not exist"):
        open_frames(tmp_path / name)


@pytest.mark.parametrize("address", ["http://127.0.0.1/a.mp4", "concat:a.mp4|b.mp4", "rtsp://x/y"])
def test_addresses_are_not_fetched(address: str) -> None:
    with pytest.raises(InputError, match="only local files are read"):
        open_frames(Path(address))


@pytest.mark.parametrize(
    "content",
    [
        b"hello world\n" * 100,
        b"PK\x03\x04" + bytes(1000),
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfilm.mp4\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile film.mp4\n",
        bytes(5000),
    ],
    ids=["text", "zip", "playlist", "concat", "zeros"],
)
def test_what_is_no_video_is_refused(encode: Encode, tmp_path: Path, content: bytes) -> None:
    encode("film.mp4")
    path = tmp_path / "fake.mp4"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is not a readable video"):
        open_frames(path)


def test_an_empty_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    with pytest.raises(InputError, match=r"is empty \(0 bytes\)"):
        open_frames(path)


def test_a_single_picture_is_no_film(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a single image"):
        open_frames(folder_of(tmp_path, ["1.png"]) / "1.png")


def test_sound_alone_is_refused(sound: Path) -> None:
    with pytest.raises(InputError, match="has audio but no video stream"):
        open_frames(sound)


@pytest.mark.parametrize(
    ("name", "muxing"),
    [("film.mp4", {"movflags": "faststart"}), ("film.mkv", {}), ("film.avi", {})],
)
def test_of_a_truncated_film_comes_what_decodes_and_where_it_ends(
    encode: Encode, name: str, muxing: dict[str, str]
) -> None:
    path = encode(name, count=200, muxing=muxing, options={"g": "10", "bf": "0"})
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    with open_frames(path) as stream:
        frames = list(stream)
        damaged = stream.damaged
    assert 20 < len(frames) < 160
    assert [number_of(frame.image) for frame in frames] == [i % 25 for i in range(len(frames))]
    assert damaged is not None
    np.testing.assert_allclose(damaged, frames[-1].time, atol=0.1)


def test_a_film_cut_before_its_index_is_refused(encode: Encode) -> None:
    path = encode()
    path.write_bytes(path.read_bytes()[:-1500])
    with pytest.raises(InputError, match="truncated before its index"):
        open_frames(path)


def test_a_film_of_which_nothing_decodes_is_refused(encode: Encode) -> None:
    path = encode(muxing={"movflags": "faststart"})
    data = path.read_bytes()
    start = data.index(b"mdat") + 4
    path.write_bytes(data[:start] + bytes(len(data) - start))
    with pytest.raises(InputError, match="no frame of it can be decoded"):
        open_frames(path)


def test_damage_in_the_middle_is_reported_and_the_rest_delivered(encode: Encode) -> None:
    path = encode("film.ts", count=200, options={"g": "10", "bf": "0"})
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 188 * 188
    del data[middle : middle + 188 * 20]
    path.write_bytes(bytes(data))
    with open_frames(path) as stream:
        frames = list(stream)
        assert 2 < len(frames) <= 200
        assert frames[-1].time > 7.5
        assert stream.damaged is not None
        assert 2 < stream.damaged < 6


def test_one_frame_can_be_read_but_is_no_clip(encode: Encode) -> None:
    path = encode(count=1)
    frames = read_frames(path)
    assert len(frames) == 1
    with pytest.raises(InputError, match="has a single frame; wanted at least 2"):
        require_frames(frames, path)
    require_frames(np.concatenate([frames, frames]), path)


def test_frames_beyond_the_end_are_refused_with_what_there_is(encode: Encode) -> None:
    path = encode()
    with pytest.raises(InputError, match="it has frames 0 to 29"):
        read_frames(path, 30, 40)
    with pytest.raises(InputError, match="only 10 of them can be read"):
        read_frames(path, 20, 40)
    with pytest.raises(InputError, match="wanted 0 <= first <= last"):
        read_frames(path, 5, 4)


def test_a_clip_is_read_from_onset_to_offset_inclusive(encode: Encode) -> None:
    path = encode()
    frames = clip_frames(Clip("own/01", "a", "surprise", path, onset=4, offset=7))
    assert [number_of(image) for image in frames] == [4, 5, 6, 7]
    with pytest.raises(InputError, match=r"clip own/01/a: .*frames"):
        clip_frames(Clip("own/01", "a", "surprise", path, onset=4, offset=99))


def test_an_absurdly_long_stretch_is_refused(
    encode: Encode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smastn.media.frames.MAX_BYTES", 10 * 64 * 48 * 3)
    assert len(read_frames(encode(), 0, 9)) == 10
    with pytest.raises(InputError, match="more than 10 frames"):
        read_frames(encode())


def test_a_real_talking_head_can_be_read(talking_head: Path) -> None:
    with open_frames(talking_head) as stream:
        assert stream.size == (176, 144)
        assert sum(1 for _ in stream) == stream.length
        assert stream.damaged is None
