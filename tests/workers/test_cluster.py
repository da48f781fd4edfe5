"""Work over a real Ray cluster of two nodes, one of which dies."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy import ndarray

from smastn.errors import ConfigError, InputError
from smastn.workers import Cluster, on_each_machine, ray_connection, run_tasks

pytestmark = pytest.mark.usefixtures("bounded")


@pytest.fixture
def executor(ray_cluster: Any, second_node: Any) -> Cluster:
    del second_node
    return Cluster(ray_cluster.address)


def node() -> str:
    import ray

    return ray.get_runtime_context().get_node_id()


def square(offset: int, number: int) -> tuple[int, str]:
    return number * number + offset, node()


def hang_on(victim: str, mark: Path, number: int) -> int:
    if node() == victim:
        mark.touch()
        time.sleep(120)
    while not mark.exists():  # Ray would else give all to the machine that began first
        time.sleep(0.05)
    return number * number


def variable(name: str) -> str | None:
    return os.environ.get(name)


def fail(number: int) -> int:
    raise InputError(f"task {number} cannot be done")


def leave(number: int) -> int:
    os._exit(1)
    return number


def total(pixels: ndarray, number: int) -> tuple[int, bool]:
    return int(pixels.sum()) + number, pixels.flags.owndata


def kill_when(mark: Path, one: Any) -> None:
    while not mark.exists():
        time.sleep(0.05)
    os.kill(one.all_processes["raylet"][0].process.pid, signal.SIGKILL)


def test_every_task_is_done_once_and_every_node_works(executor: Cluster) -> None:
    results = dict(run_tasks(partial(square, 5), range(40), executor))
    assert {index: value for index, (value, _) in results.items()} == {
        index: index * index + 5 for index in range(40)
    }
    assert len(set(on_each_machine(node, executor))) == 2


def test_a_task_on_a_machine_that_dies_is_done_elsewhere_and_reported(
    ray_cluster: Any, second_node: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    mark, told = tmp_path / "begun", {}
    killer = threading.Thread(target=kill_when, args=(mark, second_node), daemon=True)
    killer.start()
    work = partial(hang_on, second_node.node_id, mark)
    results = dict(
        run_tasks(work, range(8), Cluster(ray_cluster.address), on_lost=told.__setitem__)
    )
    killer.join()
    assert results == {index: index * index for index in range(8)}
    assert told
    assert all(how in ("its machine was lost", "its process ended") for how in told.values())
    assert capfd.readouterr() == ("", "")  # Ray would print the machine's last words


def test_a_task_that_ends_every_worker_is_given_up_with_what_to_do(ray_cluster: Any) -> None:
    told: list[int] = []
    lost = run_tasks(
        leave, range(1), Cluster(ray_cluster.address), on_lost=lambda at, _: told.append(at)
    )
    with pytest.raises(InputError, match=r"task 1 of 1 was lost 3 times.* its process ended"):
        dict(lost)
    assert told == [0, 0]


def test_an_error_of_the_work_comes_through_as_it_is(ray_cluster: Any) -> None:
    with pytest.raises(InputError, match=r"^task \d cannot be done$"):
        dict(run_tasks(fail, range(3), Cluster(ray_cluster.address)))


def test_what_all_share_is_mapped_in_a_worker_and_not_copied(ray_cluster: Any) -> None:
    pixels = np.ones((300, 300), np.uint8)
    results = dict(run_tasks(partial(total, pixels), range(3), Cluster(ray_cluster.address)))
    assert results == {index: (90_000 + index, False) for index in range(3)}


def test_a_task_without_a_gpu_sees_none(ray_cluster: Any) -> None:
    (seen,) = dict(
        run_tasks(variable, ["CUDA_VISIBLE_DEVICES"], Cluster(ray_cluster.address))
    ).values()
    assert seen == ""


def test_a_share_of_a_gpu_is_given_and_more_than_there_is_is_refused(
    ray_cluster: Any, second_node: Any
) -> None:
    quarter = Cluster(ray_cluster.address, gpus=0.25)
    results = dict(run_tasks(partial(square, 0), range(3), quarter))
    assert {where for _, where in results.values()} == {second_node.node_id}
    with pytest.raises(InputError, match=r"none of the 2 machines .* a core and 2 GPU .*at most 1"):
        dict(run_tasks(partial(square, 0), range(3), Cluster(ray_cluster.address, gpus=2.0)))


def test_tasks_at_once_are_limited_by_cores_and_whole_gpus() -> None:
    def count(cores: float, gpus: float, share: float) -> int:
        return ray_connection.tasks_at_once({"CPU": cores, "GPU": gpus}, share)

    assert count(8.0, 0.0, 0.0) == 8
    assert count(8.0, 2.0, 0.1) == 8
    assert count(64.0, 2.0, 0.1) == 20
    assert count(64.0, 3.0, 0.6) == 3  # two fifths of each stay idle
    assert count(64.0, 5.0, 2.0) == 2
    assert count(0.0, 5.0, 1.0) == 0


@pytest.mark.parametrize("gpus", [-0.5, 1.5, float("nan")])
def test_a_share_that_cannot_be_is_refused(gpus: float) -> None:
    with pytest.raises(ConfigError, match="wanted a fraction between 0 and 1, or a whole number"):
        Cluster("auto", gpus)


def test_other_versions_on_a_machine_are_refused_by_name() -> None:
    ray_connection.check_versions(ray_connection.versions())
    with pytest.raises(InputError, match=r"has torch \S+ for 1\.0; wanted the same versions"):
        ray_connection.check_versions(ray_connection.versions() | {"torch": "1.0"})


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("nonsense", "nonsense is no address of a Ray cluster; wanted HOST:PORT"),
        ("127.0.0.1:1", "nothing answers at 127.0.0.1:1 .* start one with ray start --head"),
        ("ray://127.0.0.1:1", "nothing answers at ray://127.0.0.1:1 "),
    ],
)
def test_an_address_where_nothing_is_is_refused_at_once(address: str, sentence: str) -> None:
    began = time.monotonic()
    with pytest.raises(InputError, match=sentence):
        ray_connection.require_reachable(address)
    assert time.monotonic() - began < 20


def test_an_address_where_something_else_is_is_refused_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ray_connection, "_HEALTH_SECONDS", 2)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(InputError, match="is no Ray cluster of this version"),
    ):
        ray_connection.require_reachable(f"127.0.0.1:{silent.getsockname()[1]}")


def test_a_missing_package_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_connection, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"is not installed; .* 'smastn\[cluster\]'"):
        dict(run_tasks(fail, range(1), Cluster("auto")))


def test_nothing_of_ray_is_imported_unless_asked_for() -> None:
    listing = (
        "import sys; from smastn.workers import Processes, keep_connected, run_tasks; "
        "import smastn.evaluation.run, smastn.commands.evaluation_commands; "
        "list(run_tasks(abs, [1, 2], Processes(1))); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", listing], capture_output=True, text=True, check=True
    )
    assert not [name for name in done.stdout.split() if name.split(".")[0] == "ray"]
