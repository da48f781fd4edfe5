"""Opens video files that are not trusted, and reads their headers."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError
from av.stream import Disposition

from smastn.errors import InputError
from smastn.media.image_files import IMAGE_SUFFIXES, MAX_SIDE

# FFmpeg would also open playlists and scripts, which name other files or addresses, and raw
# streams, which have no time stamps; only containers with frames of their own are allowed.
_CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,gif,mxf,dv"
_CLOCK = re.compile(r"(\d{1,4}):(\d\d):(\d\d(?:\.\d+)?)")  # Matroska: 00:00:02.000000000


@dataclass(frozen=True, slots=True)
class VideoHeader:
    """The header of a video file, which may be wrong.

    Attributes:
        size: width and height before rotation, pixels.
        seconds: duration, or None if unknown.
    """

    size: tuple[int, int]
    seconds: float | None


def read_header(path: str | Path) -> VideoHeader:
    """The header of a video file; no frame is decoded.

    Raises:
        InputError: it is no video, or has no images.
    """
    path = Path(path)
    with open_container(path) as container:
        stream = video_stream(container, path)
        size = stream.codec_context.width, stream.codec_context.height
        return VideoHeader(size, header_seconds(container, stream))


def open_container(path: str | Path) -> Any:
    """The container of a video file; close it when done.

    Raises:
        InputError: it is something else, empty or truncated.
        PermissionError: it may not be read.
    """
    path = Path(path)
    if path.suffix.lower() in IMAGE_SUFFIXES:
        raise InputError(
            f"{path} is a single image; wanted a video or a folder of frames, since movement "
            "needs more than one"
        )
    if path.stat().st_size == 0:
        raise InputError(f"{path} is empty (0 bytes); wanted a video; copy it again")
    try:
        options = {"format_whitelist": _CONTAINERS, "protocol_whitelist": "file"}
        return av.open(str(path.absolute()), options=options)
    except PermissionError:
        raise
    except (FFmpegError, UnicodeDecodeError) as error:  # some headers are not valid text
        raise InputError(
            f"{path} is not a readable video: it is another kind of file, or truncated before its "
            "index; wanted a file such as .mp4, .mov, .mkv, .webm or .avi; copy it again, or "
            "convert it to H.264 (.mp4)"
        ) from error


def video_stream(container: Any, path: str | Path) -> Any:
    """The first video stream that is not a cover image.

    Raises:
        InputError: there is none, or it is too large or of an unknown kind.
    """
    cover = Disposition.attached_pic
    streams = [one for one in container.streams.video if not one.disposition & cover]
    if not streams:
        kinds = sorted({stream.type for stream in container.streams}) or ["nothing"]
        raise InputError(
            f"{path} has {' and '.join(kinds)} but no video stream; wanted a video of a face; name "
            "another file"
        )
    stream = streams[0]
    if stream.codec_context is None or stream.codec_context.width == 0:
        raise InputError(f"{path} is damaged, or its codec is unknown; convert it to H.264 (.mp4)")
    width, height = stream.codec_context.width, stream.codec_context.height
    if max(width, height) > MAX_SIDE:
        raise InputError(
            f"{path} is {width}x{height} pixels; wanted at most {MAX_SIDE} a side; scale it down"
        )
    stream.thread_type = "AUTO"
    return stream


def frame_rate(stream: Any, path: str | Path) -> float:
    """Frames per second.

    Raises:
        InputError: the file gives none.
    """
    rate = stream.average_rate or stream.guessed_rate or stream.base_rate
    if not rate or not 0 < rate <= 100_000:
        raise InputError(f"{path} has no frame rate in its header; convert it to H.264 (.mp4)")
    return float(rate)


def header_length(container: Any, stream: Any, rate: float) -> int | None:
    """Number of frames according to the header, or None if unknown."""
    seconds = header_seconds(container, stream)
    return stream.frames or (round(seconds * rate) if seconds else None)


def header_seconds(container: Any, stream: Any) -> float | None:
    """Duration of the video stream according to the header; sound may be longer."""
    if stream.duration is not None:
        return float(stream.duration * stream.time_base)
    if clock := _CLOCK.fullmatch(stream.metadata.get("DURATION", "")):
        hours, minutes, seconds = clock.groups()
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    if len(container.streams) == 1 and container.duration:
        return container.duration / av.time_base
    return None
