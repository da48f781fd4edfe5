"""Reads video files through PyAV: real time stamps, upright frames, damage reported."""

from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.error import EOFError, FFmpegError
from av.video.reformatter import VideoReformatter
from jaxtyping import Int32, UInt8
from numpy import ndarray

from smastn.errors import InputError
from smastn.media.container import (
    frame_rate,
    header_length,
    header_seconds,
    open_container,
    video_stream,
)
from smastn.media.sound import Sound, sound_of

_SEEK_FROM = 64  # decoding so few frames is quicker than seeking


class Video:
    """One video file, open for reading; `close` it when done.

    Attributes:
        rate: frames per second, on average.
        length: frames according to the header, or None if unknown.
        size: width and height after rotation, pixels.

    Raises:
        InputError: it is no video, has no images, or nothing in it can be decoded.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reformatter = VideoReformatter()
        self._container = open_container(path)
        try:
            self._stream = video_stream(self._container, path)
            self._damaged_at: float | None = None
            self._decoded = self._decode()
            self._first = self._first_frame()
        except BaseException:
            self._container.close()
            raise
        self.rate = frame_rate(self._stream, path)
        self.length = header_length(self._container, self._stream, self.rate)
        # Side data are read from one frame only, as files give the same for all: reading them
        # makes a reference cycle, and hundreds of frames would wait for the garbage collector.
        self._matrix = _display_matrix(self._first)
        height, width = self._upright(self._first).shape[:2]
        self.size = (width, height)

    @property
    def damaged(self) -> float | None:
        """Seconds after the first frame from which something is missing; None if whole.

        Known for certain only once all frames have been read.
        """
        if self._damaged_at is None:
            return None
        return max(0.0, self._damaged_at - (self._first.time or 0.0))

    def close(self) -> None:
        """Close the file and free all frames."""
        self._decoded = iter(())  # the decoding generator and this object refer to each other
        self._container.close()

    def frames(self, first: int = 0) -> Iterator[tuple[float, UInt8[ndarray, "height width 3"]]]:
        """Seconds since the first frame of the file and image of each frame from `first` on.

        Can be iterated over once. Times are those in the file; they always increase.

        Raises:
            InputError: a frame differs in size from the first of the file.
        """
        index, decoded = self._start_at(first)
        start, last = self._first.time, None
        for number, frame in enumerate(decoded, index):
            time = number / self.rate
            if frame.time is not None and start is not None:
                time = frame.time - start
            if last is not None and time <= last:
                time = max(number / self.rate, last + 0.5 / self.rate)
            last = time
            if number >= first:
                yield time, self._checked(self._upright(frame), number)
        if index == 0:  # after seeking, the file is known to be complete
            self._note_missing_end(last)

    def sound(self) -> Sound:
        """The sound of the film, read apart from its frames; see `smastn.media.sound`."""
        return sound_of(self._path, self._first.time or 0.0)

    def _upright(self, frame: av.VideoFrame) -> UInt8[ndarray, "height width 3"]:
        """The image as RGB, turned and mirrored as the file says."""
        # A reformatter per frame would start threads and keep them for its lifetime.
        image = self._reformatter.reformat(frame, format="rgb24", threads=1).to_ndarray()
        if self._matrix is not None:
            image = _apply_display_matrix(image, self._matrix)
        return np.ascontiguousarray(image)

    def _checked(self, image: ndarray, number: int) -> ndarray:
        height, width = image.shape[:2]
        if (width, height) != self.size:
            raise InputError(
                f"{self._path}: frame {number} is {width}x{height} pixels and those before it are "
                f"{self.size[0]}x{self.size[1]}; wanted frames of one size; convert the video first"
            )
        return image

    def _first_frame(self) -> av.VideoFrame:
        frame = next(self._decoded, None)
        if frame is None:
            raise InputError(
                f"{self._path} is a video, but no frame of it can be decoded; it is damaged or "
                "truncated; copy it again, or convert it to H.264 (.mp4)"
            )
        return frame

    def _decode(self) -> Iterator[av.VideoFrame]:
        """Every undamaged frame, noting the time of the first damaged one."""
        self._packets, good = 0, 0.0
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                self._packets += packet.size > 0
                if packet.is_corrupt:
                    self._note_damage(good)
                frames = packet.decode()
            except EOFError:
                return
            except FFmpegError:
                self._note_damage(good)
                continue
            for frame in frames:
                if not isinstance(frame, av.VideoFrame):
                    continue
                if frame.is_corrupt:  # concealed errors would look like movement
                    self._note_damage(good)
                    continue
                good = frame.time or good
                yield frame

    def _note_damage(self, time: float) -> None:
        if self._damaged_at is None:
            self._damaged_at = time

    def _note_missing_end(self, last: float | None) -> None:
        """A file can be truncated between two frames, where no decoder fails."""
        expected = header_seconds(self._container, self._stream)
        short = expected is not None and (last or 0) + 2.5 / self.rate < expected
        if self._packets < self._stream.frames or (short and not self._stream.frames):
            self._note_damage((last or 0.0) + (self._first.time or 0.0))

    def _start_at(self, first: int) -> tuple[int, Iterator[av.VideoFrame]]:
        """A frame number no later than `first`, and the frames from it on."""
        from_start = 0, chain([self._first], self._decoded)
        if first < _SEEK_FROM:
            return from_start
        stat = self._path.stat()
        times, keys = _packet_times(self._path, stat.st_mtime_ns, stat.st_size)
        if first >= len(times):
            return from_start
        target = times[first]
        key = max((key for key in keys if key <= target), default=None)
        if key is None:
            return from_start
        self._container.seek(key, stream=self._stream)
        self._decoded = self._decode()
        for frame in self._decoded:
            if frame.pts == target:
                return first, chain([frame], self._decoded)
            if frame.pts is None or frame.pts > target:
                break
        self._container.seek(0)  # the file's index is wrong, so count from the start
        self._decoded = self._decode()
        return 0, self._decoded


@lru_cache(maxsize=8)
def _packet_times(path: Path, modified: int, size: int) -> tuple[Sequence[int], Sequence[int]]:
    """Time stamps of all frames in order, and of those where decoding can start.

    Read without decoding. Empty where they do not number the frames reliably. Modification time
    and size are arguments so that a rewritten file is not taken from the cache.
    """
    del modified, size
    times, keys, packets, shown, damaged = array("q"), array("q"), 0, 0, False
    with open_container(path) as container:
        if container.format.name == "avi":  # it has no time stamps, only a decoding order
            return times, keys
        stream = video_stream(container, path)
        # Only numbers are kept, in compact arrays: an hour has a hundred thousand frames.
        for packet in container.demux(stream):
            if not packet.size:
                continue
            packets += 1
            damaged = damaged or packet.is_corrupt
            if packet.is_discard:
                continue
            shown += 1
            if packet.pts is not None:
                times.append(packet.pts)
                if packet.is_keyframe:
                    keys.append(packet.pts)
        damaged = damaged or packets < stream.frames
    ordered = np.unique(np.array(times, np.int64))
    if damaged or len(ordered) < shown:
        return array("q"), array("q")
    return array("q", ordered.tobytes()), array("q", sorted(keys))


def _display_matrix(frame: av.VideoFrame) -> Int32[ndarray, "9"] | None:
    """The orientation of the camera, if the file gives it; see `_apply_display_matrix`."""
    matrix: Any = frame.side_data.get("DISPLAYMATRIX")
    return None if matrix is None else np.frombuffer(bytes(matrix), np.int32)


def _apply_display_matrix(image: ndarray, matrix: ndarray) -> ndarray:
    """Quarter turns and mirrorings; x' = a x + c y, y' = b x + d y (ISO/IEC 14496-12)."""
    (a, b), (c, d) = matrix.reshape(3, 3)[:2, :2].tolist()
    if abs(a) + abs(d) < abs(b) + abs(c):
        image, a, d = image.transpose(1, 0, 2), c, b
    return image[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1]
