"""Import order of the subpackages, no import circle, unique file names, module docstrings."""

import ast
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "smastn"
ORDER = [
    *("errors", "extensions", "config", "files", "assets", "workers", "html_templates"),
    *("media", "corpora", "faces", "inputs", "synthesis", "methods", "training", "spotting"),
    *("evaluation", "analysis", "api", "terminal", "commands", "server", "cli"),
]
FILES = sorted(SOURCE.rglob("*.py"))


def room_of(path: Path) -> str:
    first = path.relative_to(SOURCE).parts[0]
    room = first.removesuffix(".py")
    return "cli" if room == "__main__" else room


def rooms_imported(tree: ast.AST) -> set[str]:
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            module = node.module or ""
            names += [f"{module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    rooms = {name.split(".")[1] for name in names if name.startswith("smastn.")}
    return rooms - {"__version__"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_room_imports_only_rooms_before_it(path: Path) -> None:
    room = room_of(path)
    if room == "__init__":
        assert not rooms_imported(ast.parse(path.read_text()))
        return
    assert room in ORDER, f"{room} is no room of the house; add it to the map or move it"
    later = {
        other
        for other in rooms_imported(ast.parse(path.read_text()))
        if ORDER.index(other) > ORDER.index(room)
    }
    assert not later, f"{path.name} is in {room} and imports {sorted(later)}, which come after it"


def test_the_check_sees_an_import_inside_a_function() -> None:
    tree = ast.parse("def f():\n    from smastn import cli\n")
    assert rooms_imported(tree) == {"cli"}


def module_of(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


def modules_imported(tree: ast.AST) -> set[str]:
    """The modules of this package that are imported, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                names.add(full if full in MODULES else str(node.module))
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return names & set(MODULES) - {"smastn"}  # the package itself holds the version alone


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {name: modules_imported(ast.parse(path.read_text())) for name, path in MODULES.items()}
    TopologicalSorter(graph).prepare()  # raises a CycleError that names the modules


def test_no_file_name_occurs_twice() -> None:
    names = Counter(path.name for path in FILES if path.name != "__init__.py")
    assert not [name for name, count in names.items() if count > 1]


def test_every_module_has_a_docstring() -> None:
    assert not [
        name for name, path in MODULES.items() if not ast.get_docstring(ast.parse(path.read_text()))
    ]


def test_the_check_sees_a_module_imported_from_its_package() -> None:
    assert modules_imported(ast.parse("def f():\n    from smastn import files")) == {"smastn.files"}
