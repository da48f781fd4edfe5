"""``smastn demo``: evaluation and analysis on synthetic data, in one folder written atomically.

::

    report.html   front page with links to the rest
    demo.json     the three main results, for machines
    corpus/       synthetic corpus: frames, manifest.csv, truth.csv
    evaluation/   predictions.csv, metrics.json, report.html
    film.mp4      film with known movements, and their table film.csv
    analysis/     analysis of that film, or of the user's own
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

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
from smastn.files import atomic_folder, csv_text, refuse_to_overwrite, write_atomic
from smastn.media.encoding import write_video
from smastn.media.frame_array import Image
from smastn.media.frames import open_frames
from smastn.methods.predictor import Predictor
from smastn.spotting.scores import Frames, overlap, score_spotting
from smastn.synthesis.synthetic_corpus import SyntheticCorpusConfig, make_synthetic_corpus
from smastn.synthesis.synthetic_film import Film, demo_film
from smastn.terminal.console import say
from smastn.terminal.progress import progress, staged_progress

REPORT, MARKER = "report.html", "demo.json"
"""The front page, and the file that marks a folder as that of a demo."""


@dataclass(frozen=True, slots=True)
class DemoConfig:
    """Settings of the demo.

    Attributes:
        corpus: the synthetic corpus.
        experiment: the evaluation on it.
        film_seconds: length of the film.
        workers: number of processes.
    """

    corpus: SyntheticCorpusConfig
    experiment: Experiment
    film_seconds: float = 20.0
    workers: int = 2

    @classmethod
    def seeded(cls, seed: int, workers: int) -> "DemoConfig":
        """The default settings with this seed for corpus, training and film."""
        experiment = replace(
            read_experiment(preset="synthetic"), name="SMA-STN on synthetic faces", seeds=(seed,)
        )
        return cls(SyntheticCorpusConfig(seed=seed), experiment, workers=workers)


def run_demo(
    out: Path, video: Path | None, predictor: Predictor, config: DemoConfig
) -> list[Number]:
    """Make a synthetic corpus, evaluate on it and analyse a film; write `out` atomically.

    The three main results are returned. A demo that `out` holds is replaced at the end. `video`
    is a film of the user's own instead of the one with known movements.

    Raises:
        SmastnError: `out` holds something else, the video cannot be read, or the disk is full.
    """
    refuse_to_overwrite(out, MARKER)
    if video is not None:
        open_frames(video).close()  # an unreadable film is refused before the long work
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
    with progress("Rendering synthetic faces") as advance:
        make_synthetic_corpus(corpus, config.corpus, config.workers, advance)
    # Prepared clips are not kept in the cache, since nothing uses them again.
    with TemporaryDirectory() as prepared, staged_progress() as advance:
        options = EvaluationOptions(config.workers, prepared=Path(prepared))
        return evaluate(corpus, folder / "evaluation", config.experiment, options, advance)


def _filmed(film: Film, folder: Path) -> Path:
    """Write the film and the table of its movements."""
    path = folder / "film.mp4"
    with progress("Rendering the film") as advance:
        write_video(path, _counted(film, advance), film.rate)
    rows: list[tuple[object, ...]] = [("onset", "apex", "offset", "emotion", "action_units")]
    for event in film.events:
        units = "+".join(event.action_units)
        rows.append((event.onset, event.apex, event.offset, event.emotion, units))
    write_atomic(path.with_suffix(".csv"), csv_text(rows))
    return path


def _counted(film: Film, advance: Callable[[int, int], None]) -> Iterator[Image]:
    for number, frame in enumerate(film, start=1):
        yield frame
        advance(number, len(film))


def _uf1(report: Report) -> Number:
    one = report.headline[0]
    others = [f"{each.name} {each.bootstrap.intervals['uf1'].value:.2f}" for each in report.methods]
    return Number(
        "UF1 on held-out subjects",
        f"{one.interval.value:.3f}",
        f"95 % interval {one.interval.low:.3f} to {one.interval.high:.3f}, by subject; "
        f"baselines: {' and '.join(others[1:])}",
        f"{report.clips} synthetic clips, each classified by a network trained without its "
        "subject. UF1 is the mean F1 score of the classes.",
        "It shows that the implementation works. It is no estimate for real faces.",
    )


def _of_film(analysis: Analysis, film: Film) -> list[Number]:
    true: list[Frames] = [(event.onset, event.offset) for event in film.events]
    spotted = [(one.interval.onset, one.interval.offset) for one in analysis.candidates]
    score = score_spotting(spotted, true)
    correct = [
        candidate.name == event.emotion
        for candidate, frames in zip(analysis.candidates, spotted, strict=True)
        for event in film.events
        if overlap(frames, (event.onset, event.offset)) >= 0.5
    ]
    return [
        Number(
            "Movements found in the film",
            f"{score.hits} of {len(true)}",
            f"and {score.false_alarms} false alarms",
            "A movement is found if the detected interval overlaps it with an IoU of at least 0.5.",
            "The film is easy: head movement, flicker and blinks are weak in it. On long real "
            "videos published methods reach an F1 of 0.4 at best, so verify each candidate.",
        ),
        Number(
            "Found movements classified correctly",
            f"{sum(correct)} of {len(correct)}",
            "by the bundled weights",
            "Each candidate is classified by a network trained on synthetic faces only.",
            "Some of these faces were made from this photograph, so the network knows the face. "
            "A class is a facial movement; it does not show what a person feels, thinks or hides.",
        ),
    ]


def _of_own(analysis: Analysis) -> list[Number]:
    return [
        Number(
            "Candidates in your film",
            str(len(analysis.candidates)),
            f"in {analysis.video.seconds:.1f} seconds",
            "Transient movements of a part of the face, well above the film's noise.",
            "Some are false alarms, and some real movements are missed: verify each candidate.",
        ),
        Number(
            "Frames with the face tracked",
            f"{analysis.curve.face.mean():.0%}",
            f"of {analysis.video.frames} frames",
            "Without a tracked face no movement can be found.",
            "It does not show how still or how large the face was; see the analysis's warnings.",
        ),
    ]
