"""A video in, an answer out: the face, its movement, candidate intervals, what they may be.

The film is decoded once to measure movement, in constant memory. Then the frames
of each candidate are read again and handed to the one `Predictor`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from smastn.analysis.analysis_records import Analysis, VideoFacts
from smastn.analysis.analysis_warnings import cautions
from smastn.analysis.candidates import recognised
from smastn.errors import ConfigError, FaceError, InputError
from smastn.faces.landmarks import FaceTracker
from smastn.media.film_folder import film_bytes
from smastn.media.frames import PICTURE_RATE, open_frames
from smastn.methods.predictor import Predictor
from smastn.spotting.curve import MovementCurve
from smastn.spotting.intervals import SpottingConfig
from smastn.spotting.meter import CurveConfig, measure_movement
from smastn.spotting.spot import spot

Progress = Callable[[int, int], None]
"""Called with the frames done and the frames to do; the latter 0 while it is unknown."""


@dataclass(frozen=True, slots=True)
class AnalysisConfig:
    """How a video is analysed.

    Attributes:
        face: which face to follow, 0 for the largest, 1 for the next.
        most_pictures: candidates, the strongest first, whose pictures are kept; all are
            recognised.
        picture_rate: frames a second of a folder of pictures, which cannot say.
        curve: how movement is measured.
        spotting: what counts as a candidate.
    """

    face: int = 0
    most_pictures: int = 8
    picture_rate: float = PICTURE_RATE
    curve: CurveConfig = field(default_factory=CurveConfig)
    spotting: SpottingConfig = field(default_factory=SpottingConfig)

    def __post_init__(self) -> None:
        for name in ("face", "most_pictures"):
            if getattr(self, name) < 0:
                raise ConfigError(f"{name} is {getattr(self, name)}; wanted 0 or more")
        if not self.picture_rate > 0:
            raise ConfigError(f"picture_rate is {self.picture_rate}; wanted frames a second")


def analyse(
    path: Path,
    predictor: Predictor,
    config: AnalysisConfig | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """Find the face in a video, the moments at which it moved, and what they may be.

    Args:
        path: a video file or a folder of frames.
        predictor: names the candidates.
        config: which face, how sensitive.
        progress: told of each frame.

    Raises:
        InputError: the video cannot be read, or has a single frame.
        FaceError: no frame shows the face to follow.
    """
    config = config or AnalysisConfig()
    tracker = FaceTracker(config.face)
    video, curve = _measured(path, tracker, config, progress)
    _require_face(video, curve, config.face, tracker.faces_seen)
    spotting = spot(curve, config.spotting)
    candidates = recognised(path, predictor, curve, spotting.intervals, config.most_pictures)
    found = []
    for candidate in candidates:
        found.append(candidate)
        if progress is not None:
            whole = video.frames + len(spotting.intervals)
            progress(video.frames + len(found), whole)
    return Analysis(
        video=video,
        face=config.face,
        faces_seen=tracker.faces_seen,
        curve=curve,
        spotting=spotting,
        candidates=tuple(found),
        emotions=predictor.emotions,
        image_names=predictor.config.descriptor.image_names,
        shows_movement=predictor.config.descriptor.shows_movement,
        trained_on=predictor.trained_on,
        calibration=predictor.calibration,
        warnings=cautions(video, curve, spotting, config.face, tracker.faces_seen),
    )


def _measured(
    path: Path, tracker: FaceTracker, config: AnalysisConfig, progress: Progress | None
) -> tuple[VideoFacts, MovementCurve]:
    with open_frames(path, config.picture_rate) as stream:
        total = stream.length or 0

        def tell(done: int) -> None:
            if progress is not None:
                progress(done, max(total, done) if total else 0)

        curve = measure_movement(stream, tracker, config.curve, tell)
        video = VideoFacts(
            path=path,
            frames=len(curve.times),
            rate=stream.rate,
            size=stream.size,
            damaged=stream.damaged,
            name=path.name,
            bytes=film_bytes(path),
        )
        return video, curve


def _require_face(video: VideoFacts, curve: MovementCurve, face: int, faces_seen: int) -> None:
    if video.frames < 2:
        raise InputError(
            f"{video.path} has {video.frames} frame; wanted a film, because only what moves is "
            "looked at; for onset-to-offset clips see smastn predict"
        )
    if curve.face.any():
        return
    if face:
        raise FaceError(
            f"{video.path} shows at most {faces_seen} face(s) at once, and --face {face} asks for "
            f"number {face + 1} by size; wanted 0 to {max(0, faces_seen - 1)}"
        )
    raise FaceError(
        f"no face was found in any of the {video.frames} frames of {video.path}; wanted one face, "
        "at least about 40 pixels wide and roughly frontal; cut the film to where a face is seen"
    )
