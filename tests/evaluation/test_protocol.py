"""The held-out subject is out of reach, whichever way the clips are split."""

from collections.abc import Sequence
from itertools import chain, product
from pathlib import Path

import pytest

from smastn.config import read_settings
from smastn.corpora.clip import Clip
from smastn.errors import ConfigError, InputError
from smastn.evaluation.protocol import (
    Fold,
    ProtocolConfig,
    across_corpora,
    leave_one_subject_out,
    make_folds,
    subject_folds,
    subject_pairs,
)

EMOTIONS = ("negative", "positive", "surprise")


def clip(subject: str, name: str = "c1", emotion: str = "negative") -> Clip:
    return Clip(subject, name, emotion, Path("film.mp4"), 0, 9)


def study(corpora: Sequence[str] = ("a", "b"), subjects: int = 4) -> list[Clip]:
    """Each subject shows each emotion twice; all corpora number their subjects alike."""
    return [
        clip(f"{corpus}/{subject}", f"{emotion}{take}", emotion)
        for corpus, subject, emotion, take in product(corpora, range(subjects), EMOTIONS, range(2))
    ]


SCHEMES = (
    "leave-one-subject-out",
    "composite",
    "subject-folds",
    "across-corpora",
    "leave-one-corpus-out",
)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_subject_is_on_both_sides(scheme: str) -> None:
    folds = make_folds(study(), ProtocolConfig(scheme, folds=3))  # type: ignore[arg-type]
    for fold in folds:
        assert not {one.subject for one in fold.train} & {one.subject for one in fold.test}
    assert len({fold.name for fold in folds}) == len(folds)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_clip_is_held_out_exactly_once(scheme: str) -> None:
    clips = study()
    folds = make_folds(clips, ProtocolConfig(scheme, folds=3))  # type: ignore[arg-type]
    held_out = [one.key for fold in folds for one in fold.test]
    assert sorted(held_out) == sorted(one.key for one in clips)


def test_a_subject_on_both_sides_cannot_be_made_into_a_fold() -> None:
    with pytest.raises(InputError, match=r"fold mine has a/1 on both sides"):
        Fold("mine", (clip("a/1", "c1"), clip("a/2")), (clip("a/1", "c2"),))


def test_the_same_number_in_two_corpora_is_two_subjects() -> None:
    fold = Fold("a/1", (clip("b/1"),), (clip("a/1"),))
    assert fold.test[0].subject != fold.train[0].subject
    assert len(leave_one_subject_out(study(subjects=2))) == 4


def test_leave_one_subject_out_names_each_fold_by_who_is_held_out() -> None:
    for fold in leave_one_subject_out(study()):
        assert {one.subject for one in fold.test} == {fold.name}


@pytest.mark.parametrize("side", ["train", "test"])
def test_an_empty_side_is_refused(side: str) -> None:
    sides = {"train": (clip("a/1"),), "test": (clip("a/2"),), side: ()}
    with pytest.raises(InputError, match=f"no clip to {side} on"):
        Fold("empty", **sides)


def test_one_subject_cannot_be_left_out() -> None:
    with pytest.raises(InputError, match=r"of 1 subject \(a/0\); this protocol wants at least 2"):
        leave_one_subject_out(study(("a",), subjects=1))


@pytest.mark.parametrize("scheme", ["composite", "across-corpora", "leave-one-corpus-out"])
def test_one_corpus_does_not_make_a_cross_corpus_study(scheme: str) -> None:
    with pytest.raises(InputError, match=r"of 1 corpus \(a\)"):
        make_folds(study(("a",)), ProtocolConfig(scheme))  # type: ignore[arg-type]


def test_subject_folds_hold_each_subject_out_once_and_repeat_with_the_seed() -> None:
    clips = study(subjects=5)
    folds = subject_folds(clips, 5, seed=3)
    held = [sorted({one.subject for one in fold.test}) for fold in folds]
    assert sorted(chain.from_iterable(held)) == sorted({one.subject for one in clips})
    assert folds == subject_folds(clips, 5, seed=3)
    assert folds != subject_folds(clips, 5, seed=4)


def test_more_folds_than_subjects_are_refused() -> None:
    with pytest.raises(InputError, match=r"of 2 subjects .* wants at least 3"):
        subject_folds(study(("a",), subjects=2), 3, seed=0)


def test_a_class_rarer_than_the_folds_is_named() -> None:
    clips = [*study(), clip("a/0", "odd", "fear")]
    with pytest.raises(InputError, match="fewer clips than the 3 folds for fear"):
        subject_folds(clips, 3, seed=0)


def test_across_corpora_trains_on_one_and_tests_on_another_both_ways() -> None:
    folds = across_corpora(study(("a", "b", "c")))
    assert [fold.name for fold in folds] == [
        *("a to b", "a to c", "b to a", "b to c", "c to a", "c to b")
    ]
    assert {one.subject[0] for one in folds[0].train} == {"a"}
    assert {one.subject[0] for one in folds[0].test} == {"b"}


def test_leaving_a_corpus_out_trains_on_all_others() -> None:
    first = make_folds(study(("a", "b", "c")), ProtocolConfig("leave-one-corpus-out"))[0]
    assert {one.subject[0] for one in first.train} == {"b", "c"}
    assert first.name == "a"


def test_an_emotion_that_no_training_clip_shows_is_listed() -> None:
    clips = [*study(("a",)), clip("a/0", "odd", "fear")]
    first, *others = leave_one_subject_out(clips)
    assert first.unseen_emotions == ("fear",)
    assert all(fold.unseen_emotions == () for fold in others)


def test_a_clip_listed_twice_is_refused() -> None:
    with pytest.raises(InputError, match="clip a/0/negative0 is listed 2 times"):
        make_folds([*study(), study()[0]], ProtocolConfig())


def test_an_unknown_scheme_is_named_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"scheme is \"loso\"; wanted one of leave-one-subject-"):
        read_settings({"scheme": "loso"}, ProtocolConfig)


def test_an_official_split_trains_on_its_training_part_and_tests_on_each_other() -> None:
    clips = study(("d",), subjects=6)
    names = ("training", "training", "training", "testA", "testA", "testB")
    parts = {one.key: names[int(one.subject[-1])] for one in clips}
    folds = make_folds(clips, ProtocolConfig("official-split"), parts)
    assert [fold.name for fold in folds] == ["testA", "testB"]
    assert {one.subject for one in folds[0].test} == {"d/3", "d/4"}
    for fold in folds:
        assert {one.subject for one in fold.train} == {"d/0", "d/1", "d/2"}


def test_an_official_split_with_a_subject_on_both_sides_is_refused_by_name() -> None:
    clips = study(("d",), subjects=2)
    parts = {one.key: "testA" if one.name == "surprise1" else "training" for one in clips}
    with pytest.raises(InputError, match="fold testA has d/0, d/1 on both sides"):
        make_folds(clips, ProtocolConfig("official-split"), parts)


def test_clips_without_an_official_split_are_refused() -> None:
    with pytest.raises(
        InputError, match="are in no part of an official split, first a/0/negative0"
    ):
        make_folds(study(), ProtocolConfig("official-split"))


def test_settings_without_effect_are_known() -> None:
    assert ProtocolConfig("leave-one-subject-out").idle == ("folds", "seed")
    assert ProtocolConfig("subject-folds").idle == ()


def test_every_two_groups_are_held_out_together_once() -> None:
    clips = study(subjects=5)
    folds = subject_pairs(clips, 5, seed=3)
    assert len(folds) == 10
    held = [{one.subject for one in fold.test} for fold in folds]
    assert all(len(subjects) == 4 for subjects in held)
    assert len({frozenset(subjects) for subjects in held}) == 10
    for one in clips:
        assert sum(one.subject in subjects for subjects in held) == 4
    assert [fold.test for fold in folds] != [fold.test for fold in subject_pairs(clips, 5, seed=4)]
