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

# Containers that hold their own frames. Playlists and scripts, which name other files or
# addresses, are left out on purpose, and so are raw streams, which have no times.
_CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,gif,mxf,dv"
_CLOCK = re.compile(r"(\d{1,4}):(\d\d):(\d\d(?:\.\d+)?)")  # Matroska: 00:00:02.000000000


@dataclass(frozen=True, slots=True)
class Announced:
    """What a file says about its pictures, which may be wrong.

    Attributes:
        size: width and height before rotation, pixels.
        seconds: how long it lasts, or None where it says nothing.
    """

    size: tuple[int, int]
    seconds: float | None


def announced(path: Path) -> Announced:
    """What a video file says about itself; its pictures are not read.

    Raises:
        InputError: it is no video, or has no picture.
    """
    with open_container(path) as container:
        stream = picture_stream(container, path)
        size = stream.codec_context.width, stream.codec_context.height
        return Announced(size, announced_seconds(container, stream))


def open_container(path: Path) -> Any:
    """The file, if it is one that holds its own frames; close it when done.

    Raises:
        InputError: it is something else, empty or cut short.
        PermissionError: it may not be read.
    """
    if path.suffix.lower() in IMAGE_SUFFIXES:
        raise InputError(
            f"{path} is a single picture; wanted a video or a folder of frames, since movement "
            "needs more than one"
        )
    if path.stat().st_size == 0:
        raise InputError(f"{path} is empty (0 bytes); wanted a video; copy it anew")
    try:
        options = {"format_whitelist": _CONTAINERS, "protocol_whitelist": "file"}
        return av.open(str(path.absolute()), options=options)
    except PermissionError:
        raise
    except (FFmpegError, UnicodeDecodeError) as error:  # some headers hold bytes that are no text
        raise InputError(
            f"{path} is not a video that can be read: it is something else, or it was cut short "
            "before its index; wanted a file such as .mp4, .mov, .mkv, .webm or .avi; copy it "
            "anew, or convert it to H.264 (.mp4)"
        ) from error


def picture_stream(container: Any, path: Path) -> Any:
    """The first stream of moving pictures.

    Raises:
        InputError: there is none, or it is too large or of an unknown kind.
    """
    cover = Disposition.attached_pic  # the picture on an album is no film
    streams = [one for one in container.streams.video if not one.disposition & cover]
    if not streams:
        kinds = sorted({stream.type for stream in container.streams}) or ["nothing"]
        raise InputError(
            f"{path} has {' and '.join(kinds)} but no moving picture; wanted a video of a face; "
            "name another file"
        )
    stream = streams[0]
    if stream.codec_context is None or stream.codec_context.width == 0:
        raise InputError(
            f"{path} holds a picture coded in a way that is unknown here or damaged; convert it "
            "to H.264 (.mp4)"
        )
    width, height = stream.codec_context.width, stream.codec_context.height
    if max(width, height) > MAX_SIDE:
        raise InputError(
            f"{path} is {width}x{height} pixels; wanted at most {MAX_SIDE} a side; scale it down"
        )
    stream.thread_type = "AUTO"
    return stream


def frame_rate(stream: Any, path: Path) -> float:
    """Frames a second.

    Raises:
        InputError: the file does not say.
    """
    rate = stream.average_rate or stream.guessed_rate or stream.base_rate
    if not rate or not 0 < rate <= 100_000:
        raise InputError(
            f"{path} does not say how many frames a second it has; convert it to H.264 (.mp4)"
        )
    return float(rate)


def announced_length(container: Any, stream: Any, rate: float) -> int | None:
    """How many frames there are according to the file, or None where it says nothing."""
    seconds = announced_seconds(container, stream)
    return stream.frames or (round(seconds * rate) if seconds else None)


def announced_seconds(container: Any, stream: Any) -> float | None:
    """How long the pictures last according to the file; sound may last longer."""
    if stream.duration is not None:
        return float(stream.duration * stream.time_base)
    if told := _CLOCK.fullmatch(stream.metadata.get("DURATION", "")):
        hours, minutes, seconds = told.groups()
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    if len(container.streams) == 1 and container.duration:
        return container.duration / av.time_base
    return None
