"""Films that wait, are cancelled, fail, expire; with real processes."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hard_work
import pytest

from smastn.errors import InputError
from smastn.server.jobs import Busy, Jobs
from smastn.server.limits import Limits
from smastn.server.upload_store import Job, Store


def bring(jobs: Jobs, film: Path, name: str = "an interview.mp4") -> Job:
    job = jobs.arrive(name, 0.5)
    jobs.store.upload(job.id).write_bytes(film.read_bytes())
    return jobs.take(job)


def wait_for(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def state_of(jobs: Jobs, job: Job) -> Any:
    found = jobs.job(job.id)
    return found and found.state


def test_a_film_that_crashes_its_reader_fails_and_the_next_is_taken(
    tmp_path: Path, film: Path
) -> None:
    jobs = Jobs(Store(tmp_path), Limits(), analyse=hard_work.crash)
    for _ in range(2):
        job = bring(jobs, film)
        wait_for(lambda job=job: state_of(jobs, job) == "failed")
        failed = jobs.job(job.id)
        assert failed is not None and "signal 11" in failed.reason
        wait_for(lambda job=job: not jobs.store.upload(job.id).exists())


def test_cancelling_ends_the_work_and_deletes_the_film(tmp_path: Path, film: Path) -> None:
    jobs = Jobs(Store(tmp_path), Limits(), analyse=hard_work.hang)
    first, second = bring(jobs, film), bring(jobs, film)
    wait_for(lambda: jobs.described(first).get("progress", {}).get("total") == 2)
    assert jobs.described(second)["before_it"] == 1
    for job in (first, second):
        jobs.cancel(job)
        assert state_of(jobs, job) == "cancelled"
        wait_for(lambda job=job: not jobs.store.upload(job.id).exists())
    third = bring(jobs, film)
    wait_for(lambda: state_of(jobs, third) == "working")
    jobs.close()


def test_deleting_while_it_is_worked_on_leaves_nothing(tmp_path: Path, film: Path) -> None:
    jobs = Jobs(Store(tmp_path), Limits(), analyse=hard_work.hang)
    job = bring(jobs, film)
    wait_for(lambda: state_of(jobs, job) == "working")
    jobs.delete(job)
    assert jobs.job(job.id) is None
    wait_for(lambda: not any(tmp_path.iterdir()))


def test_films_go_after_the_stated_time_without_use(tmp_path: Path, film: Path) -> None:
    jobs = Jobs(Store(tmp_path), Limits(keep_hours=2.0), analyse=hard_work.leave)
    job = bring(jobs, film)
    wait_for(lambda: state_of(jobs, job) == "failed")
    stated = jobs.described(job)["deleted_at"]
    assert stated - time.time() == pytest.approx(7200, abs=60)
    jobs.expire(stated - 1)
    assert jobs.listed()
    jobs.job(job.id)  # it is looked at, so its time begins anew
    jobs.expire(stated + 100)
    assert not jobs.listed()
    assert not any(tmp_path.iterdir())


def test_there_is_room_for_so_many_films_and_no_more(tmp_path: Path) -> None:
    jobs = Jobs(Store(tmp_path), Limits(jobs=3, uploads=2))
    one, _ = jobs.arrive("a", 0.5), jobs.arrive("b", 0.5)
    with pytest.raises(Busy, match="2 films are coming in"):
        jobs.arrive("c", 0.5)
    jobs.give_up(one)
    jobs.arrive("c", 0.5)
    assert len(list(tmp_path.iterdir())) == 2


def test_what_is_no_film_is_refused_by_the_name_its_user_knows(tmp_path: Path) -> None:
    jobs = Jobs(Store(tmp_path), Limits())
    job = jobs.arrive("holiday.mp4", 0.5)
    jobs.store.upload(job.id).write_bytes(b"no film")
    with pytest.raises(InputError) as refused:
        jobs.take(job)
    assert str(refused.value).startswith("holiday.mp4 is not a video")
    assert str(tmp_path) not in str(refused.value)
