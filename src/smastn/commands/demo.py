"""``smastn demo``: the main job end to end, in one folder that appears when all is done.

::

    report.html   the front page, which leads to the rest
    demo.json     the three numbers, for machines
    corpus/       people who do not exist: frames, manifest.csv, truth.csv
    evaluation/   predictions.csv, metrics.json, report.html
    film.mp4      a film with known movements, and film.csv, which knows them
    analysis/     what was found in the film, or in the user's own
"""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from jaxtyping import UInt8
from numpy import ndarray

from smastn import __version__
from smastn.analysis.analyse import AnalysisConfig
from smastn.analysis.analysis_records import Analysis
from smastn.analysis.export import Outputs
from smastn.commands.analyse_one import analyse_video
from smastn.commands.demo_html import Number, render_front_page
from smastn.evaluation.evaluate import EvaluationOptions, evaluate
from smastn.evaluation.experiment import Experiment
from smastn.evaluation.experiment_files import read_experiment
from smastn.evaluation.report import Report
from smastn.files import atomic_folder, refuse_to_overwrite
from smastn.media.frames import open_frames, write_video
from smastn.methods.predictor import Predictor
from smastn.spotting.scores import Frames, overlap, score_spotting
from smastn.synthesis.synthetic_corpus import SyntheticCorpusConfig, make_synthetic_corpus
from smastn.synthesis.synthetic_film import Film, demo_film
from smastn.terminal.console import say
from smastn.terminal.progress import progress, staged_progress

REPORT, MARKER = "report.html", "demo.json"
"""The front page, and the file by which an earlier demo's folder is known."""


@dataclass(frozen=True, slots=True)
class DemoConfig:
    """What the demo makes.

    Attributes:
        corpus: the people who do not exist.
        experiment: how they are evaluated.
        film_seconds: length of the film.
        workers: processes.
    """

    corpus: SyntheticCorpusConfig
    experiment: Experiment
    film_seconds: float = 20.0
    workers: int = 2

    @classmethod
    def seeded(cls, seed: int, workers: int) -> "DemoConfig":
        """The demo as it comes, all chance from one seed."""
        experiment = replace(
            read_experiment(preset="synthetic"), name="SMA-STN on synthetic faces", seeds=(seed,)
        )
        return cls(SyntheticCorpusConfig(seed=seed), experiment, workers=workers)


def run_demo(
    out: Path, video: Path | None, predictor: Predictor, config: DemoConfig
) -> list[Number]:
    """Make people, evaluate on them, analyse a film; all of it into `out`, whole or not at all.

    Args:
        out: a new or empty folder, or that of an earlier demo, which is replaced at the end.
        video: a film of the user's own instead of the one with known movements.
        predictor: names what is found in the film.
        config: what is made.

    Returns:
        The three most important numbers.

    Raises:
        SmastnError: `out` holds something else, the video cannot be read, or there is no room.
    """
    refuse_to_overwrite(out, MARKER)
    if video is not None:
        open_frames(video).close()  # refused now rather than in three minutes
    if (out / MARKER).is_file():
        say(f"{out} holds an earlier demo; it stays until this one is complete, then is replaced")
    with atomic_folder(out, MARKER) as folder:
        report = _evaluated(folder, config)
        film = demo_film(config.corpus.seed, seconds=config.film_seconds)
        path = video or _filmed(film, folder)
        analysis = analyse_video(
            path, predictor, AnalysisConfig(), folder / "analysis", Outputs(annotated=True)
        )
        numbers = [_uf1(report), *(_of_own(analysis) if video else _of_film(analysis, film))]
        page = render_front_page(numbers, analysis, own_film=video is not None)
        (folder / REPORT).write_text(page, encoding="utf-8")
        card = {"smastn": __version__, "seed": config.corpus.seed, "video": path.name}
        card["numbers"] = [asdict(number) for number in numbers]
        (folder / MARKER).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return numbers


def _evaluated(folder: Path, config: DemoConfig) -> Report:
    corpus = folder / "corpus"
    with progress("Filming people who do not exist") as advance:
        make_synthetic_corpus(corpus, config.corpus, config.workers, advance)
    # Not in the cache, which would keep what is never needed again.
    with TemporaryDirectory() as prepared, staged_progress() as advance:
        options = EvaluationOptions(config.workers, prepared=Path(prepared))
        return evaluate(corpus, folder / "evaluation", config.experiment, options, advance)


def _filmed(film: Film, folder: Path) -> Path:
    """The film as a video, and beside it what only its maker knows."""
    path = folder / "film.mp4"
    with progress("Filming known movements") as advance:
        write_video(path, _told(film, advance), film.rate)
    with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("onset", "apex", "offset", "emotion", "action_units"))
        for event in film.events:
            units = "+".join(event.action_units)
            writer.writerow((event.onset, event.apex, event.offset, event.emotion, units))
    return path


def _told(
    film: Film, advance: Callable[[int, int], None]
) -> Iterator[UInt8[ndarray, "height width 3"]]:
    for number, frame in enumerate(film, start=1):
        yield frame
        advance(number, len(film))


def _uf1(report: Report) -> Number:
    one = report.headline[0]
    others = [f"{each.name} {each.bootstrap.intervals['uf1'].value:.2f}" for each in report.methods]
    return Number(
        "UF1 on held-out people",
        f"{one.interval.value:.3f}",
        f"{one.interval.low:.3f} to {one.interval.high:.3f} with other people; "
        f"beside it {' and '.join(others[1:])}",
        f"{report.clips} clips of made-up people, each answered by a network that had never seen "
        "that person: this is how well every expression is told from the others.",
        "It shows that the method works as built. It does not say how it does on real people.",
    )


def _of_film(analysis: Analysis, film: Film) -> list[Number]:
    true: list[Frames] = [(event.onset, event.offset) for event in film.events]
    spotted = [(one.interval.onset, one.interval.offset) for one in analysis.candidates]
    score = score_spotting(spotted, true)
    named = [
        candidate.name == event.emotion
        for candidate, frames in zip(analysis.candidates, spotted, strict=True)
        for event in film.events
        if overlap(frames, (event.onset, event.offset)) >= 0.5
    ]
    return [
        Number(
            "Movements found in the film",
            f"{score.hits} of {len(true)}",
            f"and {score.false_alarms} candidates that are none",
            "Found means that half of the union of the true and the marked interval is shared.",
            "The film is kind: head drift, flicker and blinks are in it, but little of each. On "
            "long real videos public spotters reach an F1 of 0.4 at best, so a candidate is a "
            "place to look at.",
        ),
        Number(
            "Named rightly, of those found",
            f"{sum(named)} of {len(named)}",
            "by the weights that come with smastn",
            "Each candidate is named by a network that learnt from made-up people alone.",
            "Some of them were made from this very photograph, so the face is not new to it; and "
            "a name does not tell what somebody feels, thinks or hides.",
        ),
    ]


def _of_own(analysis: Analysis) -> list[Number]:
    return [
        Number(
            "Candidates in your film",
            str(len(analysis.candidates)),
            f"in {analysis.video.seconds:.1f} seconds",
            "Moments at which part of the face moved and came back, well above the film's noise.",
            "They are places to look at, not findings, and real movements are missed as well.",
        ),
        Number(
            "Face followed",
            f"{analysis.curve.face.mean():.0%}",
            f"of {analysis.video.frames} frames",
            "Where the face was not seen, nothing can be found.",
            "It does not say how still or how large the face was; the notes of the analysis do.",
        ),
    ]
