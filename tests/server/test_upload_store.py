from dataclasses import replace
from pathlib import Path

import pytest

from smastn.server.upload_store import Store, shown_name


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("interview 07.mp4", "interview 07.mp4"),
        ("../../etc/passwd", "etc passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("a\x00b\nc\u202egpj.exe", "a b c gpj.exe"),
        ("   ", "film"),
        ("..", "film"),
        ("été 映像.mov", "été 映像.mov"),
    ],
)
def test_a_name_is_shown_in_one_line_and_is_no_path(sent: str, shown: str) -> None:
    assert shown_name(sent) == shown


def test_a_long_name_keeps_its_beginning_and_end() -> None:
    name = shown_name("x" * 5000 + " take 12.mp4")
    assert len(name) <= 80
    assert name.startswith("xxx") and name.endswith("12.mp4")


def test_folders_have_names_by_chance_and_open_to_their_owner_alone(tmp_path: Path) -> None:
    store = Store(tmp_path / "jobs")
    ids = {store.new("same name", 0.5).id for _ in range(20)}
    assert len(ids) == 20
    assert (tmp_path / "jobs").stat().st_mode & 0o077 == 0
    for job_id in ids:
        assert store.folder(job_id).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("wrong", ["..", "a" * 31, "A" * 32, "../" + "a" * 29, "a" * 32 + "\n", ""])
def test_only_an_id_is_the_name_of_a_folder(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ValueError, match="no id"):
        Store(tmp_path).folder(wrong)


def test_what_was_done_is_found_again_and_what_was_not_is_deleted(tmp_path: Path) -> None:
    store = Store(tmp_path)
    done, waiting, broken = (store.new(name, 0.5) for name in ("done", "waiting", "broken"))
    store.save(replace(done, state="done"))
    store.save(waiting)
    (store.folder(broken.id) / "job.json").write_text("{", encoding="utf-8")
    (tmp_path / "not ours").mkdir()
    assert [job.name for job in Store(tmp_path).saved()] == ["done"]
    assert {path.name for path in tmp_path.iterdir()} == {done.id, "not ours"}


def test_deleting_films_leaves_a_record_and_deleting_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    job = store.new("film", 0.5)
    store.save(job)
    store.upload(job.id).write_bytes(b"film")
    store.result(job.id).mkdir()
    store.delete_films(job.id)
    assert [path.name for path in store.folder(job.id).iterdir()] == ["job.json"]
    store.delete(job.id)
    assert not store.folder(job.id).exists()
