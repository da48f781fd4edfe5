"""Analysis of a folder of films: a folder of results for each, and one summary.

A film whose results are complete is not analysed again, so that a run that was stopped, even
killed, is continued by the next. A film that fails does not stop the others.
"""

import glob
import json
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any

from rich.text import Text

from smastn.analysis.analyse import AnalysisConfig, analyse
from smastn.analysis.analysis_records import MACRO, MICRO
from smastn.analysis.export import FORMAT_VERSION, MARKER, REPORT, Outputs, write_analysis
from smastn.config import settings_differences, settings_to_dict
from smastn.errors import InputError, SmastnError
from smastn.files import csv_text, exclusive, refuse_to_overwrite, write_atomic
from smastn.media.film_folder import Films, film_bytes
from smastn.methods.calibration import NOT_SURE
from smastn.methods.predictor import Predictor
from smastn.terminal.console import output, say, table
from smastn.terminal.progress import progress
from smastn.workers import Cluster, Executor, Processes, on_each_machine, run_tasks

SETTINGS, SUMMARY = "settings.json", "summary.csv"
"""Files beside the results: settings and network of the run; one row a film."""

Work = tuple[Path, Path]
"""A film, and the folder for its results."""


@dataclass(frozen=True, slots=True)
class ManyConfig:
    """Settings for a folder of films.

    Attributes:
        analysis: settings of each analysis.
        outputs: which files are written for each film.
    """

    analysis: AnalysisConfig
    outputs: Outputs = field(default_factory=lambda: Outputs(annotated=True))


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One film in the summary.

    Attributes:
        film: path below the folder of films.
        results: path of the report below the folder of results; empty if the analysis failed.
        seconds: duration.
        frames_per_second: frame rate.
        frames_with_face: in which the face was tracked.
        intervals, micro, macro: number of candidates.
        not_sure: how many of them have no certain emotion.
        emotions: how often each emotion was predicted, as in ``surprise 2+positive 1``.
        warnings: number of warnings in the report.
        failure: why the film could not be analysed; empty if it was.
    """

    film: str
    results: str = ""
    seconds: float | None = None
    frames_per_second: float | None = None
    frames_with_face: int | None = None
    intervals: int | None = None
    micro: int | None = None
    macro: int | None = None
    not_sure: int | None = None
    emotions: str = ""
    warnings: int | None = None
    failure: str = ""


def analyse_many(  # noqa: PLR0913
    films: Films,
    folder: Path,
    out: Path,
    predictor: Predictor,
    config: ManyConfig,
    executor: Executor,
) -> list[SummaryRow]:
    """Analyse each film that has no results yet.

    Films were found in `folder`; `out` is new or of an earlier run of the same settings. One row
    for each film is returned, in order.

    Raises:
        InputError: `out` was made with other settings, cannot be used, or is in use by another
            run; or a machine of the cluster does not see it.
    """
    refuse_to_overwrite(out, SETTINGS)
    out.mkdir(parents=True, exist_ok=True)
    with exclusive(out):  # unfinished files of another run would look like leftovers
        _require_same_settings(out, predictor, config)
        places = result_places(films.paths, folder)
        works = [(film.absolute(), out.absolute() / places[film]) for film in films.paths]
        for _, place in works:
            _clear(place)
        left = [work for work in works if not _is_done(work)]
        done = len(works) - len(left)
        say(
            f"{len(films.paths)} films"
            + (f"; {films.left} images beside them are left out" if films.left else "")
            + (f"; {done} are analysed already" if done else "")
        )
        _require_shared(left, executor)
        failures: dict[Path, str] = {}
        with progress("Analysing films") as advance:
            advance(done, len(works))
            for film, failure in _results(left, predictor, config, executor):
                done += 1
                failures |= {film: failure} if failure else {}
                advance(done, len(works))
        rows = [_row(work, folder.absolute(), out.absolute(), failures) for work in works]
        _write_summary(rows, out / SUMMARY)
    return rows


def result_places(films: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """The folder for each film's results: its path, without the suffix where that is unique."""
    stems = Counter(film.relative_to(folder).with_suffix("") for film in films)
    return {
        film: film.relative_to(folder).with_suffix("")
        if stems[film.relative_to(folder).with_suffix("")] == 1
        else film.relative_to(folder)
        for film in films
    }


def show_many(rows: Sequence[SummaryRow], out: Path) -> None:
    """Print the summary, and why some films could not be analysed."""
    numbers = ("seconds", "intervals", "micro", "macro", "not sure")
    shown = table(("film", *numbers, "emotions"), left=("film", "emotions"), style="dim")
    failed = [row for row in rows if row.failure]
    for row in rows:
        if row.failure:
            shown.add_row(row.film, *[""] * len(numbers), Text("failed", style="red"))
            continue
        counts = (row.intervals, row.micro, row.macro, row.not_sure)
        emotions = Text(row.emotions.replace("+", ", "), style="bold")
        shown.add_row(row.film, f"{row.seconds:.1f}", *map(str, counts), emotions)
    output.print(shown)
    for row in failed:
        say(f"! {row.film}: {row.failure}")
    say(f"{len(rows) - len(failed)} of {len(rows)} films analysed; summary in {out / SUMMARY}")


def _write_summary(rows: Sequence[SummaryRow], path: Path) -> None:
    columns = [column.name for column in fields(SummaryRow)]
    write_atomic(path, csv_text([columns, *(astuple(row) for row in rows)]))


def _results(
    works: Sequence[Work], predictor: Predictor, config: ManyConfig, executor: Executor
) -> Iterator[tuple[Path, str]]:
    """Each film when it is done, with why it failed; also if its process ended unexpectedly."""
    left = list(works)
    analyse_film = partial(_analyse_one, predictor, config)
    while left:
        tasks = list(left)
        try:
            with closing(run_tasks(analyse_film, tasks, executor)) as results:
                for index, failure in results:
                    left.remove(tasks[index])
                    yield tasks[index][0], failure
            return
        except InputError:
            begun = [one for one in left if _started(one[1]).exists()]
            if isinstance(executor, Cluster) or not begun:
                raise
        # A process ended. The film that caused it is among those begun: each is run alone now.
        for suspect in begun:
            _clear(suspect[1])
        for suspect in begun:
            left.remove(suspect)
            yield suspect[0], _alone(analyse_film, suspect)


def _alone(analyse_film: partial[str], suspect: Work) -> str:
    """Why a film failed in a process of its own; empty if it did not."""
    try:  # for a single task no process would be started
        tasks = [suspect, None]
        with closing(run_tasks(analyse_film, tasks, Processes(2))) as results:
            return next(failure for index, failure in results if index == 0)
    except InputError:
        _clear(suspect[1])
        return (
            "the process that read it ended (too little memory, or a file that crashes the "
            "decoder); convert it, or cut it into parts"
        )


def _analyse_one(predictor: Predictor, config: ManyConfig, work: Work | None) -> str:
    """Analyse a film and write its results; why it failed, or an empty text."""
    if work is None:
        return ""
    film, place = work
    place.parent.mkdir(parents=True, exist_ok=True)
    _started(place).touch()
    try:
        write_analysis(analyse(film, predictor, config.analysis), place, config.outputs)
    except SmastnError as error:
        return str(error)
    # An error in one film does not stop the others; it is reported at the end.
    except Exception as error:  # noqa: BLE001
        return f"{type(error).__name__}: {error}; analyse it alone with --debug to see where"
    finally:
        _started(place).unlink(missing_ok=True)
    return ""


def _started(place: Path) -> Path:
    """A file that exists while a film is being analysed."""
    return place.with_name(f".{place.name}.started")


def _clear(place: Path) -> None:
    """Remove unfinished files of a process that was killed."""
    if not place.parent.is_dir():
        return
    for rest in place.parent.glob(f".{glob.escape(place.name)}.*"):
        if rest.is_dir():
            shutil.rmtree(rest, ignore_errors=True)
        else:
            rest.unlink(missing_ok=True)


def _require_same_settings(out: Path, predictor: Predictor, config: ManyConfig) -> None:
    """Record the settings of a first run; a later run must have the same."""
    wanted = {
        "format": FORMAT_VERSION,
        "settings": settings_to_dict(config),
        "emotions": list(predictor.emotions),
        "weights": predictor.fingerprint,
    }
    if not (out / SETTINGS).is_file():
        write_atomic(out / SETTINGS, json.dumps(wanted, indent=1) + "\n")
        return
    before = json.loads((out / SETTINGS).read_text(encoding="utf-8"))
    if changes := settings_differences(before, wanted):
        raise InputError(
            f"{out} contains results of other settings ({'; '.join(changes[:3])}); name another "
            "folder with --out, or delete that one"
        )


def _is_done(work: Work) -> bool:
    """Whether the results exist and belong to the film as it is now."""
    found = _read(work[1])
    if found is None or found.get("format") != FORMAT_VERSION:
        return False
    return work[0].exists() and found["video"]["bytes"] == film_bytes(work[0])


def _read(place: Path) -> dict[str, Any] | None:
    try:
        return json.loads((place / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _row(work: Work, folder: Path, out: Path, failures: dict[Path, str]) -> SummaryRow:
    film, place = work
    name = film.relative_to(folder).as_posix()
    found = None if film in failures else _read(place)
    if found is None:
        return SummaryRow(name, failure=failures.get(film, "its results have disappeared"))
    intervals = found["intervals"]
    kinds = Counter(one["kind"] for one in intervals)
    emotions = Counter(one["emotion"] for one in intervals)
    not_sure = emotions.pop(NOT_SURE, 0)
    return SummaryRow(
        film=name,
        results=(place / REPORT).relative_to(out).as_posix(),
        seconds=found["video"]["seconds"],
        frames_per_second=found["video"]["frames_per_second"],
        frames_with_face=found["face"]["frames_with_face"],
        intervals=len(intervals),
        micro=kinds[MICRO],
        macro=kinds[MACRO],
        not_sure=not_sure,
        emotions="+".join(f"{name} {count}" for name, count in emotions.most_common()),
        warnings=len(found["warnings"]),
    )


def _require_shared(works: Sequence[Work], executor: Executor) -> None:
    """Require that every machine of a cluster sees the films and the folder for the results."""
    if not works or isinstance(executor, Processes):
        return
    film, place = works[0]
    nearest = next(parent for parent in place.parents if parent.is_dir())
    if not all(on_each_machine(partial(_sees, film, nearest), executor)):
        raise InputError(
            f"a machine of the cluster does not see {film} or the folder of {place}; wanted both "
            "on storage that all machines share, under the same path; or leave --ray out"
        )


def _sees(film: Path, folder: Path) -> bool:
    return film.exists() and folder.is_dir()
