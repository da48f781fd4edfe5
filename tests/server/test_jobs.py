"""Films that wait, fail, expire or are cancelled, with real processes."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import misbehaving_work
import numpy as np
import pytest
from server_fixtures import FRAMES

from smastn.errors import InputError
from smastn.media.frames import read_frames
from smastn.server import coding_routes
from smastn.server.job_store import UPLOAD, Job, JobStore
from smastn.server.jobs import Busy, Jobs
from smastn.server.limits import Limits


def upload(jobs: Jobs, film: Path, name: str = "an interview.mp4") -> Job:
    job = jobs.reserve(name, 0.5)
    (jobs.store.folder(job.id) / UPLOAD).write_bytes(film.read_bytes())
    return jobs.submit(job)


def wait_for(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def state_of(jobs: Jobs, job: Job) -> Any:
    found = jobs.find(job.id)
    return found and found.state


def test_a_film_that_crashes_its_reader_fails_and_the_next_is_taken(
    tmp_path: Path, film: Path
) -> None:
    jobs = Jobs(JobStore(tmp_path), Limits(), analyse=misbehaving_work.crash)
    for _ in range(2):
        job = upload(jobs, film)
        wait_for(lambda job=job: state_of(jobs, job) == "failed")
        failed = jobs.find(job.id)
        assert failed is not None and "signal 11" in failed.reason
        wait_for(lambda job=job: not (jobs.store.folder(job.id) / UPLOAD).exists())


def test_cancelling_ends_the_work_and_deletes_the_film(tmp_path: Path, film: Path) -> None:
    jobs = Jobs(JobStore(tmp_path), Limits(), analyse=misbehaving_work.hang)
    first, second = upload(jobs, film), upload(jobs, film)
    wait_for(lambda: jobs.describe(first).get("progress", {}).get("total") == 2)
    assert jobs.describe(second)["films_before"] == 1
    for job in (first, second):
        jobs.cancel(job)
        assert state_of(jobs, job) == "cancelled"
        wait_for(lambda job=job: not (jobs.store.folder(job.id) / UPLOAD).exists())
    third = upload(jobs, film)
    wait_for(lambda: state_of(jobs, third) == "working")
    jobs.close()


def test_results_are_there_while_the_magnified_film_is_drawn_and_stay_if_the_server_ends(
    tmp_path: Path, film: Path
) -> None:
    jobs = Jobs(JobStore(tmp_path), Limits(), analyse=misbehaving_work.draw_for_ever)
    job = upload(jobs, film)
    assert not jobs.describe(job)["ready"]
    wait_for(lambda: jobs.describe(job).get("progress", {}).get("step") == "rendering")
    shown = jobs.describe(job)
    assert shown["state"] == "working" and shown["ready"]
    assert shown["progress"]["done"] == 10
    found = coding_routes.analysis(job, jobs)
    assert found["films"] == ["original.mp4"]
    frames = read_frames(jobs.store.folder(job.id) / "original.mp4")
    assert len(frames) == found["video"]["frames"] == FRAMES
    assert np.abs(frames[50].astype(int) - read_frames(film, 50, 50)[0]).mean() < 4
    assert coding_routes.coding(job, jobs)["intervals"]
    jobs.close()
    (kept,) = Jobs(JobStore(tmp_path), Limits()).all()
    assert (kept.id, kept.state) == (job.id, "done")
    assert kept.reason == "The server ended before the magnified film was drawn."


def test_results_stay_if_the_magnified_film_cannot_be_drawn(tmp_path: Path, film: Path) -> None:
    jobs = Jobs(JobStore(tmp_path), Limits(), analyse=misbehaving_work.fail_to_draw)
    job = upload(jobs, film)
    wait_for(lambda: state_of(jobs, job) == "done")
    shown = jobs.describe(job)
    assert shown["ready"] and shown["reason"].endswith("could not be drawn: the disk is full.")
    wait_for(lambda: not (jobs.store.folder(job.id) / UPLOAD).exists())


def test_deleting_during_the_analysis_leaves_nothing(tmp_path: Path, film: Path) -> None:
    jobs = Jobs(JobStore(tmp_path), Limits(), analyse=misbehaving_work.hang)
    job = upload(jobs, film)
    wait_for(lambda: state_of(jobs, job) == "working")
    jobs.delete(job)
    assert jobs.find(job.id) is None
    wait_for(lambda: not any(tmp_path.iterdir()))


def test_films_are_deleted_after_the_stated_time_without_use(tmp_path: Path, film: Path) -> None:
    jobs = Jobs(JobStore(tmp_path), Limits(keep_hours=2.0), analyse=misbehaving_work.leave)
    job = upload(jobs, film)
    wait_for(lambda: state_of(jobs, job) == "failed")
    stated = jobs.describe(job)["deleted_at"]
    assert stated - time.time() == pytest.approx(7200, abs=60)
    jobs.expire(stated - 1)
    assert jobs.all()
    jobs.find(job.id)  # this counts as use
    jobs.expire(stated + 100)
    assert not jobs.all()
    assert not any(tmp_path.iterdir())


def test_the_number_of_films_is_limited(tmp_path: Path) -> None:
    jobs = Jobs(JobStore(tmp_path), Limits(jobs=3, uploads=2))
    one, _ = jobs.reserve("a", 0.5), jobs.reserve("b", 0.5)
    with pytest.raises(Busy, match="2 films are being uploaded"):
        jobs.reserve("c", 0.5)
    jobs.discard(one)
    jobs.reserve("c", 0.5)
    assert len(list(tmp_path.iterdir())) == 2


def test_the_error_for_an_invalid_film_has_its_display_name(tmp_path: Path) -> None:
    jobs = Jobs(JobStore(tmp_path), Limits())
    job = jobs.reserve("holiday.mp4", 0.5)
    (jobs.store.folder(job.id) / UPLOAD).write_bytes(b"no film")
    with pytest.raises(InputError) as refused:
        jobs.submit(job)
    assert str(refused.value).startswith("holiday.mp4 is not a readable video")
    assert str(tmp_path) not in str(refused.value)
