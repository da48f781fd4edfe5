"""Work over a real Ray cluster of two nodes, one of which dies."""

import os
import signal
import time
from functools import partial
from typing import Any

import pytest

from smastn.workers import Cluster, everywhere, spread


@pytest.fixture
def crew(ray_cluster: Any, second_node: Any) -> Cluster:
    del second_node
    return Cluster(ray_cluster.address)


def node() -> str:
    import ray

    return ray.get_runtime_context().get_node_id()


def square(offset: int, number: int) -> tuple[int, str]:
    time.sleep(0.2)
    return number * number + offset, node()


def kill_raylet(one: Any) -> None:
    os.kill(one.all_processes["raylet"][0].process.pid, signal.SIGKILL)


def test_every_task_is_done_once_and_every_node_works(crew: Cluster) -> None:
    results = dict(spread(partial(square, 5), range(12), crew))
    assert {index: value for index, (value, _) in results.items()} == {
        index: index * index + 5 for index in range(12)
    }
    assert {where for _, where in results.values()} == set(everywhere(node, crew))
    assert len(everywhere(node, crew)) == 2


def test_tasks_of_a_node_that_dies_are_done_elsewhere_and_it_is_told(
    ray_cluster: Any, second_node: Any
) -> None:
    told: dict[int, str] = {}
    crew = Cluster(ray_cluster.address)
    results, killed = {}, False
    for index, (value, where) in spread(partial(square, 0), range(20), crew, tell=told.__setitem__):
        results[index] = value
        if where == second_node.node_id and not killed:
            kill_raylet(second_node)
            killed = True
    assert results == {index: index * index for index in range(20)}
    assert told
    assert all(how in ("its machine was lost", "its process ended") for how in told.values())
