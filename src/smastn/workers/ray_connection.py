"""Joining a Ray cluster: whatever can be wrong with it is said within seconds."""

import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from smastn.errors import ConfigError, InputError
from smastn.workers.executors import Cluster

CLIENT = "ray://"
"""Begins the address of a cluster that this machine is not part of."""

_PATIENCE = 5  # s, for a connection to be made
_LONGER_PATIENCE = 20  # s, for a head to say that it is one; a process is started to ask
_ROUNDING = 1e-4  # Ray counts shares in ten-thousandths
_SAME_ANSWERS = ("smastn", "torch", "numpy", "opencv-python-headless")


@contextmanager
def connected(cluster: Cluster) -> Iterator[None]:
    """Be part of the cluster inside; a program that has joined one itself stays with that.

    Raises:
        ConfigError: Ray is not installed.
        InputError: the cluster cannot be reached, has other versions, or no machine that fits.
    """
    if find_spec("ray") is None:
        raise ConfigError(
            "--ray needs the package ray, which is not installed; "
            "install it with: pip install 'smastn[cluster]'"
        )
    keep_ray_quiet()
    import ray

    if ray.is_initialized():
        require_places(cluster)
        yield
        return
    _join(cluster.address)
    try:
        require_places(cluster)
        yield
    finally:
        ray.shutdown()


def keep_ray_quiet() -> None:
    """Keep Ray from telling its makers of us, and from writing where we do.

    When a machine is lost, its last log lines would land on stdout, in colour and in the middle
    of our JSON; log_to_driver=False does not hold them back, a documented filter of log lines
    does. Ray reads it when it is imported. Whoever spreads work is told of lost tasks by us.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_DEDUP_LOGS_SKIP_REGEX", ".")


def require_places(cluster: Cluster) -> int:
    """How many tasks the cluster can do at once with the machines that it has now.

    Raises:
        InputError: none.
    """
    alive = [resources for _, resources in _machines()]
    places = sum(places_on(resources, cluster.gpus) for resources in alive)
    if not places:
        most = max((resources.get("GPU", 0) for resources in alive), default=0)
        wanted = f"a core and {cluster.gpus:g} GPU" if cluster.gpus else "a core"
        raise InputError(
            f"none of the {len(alive)} machines in the cluster at {cluster.address} has {wanted} "
            f"for a task (at most {most:g} GPU on one); ask for less, or add a machine to it"
        )
    return places


def fitting_nodes(cluster: Cluster) -> list[str]:
    """The identities of the machines that have room for a task."""
    return [name for name, resources in _machines() if places_on(resources, cluster.gpus)]


def versions() -> dict[str, str]:
    """What answers depend on and is installed here, by package; the build is left out."""
    found = {}
    for package in _SAME_ANSWERS:
        try:
            found[package] = version(package).split("+")[0]
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def check_versions(wanted: dict[str, str]) -> None:
    """On a machine of the cluster: make sure that it computes with what the asker has.

    Raises:
        InputError: it has others.
    """
    here = versions()
    others = [
        f"{name} {here[name]} for {want}" for name, want in wanted.items() if here[name] != want
    ]
    if others:
        raise InputError(
            f"{socket.gethostname()} in the cluster has {', '.join(others)}; wanted the same "
            "versions everywhere, for the same answers: install them there, and start again"
        )


def _join(address: str) -> None:
    import ray

    require_reachable(address)
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (Exception, SystemExit) as error:  # Ray raises whatever it has at hand
        reason = " ".join(str(error).split())[:300]
        if "mismatch" in reason:
            raise InputError(
                f"the Ray cluster at {address} has other versions: {reason}; wanted the same "
                "Ray and Python everywhere: install them, and start again"
            ) from error
        raise InputError(
            f"the Ray cluster at {address} could not be joined: {reason}; this machine has to be "
            f"part of it (ray start --address={address}), or be given {CLIENT}HOST:10001"
        ) from error


def require_reachable(address: str) -> None:
    """Make sure that a cluster answers; Ray would wait two minutes, and then end the process.

    Raises:
        InputError: nothing does, or something else.
    """
    address = os.environ.get("RAY_ADDRESS", address) if address == "auto" else address
    if address == "auto":
        return
    host, _, port = address.removeprefix(CLIENT).rpartition(":")
    if not host or not port.isdigit():
        raise InputError(
            f"{address} is no address of a Ray cluster; wanted HOST:PORT, {CLIENT}HOST:PORT or auto"
        )
    try:
        socket.create_connection((host, int(port)), timeout=_PATIENCE).close()
    except (OSError, OverflowError) as error:
        raise InputError(
            f"nothing answers at {address} ({error}); wanted the head of a Ray cluster: start one "
            "with ray start --head, or correct --ray"
        ) from error
    if not address.startswith(CLIENT) and not _is_head(address):
        raise InputError(
            f"what answers at {address} is no Ray cluster of this version; wanted the head of one "
            "(ray start --head says its address): correct --ray"
        )


def _is_head(address: str) -> bool:
    """Asked by a process of its own, since nothing else can be stopped when it hangs."""
    words = [sys.executable, "-m", "ray.scripts.scripts", "health-check", "--address", address]
    try:
        done = subprocess.run(words, capture_output=True, timeout=_LONGER_PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _machines() -> list[tuple[str, dict[str, float]]]:
    """Identity and resources of every machine that is alive."""
    import ray

    return [(node["NodeID"], node["Resources"]) for node in ray.nodes() if node["Alive"]]


def places_on(resources: Mapping[str, float], gpus: float) -> int:
    """How many tasks with that share of a GPU a machine with those resources does at once."""
    cores = int(resources.get("CPU", 0) + _ROUNDING)
    have = resources.get("GPU", 0)
    if not gpus:
        return cores
    if gpus >= 1:
        return min(cores, int(have / gpus + _ROUNDING))
    return min(cores, int(have + _ROUNDING) * int(1 / gpus + _ROUNDING))  # no task has two halves
