"""From a corpus folder and a settings file to a study: read, prepare, say what was left out."""

from dataclasses import replace
from pathlib import Path

from smastn.apps.console import say
from smastn.apps.progress import progress
from smastn.assets import cache_folder
from smastn.config import read_settings
from smastn.data.manifest import read_manifest
from smastn.errors import FaceError
from smastn.evaluation.experiment import Experiment, Study
from smastn.imaging.prepared_clips import prepare_clips


def read_experiment(path: Path | None, seed: int | None) -> Experiment:
    """The experiment in that TOML file, or our settings; with one seed instead of its own.

    Raises:
        ConfigError: the file cannot be read, or a setting is unknown or out of range.
    """
    experiment = Experiment("SMA-STN") if path is None else read_settings(path, Experiment)
    return experiment if seed is None else replace(experiment, seeds=(seed,))


def read_study(
    root: Path, experiment: Experiment, workers: int, prepared: Path | None = None
) -> Study:
    """The corpus in `root`, its clips prepared for the experiment.

    Args:
        root: holds a manifest.csv.
        experiment: says how clips are prepared.
        workers: processes.
        prepared: where prepared clips are kept; the user's cache where none is given.

    Raises:
        InputError: the manifest cannot be read.
        FaceError: no clip could be prepared.
    """
    clips = read_manifest(root)
    folder = prepared or cache_folder().parent / "prepared"
    with progress("Finding faces, holding heads still") as advance:
        ready = prepare_clips(clips, folder, experiment.preparation, workers, advance)
    for key, reason in list(ready.failed.items())[:5]:
        say(f"left out {key}: {reason}")
    kept = tuple(clip for clip in clips if clip.key not in ready.failed)
    if ready.failed and kept:
        say(f"{len(ready.failed)} of {len(clips)} clips were left out; the scores are of the rest")
    if not kept:
        reason = next(iter(ready.failed.values()))
        raise FaceError(f"none of the {len(clips)} clips in {root} could be prepared: {reason}")
    return Study(experiment, kept, ready)
