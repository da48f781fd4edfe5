"""The public functions that only call others; see ``smastn.__all__`` for the whole API.

They do what the commands do. Paths may be text or `pathlib.Path`; frames are uint8, RGB,
time x height x width x 3; frame numbers count from 0.
"""

from collections.abc import Callable
from pathlib import Path

from jaxtyping import UInt8
from numpy import ndarray

from smastn.analysis.analyse import AnalysisConfig, analyse, measure_film
from smastn.analysis.analysis_records import Analysis
from smastn.analysis.coding import coding_of
from smastn.analysis.export import Outputs, write_analysis
from smastn.analysis.formats import find_formats
from smastn.corpora.clip import Clip, clip_frames
from smastn.corpora.selection import classified_clips
from smastn.faces.landmarks import FaceTracker
from smastn.faces.preparation import PreparationConfig
from smastn.faces.preparation import prepare as prepare_frames
from smastn.files import write_atomic
from smastn.media.frame_array import Frames, checked_frames
from smastn.media.frames import open_frames, read_frames
from smastn.methods.predictor import Predictor, Recognition
from smastn.spotting.intervals import Interval
from smastn.spotting.spot import spot as spot_movement
from smastn.synthesis.synthetic_corpus import SyntheticCorpusConfig
from smastn.synthesis.synthetic_corpus import make_synthetic_corpus as write_corpus

Progress = Callable[[int, int], None]
"""Called with the number of frames done and of all frames; the latter is 0 while unknown."""


def analyze(
    video: str | Path,
    predictor: Predictor | None = None,
    config: AnalysisConfig | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """Find brief facial movements in a video and predict the expression of each.

    Args:
        video: a video file, or a folder of numbered frames.
        predictor: the bundled one by default.
        config: which face, how sensitive.
        progress: called after each frame.

    Returns:
        `candidates` with interval and probabilities, the movement `curve`, and `warnings`;
        `export` writes all of it to files.

    Raises:
        InputError: the video cannot be read, or has a single frame.
        FaceError: no frame shows the face to track.
    """
    return analyse(video, predictor, config, progress)


def export(
    analysis: Analysis, out: str | Path, format: str | None = None, film: bool = False
) -> None:
    """Write an analysis to a folder, or its intervals to one file.

    Args:
        analysis: of `analyze`.
        out: a folder for report, picture and tables; with a format, a file.
        format: name of an export format, such as ``csv``, ``eaf`` or ``vtt``, or a reference such
            as ``my_format.py:FORMAT``.
        film: also write the annotated film into the folder.

    Raises:
        ConfigError: the format is unknown or fails.
        InputError: the folder holds something else, or cannot be written.
    """
    if format is None:
        write_analysis(analysis, out, Outputs(annotated=film))
        return
    (chosen,) = find_formats([format])
    path = Path(out)
    write_atomic(path, chosen.content(coding_of(analysis, path.parent)))


def spot(
    video: str | Path, config: AnalysisConfig | None = None, progress: Progress | None = None
) -> tuple[Interval, ...]:
    """Find intervals of brief facial movement in a video, without predicting expressions.

    Args:
        video: a video file, or a folder of numbered frames.
        config: which face, how sensitive.
        progress: called after each frame.

    Returns:
        Intervals in order of time: onset, apex and offset frames, seconds, strength, regions.

    Raises:
        InputError: the video cannot be read.
    """
    config = config or AnalysisConfig()
    with open_frames(video, config.picture_rate) as stream:
        _, curve = measure_film(stream, FaceTracker(config.face), config, progress)
    return spot_movement(curve, config.spotting).intervals


def predict(
    clip: str | Path | Clip | Frames,
    predictor: Predictor | None = None,
    face: int = 0,
) -> Recognition:
    """Predict the expression in one clip that goes from its onset to its offset.

    Args:
        clip: a video file, a folder of numbered frames, a `Clip` of a corpus, or frames.
        predictor: the bundled one by default.
        face: which face where there are several, 0 for the largest.

    Raises:
        InputError: the clip cannot be read, has a single frame, or frames of another type.
        FaceError: no face in the first frames.
    """
    return (predictor or Predictor.bundled()).predict(_frames_of(clip), face)


def prepare(
    clip: str | Path | Clip | Frames,
    config: PreparationConfig | None = None,
    face: int = 0,
) -> UInt8[ndarray, "time size size 3"]:
    """Cut the face out of each frame: aligned, without head movement and flicker.

    Args:
        clip: as for `predict`.
        config: size, and what is removed.
        face: which face where there are several, 0 for the largest.

    Raises:
        InputError: as for `predict`.
        FaceError: no face in the first frames.
    """
    return prepare_frames(_frames_of(clip), FaceTracker(face), config or PreparationConfig())


def read_corpus(root: str | Path, name: str = "manifest", classes: str = "") -> list[Clip]:
    """Read the annotated clips of a corpus.

    Args:
        root: its folder.
        name: as listed by ``smastn corpora``, or a reference such as ``my_corpus.py:CORPUS``;
            ``manifest`` for a folder with a ``manifest.csv``.
        classes: name of a class scheme, such as ``"5"``; empty keeps the labels.

    Raises:
        ConfigError: the corpus or the scheme is unknown.
        InputError: the corpus cannot be read, or has other counts than published.
    """
    return classified_clips(name, root, classes)


def make_synthetic_corpus(
    out: str | Path, subjects: int = 10, clips: int = 9, seed: int = 0, workers: int = 1
) -> list[Clip]:
    """Make a corpus of synthetic faces with known movement: frames and a ``manifest.csv``.

    Args:
        out: a new or empty folder.
        subjects: synthetic subjects.
        clips: clips of each.
        seed: another seed gives other faces and movements.
        workers: processes.

    Raises:
        ConfigError: a number is out of range.
        InputError: the folder holds something else, or cannot be written.
    """
    config = SyntheticCorpusConfig(subjects=subjects, clips_per_subject=clips, seed=seed)
    return write_corpus(out, config, workers)


def _frames_of(clip: str | Path | Clip | Frames) -> UInt8[ndarray, "time height width 3"]:
    """The frames of whatever a clip was given as."""
    if isinstance(clip, Clip):
        return clip_frames(clip)
    if isinstance(clip, str | Path):
        return read_frames(clip)
    return checked_frames(clip)
