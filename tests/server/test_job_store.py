from dataclasses import replace
from pathlib import Path

import pytest

from smastn.server.job_store import RESULT, UPLOAD, JobStore, display_name


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
def test_a_display_name_is_one_line_and_not_a_path(sent: str, shown: str) -> None:
    assert display_name(sent) == shown


def test_a_long_name_keeps_its_beginning_and_end() -> None:
    name = display_name("x" * 5000 + " take 12.mp4")
    assert len(name) <= 80
    assert name.startswith("xxx") and name.endswith("12.mp4")


def test_folders_have_random_names_and_only_their_owner_has_access(tmp_path: Path) -> None:
    store = JobStore(tmp_path / "jobs")
    ids = {store.new("same name", 0.5).id for _ in range(20)}
    assert len(ids) == 20
    assert (tmp_path / "jobs").stat().st_mode & 0o077 == 0
    for job_id in ids:
        assert store.folder(job_id).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("wrong", ["..", "a" * 31, "A" * 32, "../" + "a" * 29, "a" * 32 + "\n", ""])
def test_only_an_id_names_a_folder(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ValueError, match="not the id"):
        JobStore(tmp_path).folder(wrong)


def test_finished_jobs_are_loaded_and_unfinished_ones_deleted(tmp_path: Path) -> None:
    store = JobStore(tmp_path)
    done, waiting, broken = (store.new(name, 0.5) for name in ("done", "waiting", "broken"))
    store.save(replace(done, state="done"))
    store.save(waiting)
    (store.folder(broken.id) / "job.json").write_text("{", encoding="utf-8")
    (tmp_path / "not ours").mkdir()
    assert [job.name for job in JobStore(tmp_path).load_finished()] == ["done"]
    assert {path.name for path in tmp_path.iterdir()} == {done.id, "not ours"}


def test_deleting_films_leaves_a_record_and_deleting_leaves_nothing(tmp_path: Path) -> None:
    store = JobStore(tmp_path)
    job = store.new("film", 0.5)
    store.save(job)
    (store.folder(job.id) / UPLOAD).write_bytes(b"film")
    (store.folder(job.id) / RESULT).mkdir()
    store.delete_films(job.id)
    assert [path.name for path in store.folder(job.id).iterdir()] == ["job.json"]
    store.delete(job.id)
    assert not store.folder(job.id).exists()
