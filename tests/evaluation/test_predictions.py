"""predictions.csv: the same predictions are the same bytes, and contradictions are refused."""

from pathlib import Path

import pytest

from smastn.errors import InputError
from smastn.evaluation.predictions import Prediction, predictions_csv, read_predictions

ROWS = [
    Prediction("casme2/01", "EP02_01f", 0, "casme2/01", "a", "a", {"a": 2 / 3, "b": 1 / 3}),
    Prediction("casme2/01", 'odd, "name"', 0, "casme2/01", "a", "b", {"a": 0.25, "b": 0.75}),
    Prediction("samm/006", "006_1_2", 1, "samm/006", "b", "b"),
]


def test_what_is_written_reads_back_and_writes_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "predictions.csv"
    path.write_text(predictions_csv(ROWS))
    back = read_predictions(path)
    assert predictions_csv(back) == path.read_text()
    assert [row.key for row in back] == [row.key for row in ROWS]
    assert back[2] == ROWS[2]
    assert back[0].probabilities == pytest.approx(ROWS[0].probabilities, abs=1e-6)


def test_a_row_tells_corpus_and_subject_and_keeps_leading_zeros() -> None:
    head, first, *_, last = predictions_csv(ROWS).splitlines()
    assert head == "corpus,subject,clip,seed,fold,truth,predicted,p_a,p_b"
    assert first == "casme2,casme2/01,EP02_01f,0,casme2/01,a,a,0.666667,0.333333"
    assert last == "samm,samm/006,006_1_2,1,samm/006,b,b,,"


@pytest.mark.parametrize(
    ("probabilities", "sentence"),
    [
        ({"a": 0.5, "b": 0.2}, "sum to 0.7000, wanted 1"),
        ({"a": 0.2, "b": 0.8}, "a was predicted though another emotion is more probable"),
        ({"a": 1.5, "b": -0.5}, "negative or no number"),
        ({"a": float("nan"), "b": 0.5}, "negative or no number"),
    ],
)
def test_an_answer_that_contradicts_itself_cannot_exist(
    probabilities: dict[str, float], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        Prediction("x/1", "c", 0, "x/1", "a", "a", probabilities)


def test_a_table_of_another_kind_is_refused_with_the_missing_columns(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("subject,clip\nx/1,c\n")
    with pytest.raises(InputError, match="no column corpus, seed, fold, truth, predicted"):
        read_predictions(path)


def test_a_broken_row_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "predictions.csv"
    path.write_text(predictions_csv(ROWS).replace("0.666667", "much"))
    with pytest.raises(InputError, match="line 2: .*much"):
        read_predictions(path)
