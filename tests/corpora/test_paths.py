"""Paths may be text or `Path` in every public function of media and corpora."""

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import numpy as np
import pytest

import smastn.corpora
import smastn.media
from smastn.corpora.audit import audit
from smastn.corpora.catalogue import looks_like, read_corpus
from smastn.corpora.clip import Clip
from smastn.corpora.flow_images import flow_clips, flow_images
from smastn.corpora.manifest import read_manifest, write_manifest
from smastn.corpora.selection import DataConfig, classified_clips, select_clips
from smastn.corpora.sheets import read_sheets
from smastn.corpora.tables import Column, read_positions, read_table
from smastn.corpora.xlsx import read_xlsx
from smastn.media.container import open_container, read_header
from smastn.media.encoding import film_writer, write_video
from smastn.media.film_folder import film_bytes, films_in
from smastn.media.frame_folders import (
    files_named,
    folder_entries,
    index_frames,
    numbered_images,
    subfolders,
)
from smastn.media.frames import open_frames, read_frames, require_frames
from smastn.media.image_files import read_image, read_images

INSIDE = {"release_layout", "shared_reading", "grid", "readers", "video"}
"""Modules whose functions are called by readers, with the root that `read_corpus` gives them."""


def modules(package: ModuleType) -> list[ModuleType]:
    infos = pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
    return [importlib.import_module(info.name) for info in infos]


def path_functions() -> dict[str, set[Any]]:
    """Public functions that take a path, and the types of their parameters."""
    found = {}
    for module in (*modules(smastn.media), *modules(smastn.corpora)):
        for name, wrapped in inspect.getmembers(module, inspect.isfunction):
            function = inspect.unwrap(wrapped)
            inside = module.__name__.rpartition(".")[2] in INSIDE
            if name.startswith("_") or inside or function.__module__ != module.__name__:
                continue
            hints = get_type_hints(function)
            hints.pop("return", None)
            if {Path, str | Path} & set(hints.values()):
                found[f"{module.__name__}.{name}"] = set(hints.values())
    return found


def test_no_public_function_takes_a_path_alone() -> None:
    functions = path_functions()
    assert len(functions) > 20
    assert {name for name, hints in functions.items() if Path in hints} == set()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus with a manifest, a film and a folder of images."""
    root = tmp_path_factory.mktemp("paths")
    noise = np.random.default_rng(0).integers(0, 256, (12, 48, 64, 3), np.uint8)
    write_video(str(root / "film.mp4"), noise, 25.0)
    with film_writer(str(root / "again.mp4"), 25.0) as add:
        add(noise[0])
    write_manifest(str(root), [Clip("own/1", "a", "fear", root / "film.mp4", 1, 7, 4)])
    return root


def test_films_are_read_and_described_by_text(root: Path) -> None:
    film = str(root / "film.mp4")
    frames = read_frames(film, 0, 9)  # the README's own line
    np.testing.assert_array_equal(frames, read_frames(root / "film.mp4", 0, 9))
    with open_frames(film) as stream:
        assert stream.size == (64, 48)
    assert read_header(film) == read_header(root / "film.mp4")
    open_container(film).close()
    assert film_bytes(film) == (root / "film.mp4").stat().st_size
    require_frames(frames, film)
    assert films_in(str(root), "none").paths == films_in(root, "none").paths


def test_folders_of_images_are_read_by_text(release: Callable[..., Path]) -> None:
    corpus = release("samm")
    folder = str(corpus / "006" / "006_1_2")
    assert index_frames(folder, str(corpus)).numbers == index_frames(Path(folder), corpus).numbers
    images = numbered_images(folder)
    np.testing.assert_array_equal(read_image(str(images[0])), read_image(images[0]))
    assert len(list(read_images(map(str, images)))) == len(images)
    assert len(read_frames(folder)) == len(images)
    assert list(subfolders(str(corpus), str(corpus))) == list(subfolders(corpus, corpus))
    assert folder_entries(folder) == [image.name for image in images]
    assert len(files_named(folder, re.compile(r".*\.jpg"), str(corpus))) == len(images)


def test_corpora_are_read_by_text(root: Path, release: Callable[..., Path]) -> None:
    samm = str(release("samm"))
    assert read_corpus("samm", samm).clips == read_corpus("samm", release("samm")).clips
    assert looks_like(samm) == ["samm"]
    assert audit("samm", samm, images=False).clips == 7
    assert len(classified_clips("samm", samm, "5", "any")) == 6
    assert len(select_clips(samm, DataConfig(("samm",))).clips) == 7
    assert read_manifest(str(root)) == read_manifest(root)
    flow = str(release("flow_images"))
    assert len(flow_images(flow)) == len(flow_clips(flow)) == 20
    sheet = str(release("samm") / "SAMM_Micro_FACS_Codes_v2.xlsx")
    assert read_sheets(sheet) == read_xlsx(sheet)
    assert len(read_table(sheet, [Column("name", ("Filename",))])) == 7
    assert len(read_positions(sheet, 0, ("note",))) > 7


def test_the_source_of_a_clip_may_be_text() -> None:
    # In a process of its own: here every call is checked for its types.
    code = (
        "from smastn.corpora.clip import Clip; print(repr(Clip('a/1', 'b', 'c', 'd', 0, 1).source))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{Path('d')!r}\n"
