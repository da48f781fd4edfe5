"""A run on disk: its settings, its clips, and every fold as soon as it is finished.

::

    run.json              settings, SHA-256 of the sample list and of the user's own files, the
                          parts of an official split
    samples.csv           the exact clips, each with a checksum of its prepared frames
    folds/000-seed0.csv   the predictions of one fold and seed
    folds/000-seed0.json  its losses, seconds and attention; written last
    predictions.csv       the predictions of all folds, when all are finished
    folds/*.leak.csv      not results: predictions of best-epoch selection on test data,
    leak.csv              only where requested
    drawn/                sampled views of training clips that the folds share; removed at the end

Every file is written atomically, so a run may be killed at any moment and started again; two
starts on one folder write the same bytes.
"""

import csv
import json
import shutil
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from smastn.config import read_settings, settings_differences, settings_to_dict
from smastn.errors import ConfigError, InputError
from smastn.evaluation.experiment import Experiment
from smastn.evaluation.experiment_files import referenced_files
from smastn.evaluation.predictions import PREDICTIONS, predictions_csv, read_predictions
from smastn.evaluation.run_records import FoldRecord, FoldResult, Results
from smastn.evaluation.study import Study
from smastn.files import remove_leftovers, write_atomic
from smastn.methods.model_settings import with_present_units

FORMAT = 2
"""Version of the layout of a run folder; another one is refused."""

_RUN, _SAMPLES, _LEAK, _FOLDS, _VIEWS = "run.json", "samples.csv", "leak.csv", "folds", "drawn"

_WITHOUT_EFFECT = ("name was ", "citation was ", "data.action_units was ")


def open_run(folder: Path, study: Study) -> str:
    """Begin a run in `folder`, or make sure that the one there is the same.

    Returns:
        SHA-256 of samples.csv.

    Raises:
        ConfigError: a run with other settings lies there.
        InputError: a run over other clips, frames, parts or files, or something else, lies there.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; wanted a folder for the run: choose another name")
    samples, settings = study.samples_csv(), settings_to_dict(study.experiment)
    official = study.experiment.protocol.scheme == "official-split"
    card = {
        "format": FORMAT,
        "experiment": settings,
        "samples_sha256": sha256(samples.encode()).hexdigest(),
        "parts": dict(study.parts) if official else {},
        "files": referenced_files(settings),
    }
    if (folder / _RUN).is_file():
        before = _card(folder)
        _check_settings(folder, before, study.experiment)
        _check_samples(folder, (folder / _SAMPLES).read_text(encoding="utf-8"), samples)
        _refuse(folder, "another split", settings_differences(before["parts"], card["parts"]))
        known, files = before.get("files", {}), card["files"]
        changed = [f"{name} changed" for name in files if known.get(name) != files[name]]
        _refuse(folder, "other files", changed)
        for place in (folder, folder / _FOLDS):
            remove_leftovers(place)
    else:
        write_atomic(folder / _SAMPLES, samples)
    write_atomic(folder / _RUN, json.dumps(card, indent=2) + "\n")
    return card["samples_sha256"]


def make_views_folder(folder: Path) -> Path:
    """Where the folds of a run share sampled views, while it lasts."""
    views = folder / _VIEWS
    views.mkdir(exist_ok=True)
    return views


def remove_views_folder(folder: Path) -> None:
    """Remove it; another process that runs in the same folder then makes its views itself."""
    shutil.rmtree(folder / _VIEWS, ignore_errors=True)


def write_fold(folder: Path, index: int, result: FoldResult) -> None:
    """Store one finished fold; its record is written last, so that the fold counts."""
    stem = _stem(folder, index, result.record.seed)
    write_atomic(stem.with_suffix(".csv"), predictions_csv(result.predictions))
    if result.leak:
        write_atomic(stem.with_suffix(f".{_LEAK}"), predictions_csv(result.leak))
    record = settings_to_dict(result.record)
    write_atomic(stem.with_suffix(".json"), json.dumps(record, separators=(",", ":")) + "\n")


def read_fold(folder: Path, index: int, seed: int) -> FoldResult | None:
    """A stored fold, or None where it was not finished.

    Raises:
        InputError: its files were altered.
    """
    stem = _stem(folder, index, seed)
    path = stem.with_suffix(".json")
    if not path.is_file():
        return None
    try:
        record = read_settings(json.loads(path.read_text(encoding="utf-8")), FoldRecord, path.name)
    except (ValueError, ConfigError) as error:
        raise InputError(f"{path} was altered ({error}); delete it to repeat that fold") from error
    leak = stem.with_suffix(f".{_LEAK}")
    return FoldResult(
        record,
        tuple(read_predictions(stem.with_suffix(".csv"))),
        tuple(read_predictions(leak)) if leak.is_file() else (),
    )


def write_predictions(folder: Path, results: Results) -> None:
    """Store the predictions of all folds; predictions.csv means that the run is finished."""
    if results.leak:
        write_atomic(folder / _LEAK, predictions_csv(results.leak))
    write_atomic(folder / PREDICTIONS, predictions_csv(results.predictions))


def _check_settings(folder: Path, card: Mapping[str, Any], experiment: Experiment) -> None:
    """Compare settings under their present names.

    Title and citation change no prediction; a table of action units is in the list of clips.
    """
    try:
        stored = with_present_units(card["experiment"])
        before = read_settings(stored, Experiment, f"{folder}/{_RUN}")
        changed = settings_differences(settings_to_dict(before), settings_to_dict(experiment))
    except ConfigError as error:
        changed = [str(error)]
    changed = [one for one in changed if not one.startswith(_WITHOUT_EFFECT)]
    if changed:
        raise ConfigError(
            f"{folder} holds a run with other settings: {'; '.join(changed[:5])}; "
            "choose a new folder, or set them back to finish that run"
        )


def _check_samples(folder: Path, before: str, after: str) -> None:
    """Compare two texts of samples.csv."""
    old, new = ({row[0]: row for row in csv.reader(text.splitlines())} for text in (before, after))
    changes = [f"{clip} is gone" for clip in old if clip not in new]
    changes += [f"{clip} is new" for clip in new if clip not in old]
    changes += [f"{c} changed" for c in old if c in new and old[c] != new[c]]
    if not changes and before != after:
        changes = ["the clips are in another order"]
    _refuse(folder, "other data", changes)


def _refuse(folder: Path, what: str, changes: Sequence[str]) -> None:
    if changes:
        more = f" and {len(changes) - 5} more" if len(changes) > 5 else ""
        raise InputError(
            f"{folder} holds a run over {what}: {'; '.join(changes[:5])}{more}; "
            "choose a new folder, or restore the data to finish that run"
        )


def _card(folder: Path) -> dict[str, Any]:
    path = folder / _RUN
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read ({error}); wanted a run folder") from error
    if card.get("format") != FORMAT:
        raise InputError(
            f"{path} is of format {card.get('format')}, this smastn reads {FORMAT}; repeat the "
            "run in another folder"
        )
    return card


def _stem(folder: Path, index: int, seed: int) -> Path:
    return folder / _FOLDS / f"{index:03d}-seed{seed}"
