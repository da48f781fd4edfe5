"""Analysis of a video: track the face, spot candidate intervals, predict their emotions.

The film is decoded once to measure movement, in constant memory. Then the frames of the
candidate intervals are read again for the network.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from smastn.analysis.analysis_records import Analysis, VideoInfo
from smastn.analysis.analysis_warnings import analysis_warnings
from smastn.analysis.candidates import predict_candidates
from smastn.errors import ConfigError, FaceError, InputError
from smastn.faces.face_count import FaceCounter
from smastn.faces.landmarks import FaceTracker
from smastn.media.film_folder import film_bytes
from smastn.media.frames import FOLDER_RATE, Frame, FrameStream, open_frames
from smastn.methods.predictor import Predictor
from smastn.spotting.curve import MovementCurve, stretches
from smastn.spotting.intervals import SpottingConfig
from smastn.spotting.meter import CurveConfig, measure_movement
from smastn.spotting.spot import spot
from smastn.spotting.unit_curves import Neutral, neutral_of
from smastn.spotting.voice import VoiceMeter

Progress = Callable[[int, int], None]
"""Called with the number of frames done and the total; the total is 0 while it is unknown."""


_LEAST_SHARE, _LEAST_VIEW = 0.1, 0.5
"""A film in which a face is seen in fewer frames, and never for so many seconds on end, is
refused: a detector now and then takes something else for a face."""


@dataclass(frozen=True, slots=True)
class AnalysisConfig:
    """Settings of an analysis.

    Attributes:
        face: which face is tracked, 0 for the largest, 1 for the next.
        most_pictures: how many candidates, the strongest first, get pictures; all get a prediction.
        picture_rate: frame rate of image folders, frames per second.
        neutral: first and last second of a period in which the face is at rest; by default the
            neutral is found in the quietest frames.
        neutral_film: path of another film of the person with the face at rest, in which
            `neutral` lies.
        curve: how movement is measured.
        spotting: what counts as a candidate.
    """

    face: int = 0
    most_pictures: int = 8
    picture_rate: float = FOLDER_RATE
    neutral: tuple[float, float] | None = None
    neutral_film: str | None = None
    curve: CurveConfig = field(default_factory=CurveConfig)
    spotting: SpottingConfig = field(default_factory=SpottingConfig)

    def __post_init__(self) -> None:
        for name in ("face", "most_pictures"):
            if getattr(self, name) < 0:
                raise ConfigError(f"{name} is {getattr(self, name)}; wanted 0 or more")
        if not self.picture_rate > 0:
            raise ConfigError(f"picture_rate is {self.picture_rate}; wanted frames per second")
        if self.neutral is not None and not 0 <= self.neutral[0] < self.neutral[1]:
            raise ConfigError(
                f"neutral is {self.neutral[0]:g} to {self.neutral[1]:g} s; wanted first and last "
                "second of a period, such as 3.0 to 4.5"
            )
        for name in ("steadiness", "key_age"):
            if not getattr(self.curve, name) > 0:
                raise ConfigError(
                    f"curve.{name} is {getattr(self.curve, name)} s; wanted more than 0"
                )


def analyse(
    path: Path | str,
    predictor: Predictor | None = None,
    config: AnalysisConfig | None = None,
    progress: Progress | None = None,
    on_read: Callable[[Frame], None] | None = None,
) -> Analysis:
    """Track the face in a video, spot its brief movements, and predict their emotions.

    Args:
        path: a video file or a folder of frames.
        predictor: predicts the emotions; the bundled network by default.
        config: which face, how sensitive.
        progress: called after each frame.
        on_read: called with each frame as soon as it is read, in a thread of its own.

    Raises:
        InputError: the video cannot be read, or has a single frame.
        FaceError: no frame shows the face to track.
    """
    path, config = Path(path), config or AnalysisConfig()
    tracker = FaceTracker(config.face)
    with open_frames(path, config.picture_rate) as stream:
        predictor = predictor or Predictor.bundled()
        count = FaceCounter()

        def look(frame: Frame) -> None:
            count(frame)
            if on_read is not None:
                on_read(frame)

        video, curve = measure_film(stream, tracker, config, progress, look)
    _require_face(video, curve, config.face, tracker.faces_seen)
    spotting = spot(curve, config.spotting, _neutral(curve, path, config))
    candidates = []
    for one in predict_candidates(path, predictor, curve, spotting.intervals, config.most_pictures):
        candidates.append(one)
        if progress is not None:
            done, total = len(candidates), len(spotting.intervals)
            progress(video.frames + done, video.frames + total)
    return Analysis(
        video=video,
        face=config.face,
        faces_seen=count.count.most,
        curve=curve,
        spotting=spotting,
        candidates=tuple(candidates),
        emotions=predictor.emotions,
        input=predictor.config.input,
        trained_on=predictor.trained_on,
        calibration=predictor.calibration,
        warnings=analysis_warnings(video, curve, spotting, config.face, count.count),
    )


def _neutral(curve: MovementCurve, path: Path, config: AnalysisConfig) -> Neutral | None:
    """The face at rest as the settings name it; None where it is to be found."""
    if config.neutral_film is not None:
        path = Path(config.neutral_film)
        with open_frames(path, config.picture_rate) as stream:
            curve = measure_movement(stream, FaceTracker(config.face), config.curve)
    elif config.neutral is None:
        return None
    frames, when = None, ""
    if config.neutral is not None:
        first, last = config.neutral
        frames = (curve.times >= first) & (curve.times <= last)
        when = f" from {first:g} to {last:g} s"
    neutral = neutral_of(curve.times, curve.blendshapes, curve.pose_degrees, frames)
    if neutral is None:
        raise FaceError(
            f"{path} shows no face{when}; wanted the face at rest there; name other seconds with "
            "--neutral"
        )
    return neutral


def measure_film(
    stream: FrameStream,
    tracker: FaceTracker,
    config: AnalysisConfig,
    progress: Progress | None,
    on_read: Callable[[Frame], None] | None = None,
) -> tuple[VideoInfo, MovementCurve]:
    """Track the face through an open film and measure its movement; see `analyse`."""
    total = stream.length or 0
    voice = VoiceMeter(stream.sound())

    def on_frame(done: int) -> None:
        voice.listen(done / stream.rate)
        if progress is not None:
            progress(done, max(total, done) if total else 0)

    def frames() -> Iterator[Frame]:
        for frame in stream:
            if on_read is not None:
                on_read(frame)
            yield frame

    curve = measure_movement(frames(), tracker, config.curve, on_frame)
    curve = replace(curve, voice=voice.voice(curve.times))
    video = VideoInfo(
        path=stream.path,
        frames=len(curve.times),
        rate=stream.rate,
        size=stream.size,
        damaged=stream.damaged,
        name=stream.path.name,
        bytes=film_bytes(stream.path),
    )
    return video, curve


def _require_face(video: VideoInfo, curve: MovementCurve, face: int, faces_seen: int) -> None:
    if video.frames < 2:
        raise InputError(
            f"{video.path} has {video.frames} frame; wanted a film of at least 2, since movement "
            "is measured between frames; for onset-to-offset clips use smastn predict"
        )
    seen = int(curve.face.sum())
    views = [curve.times[last] - curve.times[first] for first, last in stretches(curve.face)]
    if seen >= _LEAST_SHARE * video.frames or max(views, default=0.0) >= _LEAST_VIEW:
        return
    if face and faces_seen <= face:
        raise FaceError(
            f"{video.path} shows at most {faces_seen} face(s) at once, and --face {face} selects "
            f"number {face + 1} by size; wanted 0 to {max(0, faces_seen - 1)}"
        )
    raise FaceError(
        f"a face was found in {seen or 'none'} of the {video.frames} frames of {video.path}; "
        "wanted one, at least about 40 pixels wide and roughly frontal; cut the film to where a "
        "face is seen"
    )
