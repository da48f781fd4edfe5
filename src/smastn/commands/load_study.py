"""From a corpus folder and a settings file to a study: read, prepare, say what was left out."""

from dataclasses import replace
from pathlib import Path

from smastn.assets import cache_folder
from smastn.config import read_settings
from smastn.corpora.selection import select_clips
from smastn.errors import FaceError
from smastn.evaluation.experiment import Experiment, Study
from smastn.faces.prepared_clips import prepare_clips
from smastn.inputs.optical_flow import flow_pictures
from smastn.terminal.console import say
from smastn.terminal.progress import progress


def read_experiment(path: Path | None, seed: int | None) -> Experiment:
    """The experiment in that TOML file, or our settings; with one seed instead of its own.

    Raises:
        ConfigError: the file cannot be read, or a setting is unknown or out of range.
    """
    experiment = Experiment(name="SMA-STN") if path is None else read_settings(path, Experiment)
    return experiment if seed is None else replace(experiment, seeds=(seed,))


def read_study(
    root: Path, experiment: Experiment, workers: int, prepared: Path | None = None
) -> tuple[Study, dict[str, str]]:
    """The clips in `root` that the experiment names, prepared for it.

    Args:
        root: holds the corpus; with several, a folder for each.
        experiment: says which clips, and how they are prepared.
        workers: processes.
        prepared: where prepared clips are kept; the user's cache where none is given.

    Returns:
        The study, and why a clip is not in it, by the clip's key.

    Raises:
        ConfigError: a corpus or a class scheme is unknown.
        InputError: the corpus cannot be read.
        FaceError: no clip could be prepared.
    """
    split = experiment.protocol.scheme == "official-split"
    selection = select_clips(root, experiment.data, split)
    clips = selection.clips
    if experiment.data.flow:
        pictures = flow_pictures(root, experiment.descriptor.flow, experiment.preparation.size)
        return Study(experiment, clips, pictures), {}
    folder = prepared or cache_folder().parent / "prepared"
    with progress("Finding faces, holding heads still") as advance:
        ready = prepare_clips(clips, folder, experiment.preparation, workers, advance)
    kept = tuple(clip for clip in clips if clip.key not in ready.failed)
    left_out = dict(ready.failed)
    if not kept:
        reason = next(iter(left_out.values()))
        raise FaceError(f"none of the {len(clips)} clips in {root} could be prepared: {reason}")
    if left_out:
        key, reason = next(iter(left_out.items()))
        say(f"{len(left_out)} of {len(clips)} clips are left out, first {key}: {reason}")
    return Study(experiment, kept, ready, selection.parts), left_out
