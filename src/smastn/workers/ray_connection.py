"""Connect to a Ray cluster; whatever prevents it is reported within seconds."""

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
"""Prefix of the address of a cluster that this machine is not part of."""

_CONNECT_SECONDS = 5
_HEALTH_SECONDS = 20  # a process is started for it
_ROUNDING = 1e-4  # Ray counts GPU fractions in ten-thousandths
_SAME_RESULTS = ("smastn", "torch", "numpy", "opencv-python-headless")


@contextmanager
def connected(cluster: Cluster) -> Iterator[None]:
    """Be connected to the cluster inside; an existing connection of the program is kept.

    Raises:
        ConfigError: Ray is not installed.
        InputError: the cluster cannot be reached, has other versions, or no suitable machine.
    """
    if find_spec("ray") is None:
        raise ConfigError(
            "--ray needs the package ray, which is not installed; "
            "install it with: pip install 'smastn[cluster]'"
        )
    keep_ray_quiet()
    import ray

    ours = not ray.is_initialized()
    if ours:
        _connect(cluster.address)
    try:
        suitable_machines(cluster)
        yield
    finally:
        if ours:
            ray.shutdown()


def keep_ray_quiet() -> None:
    """Switch off Ray's usage statistics and the log lines that it copies to stdout.

    When a machine is lost, its last log lines would land on stdout, in colour and in the middle
    of our JSON; log_to_driver=False does not stop them, a documented filter of log lines does.
    Ray reads both variables when it is imported.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_DEDUP_LOGS_SKIP_REGEX", ".")


def suitable_machines(cluster: Cluster) -> dict[str, int]:
    """How many tasks each machine of the cluster can run at once, by its identity.

    Raises:
        InputError: no machine that is alive can run one.
    """
    import ray

    machines = {one["NodeID"]: one["Resources"] for one in ray.nodes() if one["Alive"]}
    tasks = {name: tasks_at_once(resources, cluster.gpus) for name, resources in machines.items()}
    suitable = {name: count for name, count in tasks.items() if count}
    if not suitable:
        most = max((resources.get("GPU", 0) for resources in machines.values()), default=0)
        wanted = f"a core and {cluster.gpus:g} GPU" if cluster.gpus else "a core"
        raise InputError(
            f"none of the {len(machines)} machines in the cluster at {cluster.address} has "
            f"{wanted} for a task (at most {most:g} GPU on one); request less, or add a machine"
        )
    return suitable


def versions() -> dict[str, str]:
    """The installed versions of packages that results depend on, without build tags."""
    found = {}
    for package in _SAME_RESULTS:
        try:
            found[package] = version(package).split("+")[0]
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def check_versions(wanted: dict[str, str]) -> None:
    """On a machine of the cluster: require the versions of the machine that submits.

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
            "versions everywhere, for the same results: install them there, and start again"
        )


def _connect(address: str) -> None:
    import ray

    require_reachable(address)
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (Exception, SystemExit) as error:  # Ray raises many kinds
        reason = " ".join(str(error).split())[:300]
        if "mismatch" in reason:
            raise InputError(
                f"the Ray cluster at {address} has other versions: {reason}; wanted the same "
                "Ray and Python everywhere: install them, and start again"
            ) from error
        raise InputError(
            f"the connection to the Ray cluster at {address} failed: {reason}; make this machine "
            f"part of it (ray start --address={address}), or give {CLIENT}HOST:10001"
        ) from error


def require_reachable(address: str) -> None:
    """Make sure that a cluster answers; Ray would wait two minutes, and then end the process.

    Raises:
        InputError: nothing answers, or something else does.
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
        socket.create_connection((host, int(port)), timeout=_CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise InputError(
            f"nothing answers at {address} ({error}); wanted the head of a Ray cluster: start one "
            "with ray start --head, or correct --ray"
        ) from error
    if not address.startswith(CLIENT) and not _is_head(address):
        raise InputError(
            f"what answers at {address} is no Ray cluster of this version; wanted the head of one "
            "(ray start --head prints its address): correct --ray"
        )


def _is_head(address: str) -> bool:
    """Whether Ray's health check passes, run in a process since only that can be stopped."""
    words = [sys.executable, "-m", "ray.scripts.scripts", "health-check", "--address", address]
    try:
        done = subprocess.run(words, capture_output=True, timeout=_HEALTH_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def tasks_at_once(resources: Mapping[str, float], gpus: float) -> int:
    """How many tasks with this share of a GPU a machine with these resources runs at once."""
    cores = int(resources.get("CPU", 0) + _ROUNDING)
    have = resources.get("GPU", 0)
    if not gpus:
        return cores
    if gpus >= 1:
        return min(cores, int(have / gpus + _ROUNDING))
    return min(cores, int(have + _ROUNDING) * int(1 / gpus + _ROUNDING))  # no task spans two GPUs
