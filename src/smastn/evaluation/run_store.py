"""A run on disk: what was asked, on which clips, and every fold as soon as it is done.

::

    run.json              settings, SHA-256 of the sample list, the parts of an official split
    samples.csv           the exact clips, each with a checksum of its prepared frames
    folds/000-seed0.csv   the answers of one fold and seed
    folds/000-seed0.json  its losses, seconds, and where the network looked; written last
    predictions.csv       the answers of all folds, when all are done
    folds/*.leak.csv      no results: answers of the epoch chosen on the held-out clips,
    leak.csv              only where they were asked for
    drawn/                how training clips were sampled, for the folds to share; gone at the end

Every file appears whole or not at all, so a run may be killed at any moment and
started again; two starts on one folder write the same bytes.
"""

import csv
import io
import json
import shutil
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from smastn.config import read_settings, settings_differences, settings_to_dict
from smastn.errors import ConfigError, InputError
from smastn.evaluation.predictions import (
    PREDICTIONS,
    Prediction,
    predictions_csv,
    read_predictions,
)
from smastn.evaluation.run_records import FoldRecord, FoldResult, Results, Sample
from smastn.files import remove_leftovers, write_atomic

FORMAT = 2
"""Version of the layout of a run folder; another one is refused."""

_RUN, _SAMPLES = "run.json", "samples.csv"
_LEAK = "leak.csv"
_DRAWN = "drawn"


def open_run(
    folder: Path,
    settings: Mapping[str, Any],
    samples: Sequence[Sample],
    parts: Mapping[str, str] | None = None,
) -> None:
    """Begin a run in `folder`, or make sure that the one there is the same.

    Args:
        folder: of the run.
        settings: of the experiment, as plain values.
        samples: the exact clips.
        parts: the part of an official split that each is in, by its key.

    Raises:
        ConfigError: a run with other settings lies there.
        InputError: a run over other clips, frames or parts, or something else, lies there.
    """
    table, parts = samples_csv(samples), dict(parts or {})
    if (folder / _RUN).is_file():
        _check_same(folder, settings, samples)
        _check_parts(folder, parts)
        for place in (folder, folder / "folds"):
            remove_leftovers(place)
        return
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; wanted a folder for the run: choose another name")
    card = {
        "format": FORMAT,
        "experiment": settings,
        "samples_sha256": sha256(table.encode()).hexdigest(),
        "parts": parts,
    }
    write_atomic(folder / _SAMPLES, table)
    write_atomic(folder / _RUN, json.dumps(card, indent=2) + "\n")


def make_drawn_folder(folder: Path) -> Path:
    """Where the folds of a run leave sampled_views for each other, while it lasts."""
    drawn = folder / _DRAWN
    drawn.mkdir(exist_ok=True)
    return drawn


def remove_drawn_folder(folder: Path) -> None:
    """Remove them; another start on the same folder may still be at work there, and remains so."""
    shutil.rmtree(folder / _DRAWN, ignore_errors=True)


def write_fold(folder: Path, index: int, result: FoldResult) -> None:
    """Store one finished fold; its record is written last and makes it count."""
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
        raise InputError(
            f"{path} was altered ({error}); delete it to run that fold anew"
        ) from error
    leak = stem.with_suffix(f".{_LEAK}")
    return FoldResult(
        record,
        tuple(read_predictions(stem.with_suffix(".csv"))),
        tuple(read_predictions(leak)) if leak.is_file() else (),
    )


def read_results(folder: Path, leak: bool = False) -> Results:
    """A finished run.

    Args:
        folder: of the run.
        leak: read what choosing the epoch on the held-out clips gave, too.

    Raises:
        InputError: there is none, or it is not finished.
    """
    predictions = tuple(read_predictions(folder))
    card = _card(folder)
    records = []
    for path in sorted((folder / "folds").glob("*.json"), key=_run_order):
        index, seed = _parse_stem(path)
        found = read_fold(folder, index, seed)
        assert found is not None, "its path was just listed"
        records.append(found.record)
    samples = tuple(_read_samples(folder))
    return Results(
        predictions,
        tuple(records),
        samples,
        card["samples_sha256"],
        card["experiment"],
        tuple(read_predictions(folder / _LEAK)) if leak else (),
    )


def write_predictions(
    folder: Path, predictions: Sequence[Prediction], leak: Sequence[Prediction] = ()
) -> None:
    """Store the answers of all folds; predictions.csv means that the run is finished."""
    if leak:
        write_atomic(folder / _LEAK, predictions_csv(leak))
    write_atomic(folder / PREDICTIONS, predictions_csv(predictions))


def samples_csv(samples: Sequence[Sample]) -> str:
    """The text of samples.csv, in the order given."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["clip", "emotion", "frames", "checksum"])
    writer.writerows([one.clip, one.emotion, one.frames, one.checksum] for one in samples)
    return text.getvalue()


def _check_same(folder: Path, settings: Mapping[str, Any], samples: Sequence[Sample]) -> None:
    card = _card(folder)
    if changed := settings_differences(card["experiment"], settings):
        raise ConfigError(
            f"{folder} holds a run with other settings: {'; '.join(changed[:5])}; "
            "choose a new folder, or set them back to finish that run"
        )
    before = {one.clip: one for one in _read_samples(folder)}
    after = {one.clip: one for one in samples}
    changes = [f"{clip} is gone" for clip in before if clip not in after]
    changes += [f"{clip} is new" for clip in after if clip not in before]
    changes += [f"{c} changed" for c in before if c in after and before[c] != after[c]]
    if not changes and list(before) != list(after):
        changes = ["the clips are in another order"]
    _refuse(folder, "other data", changes)


def _check_parts(folder: Path, parts: Mapping[str, str]) -> None:
    """Which side of an official split a clip is on decides who learns from it."""
    before = _card(folder)["parts"]
    changes = [
        f"{clip} was in {before.get(clip, 'no part')}, is in {parts.get(clip, 'no part')}"
        for clip in {**before, **parts}
        if before.get(clip) != parts.get(clip)
    ]
    _refuse(folder, "another split", changes)


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
            f"{path} is of format {card.get('format')}, this smastn reads {FORMAT}; run it anew "
            "in another folder"
        )
    return card


def _read_samples(folder: Path) -> list[Sample]:
    rows = csv.reader((folder / _SAMPLES).read_text(encoding="utf-8").splitlines())
    next(rows)
    return [Sample(clip, emotion, int(frames), check) for clip, emotion, frames, check in rows]


def _stem(folder: Path, index: int, seed: int) -> Path:
    return folder / "folds" / f"{index:03d}-seed{seed}"


def _parse_stem(path: Path) -> tuple[int, int]:
    index, seed = path.stem.split("-seed")
    return int(index), int(seed)


def _run_order(path: Path) -> tuple[int, int]:
    index, seed = _parse_stem(path)
    return seed, index
