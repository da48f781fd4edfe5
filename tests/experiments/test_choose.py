"""Groups of subjects select settings by predictions of networks that were not trained on them."""

from itertools import product
from pathlib import Path

import pytest
from experiments.choose import choose, inner_uf1

from smastn.corpora.clip import Clip
from smastn.errors import InputError
from smastn.evaluation.predictions import Prediction
from smastn.evaluation.protocol import Fold, leave_one_subject_out, subject_pairs

EMOTIONS = ("negative", "positive", "surprise")
SUBJECTS = [f"own/{number:02d}" for number in range(8)]
CLIPS = [
    Clip(subject, emotion, emotion, Path("film.mp4"), 0, 9)
    for subject, emotion in product(SUBJECTS, EMOTIONS)
]
FOLDS = subject_pairs(CLIPS, 4, seed=0)
FIRST = {one.subject for one in FOLDS[0].test} & {one.subject for one in FOLDS[1].test}


def predictions(wrong_about: set[str], folds: list[Fold] = FOLDS) -> list[Prediction]:
    """Correct but for some subjects, all of whose clips are predicted wrongly."""
    rows = []
    for fold in folds:
        for one in fold.test:
            other = EMOTIONS[(EMOTIONS.index(one.emotion) + 1) % 3]
            predicted = other if one.subject in wrong_about else one.emotion
            rows.append(Prediction(one.subject, one.name, 0, fold.name, one.emotion, predicted))
    return rows


def test_a_groups_own_clips_do_not_select_for_it() -> None:
    """A candidate that is wrong about the first group only is refused by all others."""
    choices = choose({"one": predictions(FIRST), "other": predictions(set())})
    assert choices[0].subjects == tuple(sorted(FIRST))
    assert choices[0].uf1 == {"one": 1.0, "other": 1.0}
    assert [choice.chosen for choice in choices] == ["one", "other", "other", "other"]
    assert sorted(name for choice in choices for name in choice.subjects) == SUBJECTS


def test_predictions_of_networks_trained_on_the_group_do_not_count() -> None:
    rows = [
        row
        if row.fold.startswith("1 and")
        else Prediction(row.subject, row.clip, 0, row.fold, row.truth, "negative")
        for row in predictions(set())
    ]
    assert inner_uf1(rows, 1) == 1.0
    assert inner_uf1(rows, 2) < 1.0


def test_a_run_of_another_protocol_is_refused() -> None:
    with pytest.raises(InputError, match="is no pair of groups"):
        choose({"loso": predictions(set(), leave_one_subject_out(CLIPS))})


def test_other_groups_are_refused() -> None:
    others = predictions(set(), subject_pairs(CLIPS, 4, seed=9))
    with pytest.raises(InputError, match="second has other groups"):
        choose({"first": predictions(set()), "second": others})
