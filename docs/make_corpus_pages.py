"""Draws the folder trees of the fixture corpora on the pages in ``docs/corpora``: python docs/make_corpus_pages.py."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import matplotlib.pyplot as plt
import numpy as np

from smastn.corpora.catalogue import known_corpora, read_corpus
from smastn.corpora.clip import clip_frames
from smastn.corpora.corpus import DEFECT_KINDS
from smastn.synthesis.fixtures.fixture_clips import Fixture
from smastn.synthesis.fixtures.fixture_faces import face_renderer
from smastn.synthesis.fixtures.fixture_layouts import LAYOUTS

PAGES = Path(__file__).parent / "corpora"
QUALITY = (cv2.IMWRITE_JPEG_QUALITY, 82)
KIND_TABLE = re.compile(r"<!-- kinds -->.*<!-- /kinds -->", re.DOTALL)
CLASS_TABLE = re.compile(r"<!-- classes -->.*<!-- /classes -->", re.DOTALL)
BLOCK = re.compile(r"<!-- tree -->.*<!-- /tree -->", re.DOTALL)


def tree(folder: Path, indent: str = "") -> Iterator[str]:
    """Lines of a folder's tree; what repeats is cut short."""
    entries = sorted(folder.iterdir(), key=lambda path: (path.is_file(), path.name))
    folders = [path for path in entries if path.is_dir()]
    pictures = [path for path in entries if path.suffix in (".jpg", ".png", ".bmp")]
    for path in folders[:2] if indent else folders:
        yield f"{indent}{path.name}/"
        yield from tree(path, indent + "  ")
    if indent and len(folders) > 2:
        yield f"{indent}... {len(folders) - 2} more"
    yield from (
        f"{indent}{path.name}" for path in entries if path.is_file() and path not in pictures
    )
    if pictures:
        numbers = sorted(pictures, key=lambda path: int(re.findall(r"\d+", path.stem)[-1]))
        yield f"{indent}{numbers[0].name} ... {numbers[-1].name}"


def draw(name: str, lines: list[str], root: Path) -> None:
    """The tree beside onset, apex and offset of its first clip."""
    clip = read_corpus(name, root).clips[0]
    frames = clip_frames(clip)
    middle = (clip.apex or clip.onset) - clip.onset
    shown = lines[:26] + (["..."] if len(lines) > 26 else [])
    figure = plt.figure(figsize=(10, 5), facecolor="white")
    figure.text(0.01, 0.97, "\n".join(shown), family="monospace", fontsize=8, va="top")
    for place, (title, frame) in enumerate(
        (("onset", frames[0]), ("apex", frames[middle]), ("offset", frames[-1]))
    ):
        axes = figure.add_axes((0.49 + place * 0.17, 0.3, 0.16, 0.4))
        axes.imshow(frame)
        axes.set_title(title, fontsize=9)
        axes.axis("off")
    figure.text(0.49, 0.2, f"{clip.key}: {clip.emotion}; synthetic face", fontsize=9)
    figure.canvas.draw()
    picture = np.asarray(figure.canvas.buffer_rgba())[..., :3]  # pyright: ignore[reportAttributeAccessIssue]
    plt.close(figure)
    cv2.imwrite(str(PAGES / "pictures" / f"{name}.jpg"), picture[..., ::-1], QUALITY)


def kind_table() -> str:
    """What every kind of defect means."""
    rows = "".join(f"| {kind} | {meaning} |\n" for kind, meaning in DEFECT_KINDS.items())
    return f"<!-- kinds -->\n| kind | what it means |\n| --- | --- |\n{rows}<!-- /kinds -->"


def class_table(page: str) -> str:
    """The class schemes of the corpora on a page, each scheme once."""
    schemes = {
        scheme.name: scheme
        for name, corpus in known_corpora().items()
        for scheme in corpus.schemes
        if name == page or name.startswith(f"{page}_")
    }
    rows = "".join(
        f"| `{one.name}` | {', '.join(f'{name} {count}' for name, count in one.counts.items())} "
        f"| {sum(one.counts.values())} | {one.subjects or 'not published'} | {one.citation} |\n"
        for one in schemes.values()
    )
    head = "| scheme | classes | clips | subjects | source |\n| --- | --- | --- | --- | --- |\n"
    return f"<!-- classes -->\n{head}{rows}<!-- /classes -->"


def write_tables() -> None:
    """Write the tables of all pages."""
    for page in sorted(PAGES.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        text = CLASS_TABLE.sub(lambda _, name=page.stem: class_table(name), text)
        page.write_text(KIND_TABLE.sub(lambda _: kind_table(), text), encoding="utf-8")


def main() -> None:
    """Write tables, trees and pictures of all pages; the rest of the pages is kept."""
    write_tables()
    renderer = face_renderer(1, 160)
    for page in sorted(PAGES.glob("*.md")):
        name = page.stem
        if name not in LAYOUTS:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            LAYOUTS[name](Fixture(Path(scratch), renderer=renderer))
            lines = list(tree(Path(scratch)))
            if name in known_corpora():
                draw(name, lines, Path(scratch))
        block = "<!-- tree -->\n```text\n" + "\n".join(lines) + "\n```\n<!-- /tree -->"
        text = BLOCK.sub(lambda _, block=block: block, page.read_text(encoding="utf-8"))
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
