"""Every group of subjects left out one by one, with the settings that the group itself chose.

python experiments/nested_flow.py FOLDER OUT RUN RUN ...

Each RUN is named like its file in ``flow-choice`` and was made with it, see ``choose.py``. Where
all groups choose the same, this is leaving one subject out with that.
"""

import sys
from dataclasses import replace
from pathlib import Path

from choose import choose

from smastn.corpora.flow_images import flow_clips
from smastn.evaluation.bootstrap import bootstrap_subjects
from smastn.evaluation.experiment_files import read_experiment
from smastn.evaluation.fold import run_fold
from smastn.evaluation.predictions import Prediction, predictions_csv, read_predictions
from smastn.evaluation.protocol import ProtocolConfig
from smastn.evaluation.study import Study
from smastn.files import write_atomic
from smastn.inputs.optical_flow import flow_frames
from smastn.workers import one_thread


def main() -> None:
    """Print the pooled scores with their intervals; write the predictions."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    runs = {Path(name).name: read_predictions(Path(name)) for name in sys.argv[3:]}
    rows: list[Prediction] = []
    for choice in choose(runs):
        print(f"group {choice.group} chooses {choice.chosen}", flush=True)
        rows += answers(folder, choice.chosen, set(choice.subjects))
        write_atomic(out / "predictions.csv", predictions_csv(rows))
    for name, one in bootstrap_subjects(rows).intervals.items():
        print(f"{name} {one.value:.3f} ({one.low:.3f} to {one.high:.3f})")


def answers(folder: Path, candidate: str, subjects: set[str]) -> list[Prediction]:
    """The answers about these subjects, each held out alone."""
    experiment = replace(read_experiment(f"flow-choice/{candidate}"), protocol=ProtocolConfig())
    pictures = flow_frames(folder, experiment.input.image_names, experiment.preparation.size)
    study = Study(experiment, tuple(flow_clips(folder)), pictures)
    rows: list[Prediction] = []
    with one_thread():
        for fold in study.folds():
            if fold.name in subjects:
                for seed in experiment.seeds:
                    rows += run_fold(study, fold, seed).predictions
    return rows


if __name__ == "__main__":
    main()
