"""What users add from outside is found by file, by module or by entry point."""

import pickle
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from smastn.errors import CheckpointError, ConfigError
from smastn.extensions import (
    installed,
    is_reference,
    load_installed,
    load_reference,
    load_trusted,
    reference_to,
    suggestion,
)


def written(folder: Path, text: str, name: str = "my_net.py") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_file_outside_the_package_gives_its_object(tmp_path: Path) -> None:
    path = written(tmp_path, "class Net:\n    answer = 42\n")
    assert load_reference(f"{path}:Net", "a network").answer == 42
    assert load_reference(str(path), "a network", default="Net").answer == 42


def test_the_same_file_gives_the_same_object_and_a_changed_one_another(tmp_path: Path) -> None:
    path = written(tmp_path, "class Net:\n    answer = 42\n")
    first = load_reference(f"{path}:Net", "a network")
    assert load_reference(f"{path}:Net", "a network") is first
    assert type(pickle.loads(pickle.dumps(first()))) is first
    written(tmp_path, "class Net:\n    answer = 43\n")
    assert load_reference(f"{path}:Net", "a network").answer == 43


def test_a_file_may_import_its_neighbour_and_leaves_the_path_alone(tmp_path: Path) -> None:
    written(tmp_path, "layers = 3\n", "my_neighbour.py")
    path = written(tmp_path, "from my_neighbour import layers\n")
    before = list(sys.path)
    assert load_reference(f"{path}:layers", "a number") == 3
    assert sys.path == before


def test_an_installed_module_gives_its_object() -> None:
    assert load_reference("collections:Counter", "a class").__name__ == "Counter"


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        ("{folder}/none.py:Net", r"none\.py is not there; wanted a Python file with a network"),
        ("{folder}/my_net.py:Nett", r"has no Nett; wanted a network.*did you mean Net\?"),
        ("{folder}/my_net.py", r"has no name after the colon; wanted a network"),
        ("{folder}/broken.py:Net", r"broken\.py, line 2 cannot be imported \(ZeroDivisionError"),
        ("{folder}/typo.py:Net", r"typo\.py, line 1 cannot be imported \(SyntaxError"),
        ("no_such_module:Net", r"the module no_such_module cannot be imported"),
    ],
)
def test_a_sentence_says_what_is_wrong(tmp_path: Path, reference: str, sentence: str) -> None:
    written(tmp_path, "class Net:\n    pass\n")
    written(tmp_path, "one = 1\ntwo = one / 0\n", "broken.py")
    written(tmp_path, "class (:\n", "typo.py")
    with pytest.raises(ConfigError, match=sentence):
        load_reference(reference.format(folder=tmp_path), "a network")


def test_an_entry_point_of_a_broken_package_is_a_sentence() -> None:
    point = EntryPoint("net", "no_such_module:Net", "smastn.networks")
    with pytest.raises(ConfigError, match=r"net = no_such_module:Net of smastn\.networks"):
        load_installed(point, "a network")
    assert installed("smastn.no_such_group") == {}


def test_a_misspelt_name_gets_a_suggestion() -> None:
    assert suggestion("casme22", ["casme2", "samm"]) == "; did you mean casme2?"
    assert suggestion("zebra", ["casme2", "samm"]) == ""


def test_a_reference_is_told_from_a_name() -> None:
    assert is_reference("my_net.py:Net")
    assert is_reference("my_corpus.py")
    assert not is_reference("casme2")


RECORD = """
from dataclasses import dataclass
@dataclass(frozen=True, slots=True)
class Record:
    answer: int = 42
    names: tuple = ()
"""


def test_a_dataclass_of_a_file_reaches_a_process_that_has_not_loaded_the_file(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, RECORD)
    record = load_reference(f"{path}:Record", "a record")
    assert reference_to(record) == f"{path}:Record"
    assert pickle.loads(pickle.dumps(record(43))) == record(43)
    read = "import pickle, sys; print(pickle.load(sys.stdin.buffer))"
    sent = pickle.dumps(record(43, ("a",)))
    done = subprocess.run([sys.executable, "-c", read], input=sent, capture_output=True)
    assert done.stdout.decode().strip() == "Record(answer=43, names=('a',))", done.stderr.decode()


def test_code_that_a_checkpoint_names_is_run_only_where_the_caller_names_it_too(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, "raise RuntimeError('it was run')")
    with pytest.raises(CheckpointError, match="my_net.py:Net, whose code is not run"):
        load_trusted(f"{path}:Net", "a network")
    with pytest.raises(CheckpointError, match="trust="):
        load_trusted(f"{path}:Net", "a network", [f"{path}:Other", "other.py:Net"])
    with pytest.raises(ConfigError, match="it was run"):
        load_trusted("/elsewhere/my_net.py:Net", "a network", [f"{path}:Net"])
