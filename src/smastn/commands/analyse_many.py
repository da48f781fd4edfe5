"""``smastn analyze FOLDER``: many films, a folder of results each, and one summary.

What is done stays done: a film whose results are there is not analysed again, so that a
run that was stopped, however rudely, goes on where it was. One bad file stops no other.
"""

import csv
import json
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import torch
from rich.table import Table
from rich.text import Text

from smastn.analysis.analyse import AnalysisConfig, analyse
from smastn.analysis.export import FORMAT, MARKER, REPORT, write_analysis
from smastn.config import settings_differences, settings_to_dict
from smastn.errors import InputError, SmastnError
from smastn.files import atomic_file, exclusive, refuse_to_overwrite, write_atomic
from smastn.media.film_folder import Films, film_bytes
from smastn.methods.calibration import NOT_SURE
from smastn.methods.predictor import Predictor
from smastn.terminal.console import output, say
from smastn.terminal.progress import progress
from smastn.workers import Cluster, Crew, Processes, everywhere, spread

ASKED, SUMMARY = "asked.json", "summary.csv"
"""Beside the results: what was asked for, and one line a film."""

Work = tuple[Path, Path]
"""A film, and the folder for its results."""


@dataclass(frozen=True, slots=True)
class ManyConfig:
    """How many films are analysed.

    Attributes:
        analysis: how each is.
        film: whether each gets an annotated film.
    """

    analysis: AnalysisConfig
    film: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """One film in the summary.

    Attributes:
        film: where it lies, seen from the folder of films.
        results: where its results lie, seen from the folder of results; empty if it failed.
        seconds: how long it is.
        frames_per_second: its rate.
        frames_with_face: where the face was followed.
        intervals, micro, macro: how many were spotted.
        not_sure: how many of them have no name.
        emotions: how often each name was given, as ``surprise 2+positive 1``.
        warnings: sentences in its report.
        failure: why it could not be analysed; empty if it was.
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
    films: Films, folder: Path, out: Path, predictor: Predictor, config: ManyConfig, crew: Crew
) -> list[Line]:
    """Analyse each film that has no results yet; one line a film, in order.

    Args:
        films: what lies in `folder`.
        folder: of the films.
        out: for the results, new or of an earlier run alike.
        predictor: names the candidates.
        config: how.
        crew: who works.

    Raises:
        InputError: `out` was made otherwise, or cannot be used, or another start is at work in
            it, or a machine does not see it.
    """
    refuse_to_overwrite(out, ASKED)
    out.mkdir(parents=True, exist_ok=True)
    with exclusive(out):  # what another start has half-written would look like leftovers
        _open_results(out, predictor, config)
        places = result_places(films.paths, folder)
        works = [(film.absolute(), out.absolute() / places[film]) for film in films.paths]
        for _, place in works:
            _clear(place)
        left = [work for work in works if not _is_done(work)]
        _say_start(films, len(works) - len(left))
        _require_shared(left, crew)
        failures = _analyse_left(left, len(works), predictor, config, crew)
        lines = [_line(work, folder.absolute(), out.absolute(), failures) for work in works]
        write_summary(lines, out / SUMMARY)
    return lines


def result_places(films: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """Where each film's results go: as it lies itself, without its ending where that is enough."""
    stems = Counter(film.relative_to(folder).with_suffix("") for film in films)
    return {
        film: film.relative_to(folder).with_suffix("")
        if stems[film.relative_to(folder).with_suffix("")] == 1
        else film.relative_to(folder)
        for film in films
    }


def write_summary(lines: Sequence[Line], path: Path) -> None:
    """Write summary.csv, one line a film."""
    with atomic_file(path) as partial_path, partial_path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(asdict(lines[0])), lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(line) for line in lines)


def lines_to_plain(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The summary, ready for JSON."""
    return [asdict(line) for line in lines]


def show_many(lines: Sequence[Line], out: Path) -> None:
    """Print the summary, and what could not be analysed and why."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    numbers = ("seconds", "intervals", "micro", "macro", "not sure")
    for heading in ("film", *numbers, "named"):
        justify = "right" if heading in numbers else "left"
        table.add_column(heading, justify=justify, header_style="dim", overflow="fold")
    for line in lines:
        counts = (line.intervals, line.micro, line.macro, line.not_sure)
        if line.failure:
            table.add_row(line.film, *[""] * len(numbers), Text("failed", style="red"))
            continue
        seconds = "" if line.seconds is None else f"{line.seconds:.1f}"
        named = line.emotions.replace("+", ", ")
        table.add_row(line.film, seconds, *map(str, counts), Text(named, style="bold"))
    output.print(table)
    failed = [line for line in lines if line.failure]
    for line in failed:
        say(f"! {line.film}: {line.failure}")
    done = len(lines) - len(failed)
    say(f"{done} of {len(lines)} films analysed; one line each in {out / SUMMARY}")


def _analyse_left(
    left: Sequence[Work], total: int, predictor: Predictor, config: ManyConfig, crew: Crew
) -> dict[Path, str]:
    """Analyse what is left of so many films; why some failed."""
    failures: dict[Path, str] = {}
    with progress("Watching films") as advance:
        advance(total - len(left), total)
        for done, (film, failure) in enumerate(_results(left, predictor, config, crew), start=1):
            failures |= {film: failure} if failure else {}
            advance(total - len(left) + done, total)
    return failures


def _results(
    works: Sequence[Work], predictor: Predictor, config: ManyConfig, crew: Crew
) -> Iterator[tuple[Path, str]]:
    """Each film as it is done, with why it failed; also where one takes its process with it."""
    left = list(works)
    work = partial(_analyse_one, predictor, config)
    while left:
        try:
            with closing(spread(work, list(left), crew, _one_thread)) as results:
                for _, (done, failure) in results:
                    if done is not None:
                        left.remove(done)
                        yield done[0], failure
            return
        except InputError:
            begun = [one for one in left if _started(one[1]).exists()]
            if isinstance(crew, Cluster) or not begun:
                raise
        # A process ended. Whichever film did it is among those begun: each goes alone now.
        for suspect in begun:
            _clear(suspect[1])
        for suspect in begun:
            left.remove(suspect)
            yield suspect[0], _alone(work, suspect)


def _alone(work: partial[tuple[Work | None, str]], suspect: Work) -> str:
    """Why a film failed that has a process to itself; empty if it did not."""
    try:  # with one task alone, no process would be started
        with closing(spread(work, [suspect, None], Processes(2), _one_thread)) as results:
            return next(failure for _, (done, failure) in results if done is not None)
    except InputError:
        _clear(suspect[1])
        return (
            "the process that read it ended (too little memory, or a file that no decoder "
            "survives); convert it, or cut it into pieces"
        )


def _analyse_one(
    predictor: Predictor, config: ManyConfig, work: Work | None
) -> tuple[Work | None, str]:
    """Analyse a film and write its results; why it failed, or nothing."""
    if work is None:
        return work, ""
    film, place = work
    place.parent.mkdir(parents=True, exist_ok=True)
    _started(place).touch()
    try:
        write_analysis(analyse(film, predictor, config.analysis), place, config.film)
    except SmastnError as error:
        return work, str(error)
    # What is wrong with one film shall not stop the rest, and is told at the end.
    except Exception as error:  # noqa: BLE001
        return work, f"{type(error).__name__}: {error}; analyse it alone with --debug to see where"
    finally:
        _started(place).unlink(missing_ok=True)
    return work, ""


def _one_thread() -> None:
    cv2.setNumThreads(1)
    torch.set_num_threads(1)


def _started(place: Path) -> Path:
    """A file that is there while a film is under way."""
    return place.with_name(f".{place.name}.started")


def _clear(place: Path) -> None:
    """Remove what a process that was killed left half-written."""
    if not place.parent.is_dir():
        return
    for rest in place.parent.glob(f".{_literal(place.name)}.*"):
        if rest.is_dir():
            shutil.rmtree(rest, ignore_errors=True)
        else:
            rest.unlink(missing_ok=True)


def _literal(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _open_results(out: Path, predictor: Predictor, config: ManyConfig) -> None:
    """Note what is asked for, or see that an earlier run asked for the same."""
    asked = {
        "format": FORMAT,
        "settings": settings_to_dict(config),
        "emotions": list(predictor.emotions),
        "weights": predictor.fingerprint,
    }
    if (out / ASKED).is_file():
        before = json.loads((out / ASKED).read_text(encoding="utf-8"))
        if changes := settings_differences(before, asked):
            raise InputError(
                f"{out} holds results that were made otherwise ({'; '.join(changes[:3])}); name "
                "another folder with --out, or delete that one"
            )
        return
    write_atomic(out / ASKED, json.dumps(asked, indent=1) + "\n")


def _is_done(work: Work) -> bool:
    """Whether results are there, and of the film as it is now."""
    found = _read(work[1])
    if found is None or found.get("format") != FORMAT:
        return False
    return work[0].exists() and found["video"]["bytes"] == film_bytes(work[0])


def _read(place: Path) -> dict[str, Any] | None:
    try:
        return json.loads((place / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _line(work: Work, folder: Path, out: Path, failures: dict[Path, str]) -> Line:
    film, place = work
    name = film.relative_to(folder).as_posix()
    found = None if film in failures else _read(place)
    if found is None:
        return Line(name, failure=failures.get(film, "its results are gone"))
    intervals = found["intervals"]
    kinds = Counter(one["kind"] for one in intervals)
    names = Counter(one["emotion"] for one in intervals)
    not_sure = names.pop(NOT_SURE, 0)
    return Line(
        film=name,
        results=(place / REPORT).relative_to(out).as_posix(),
        seconds=found["video"]["seconds"],
        frames_per_second=found["video"]["frames_per_second"],
        frames_with_face=found["face"]["frames_with_face"],
        intervals=len(intervals),
        micro=kinds["micro"],
        macro=kinds["macro"],
        not_sure=not_sure,
        emotions="+".join(f"{name} {count}" for name, count in names.most_common()),
        warnings=len(found["warnings"]),
    )


def _say_start(films: Films, done: int) -> None:
    left = f"; pictures beside them, which are left: {films.left}" if films.left else ""
    say(
        f"{len(films.paths)} films{left}" + (f"; {done} have their results already" if done else "")
    )


def _require_shared(works: Sequence[Work], crew: Crew) -> None:
    """On a cluster every machine must see the films and the folder for the results."""
    if not works or isinstance(crew, Processes):
        return
    film, place = works[0]
    if not all(everywhere(partial(_sees, film, _nearest_folder(place)), crew)):
        raise InputError(
            f"a machine of the cluster does not see {film} or the folder of {place}; wanted both "
            "on storage that all machines share, under the same path; or leave --ray out"
        )


def _nearest_folder(place: Path) -> Path:
    return next(parent for parent in place.parents if parent.is_dir())


def _sees(film: Path, folder: Path) -> bool:
    return film.exists() and folder.is_dir()
