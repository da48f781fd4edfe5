"""A folder is one film or holds many, and that is decided by what lies in it."""

from pathlib import Path

import pytest

from smastn.errors import InputError
from smastn.media.film_folder import film_bytes, films_in


def make(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"1234")
    return root


def found(root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in films_in(root, "analysis.json").paths]


def test_a_folder_of_pictures_is_one_film(tmp_path: Path) -> None:
    films = films_in(make(tmp_path, "img1.jpg", "img2.jpg", "notes.txt"), "analysis.json")
    assert films.one
    assert films.paths == (tmp_path,)


def test_a_folder_of_films_is_many_however_deep(tmp_path: Path) -> None:
    make(
        tmp_path, "b.MP4", "a.mov", "s1/x/c.avi", "s1/frames/1.png", "s1/frames/2.png", "readme.md"
    )
    films = films_in(tmp_path, "analysis.json")
    assert not films.one
    assert found(tmp_path) == ["a.mov", "b.MP4", "s1/frames", "s1/x/c.avi"]
    assert films.left == 0


def test_pictures_beside_films_are_left_and_counted(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4", "cover1.jpg", "cover2.jpg")
    films = films_in(tmp_path, "analysis.json")
    assert found(tmp_path) == ["a.mp4"]
    assert films.left == 2


def test_one_film_in_a_folder_is_many_of_one(tmp_path: Path) -> None:
    films = films_in(make(tmp_path, "only.mp4"), "analysis.json")
    assert (films.one, len(films.paths)) == (False, 1)


def test_results_and_hidden_folders_are_not_looked_into(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4", "out/a/analysis.json", "out/a/annotated.mp4", ".b.x/annotated.mp4")
    make(tmp_path, ".hidden.mp4")
    assert found(tmp_path) == ["a.mp4"]


def test_pictures_beside_folders_of_pictures_are_not_guessed_at(tmp_path: Path) -> None:
    make(tmp_path, "1.jpg", "2.jpg", "s1/1.jpg", "s1/2.jpg")
    with pytest.raises(InputError, match="unknown whether it is one film or 1"):
        films_in(tmp_path, "analysis.json")


@pytest.mark.parametrize("names", [(), ("notes.txt",), ("1.jpg",)])
def test_a_folder_without_a_film_is_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match=r"no film; wanted videos \(\.mp4"):
        films_in(make(tmp_path, *names), "analysis.json")


def test_a_film_is_as_large_as_its_file_or_all_its_pictures(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4", "s/1.jpg", "s/2.jpg", "s/table.csv")
    assert film_bytes(tmp_path / "a.mp4") == 4
    assert film_bytes(tmp_path / "s") == 8
