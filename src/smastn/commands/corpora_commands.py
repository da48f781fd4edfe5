"""Commands for corpora: list them, audit or prepare a copy, write a fixture corpus."""

import json
import shlex
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from smastn.terminal.console import output, print_json, say
from smastn.terminal.options import Json
from smastn.terminal.progress import progress

if TYPE_CHECKING:
    from smastn.corpora.audit import Audit
    from smastn.corpora.clip import Clip
    from smastn.faces.preparation import PreparationConfig

DEFECTS_FOUND = 1
"""Exit code of an audit that found a defect."""

_SHOWN = 12
_SETTINGS = """\
# Written by smastn synth: settings that evaluate this synthetic corpus.
name = "Synthetic {title}"

[data]
corpora = ["{name}"]
classes = "{classes}"
counts = "any"

[preparation]
already_cropped = {cropped}

[training]
epochs = {epochs}
"""

Name = Annotated[
    str,
    typer.Argument(
        help="A corpus that smastn corpora lists, or a file, as in my_corpus.py:CORPUS."
    ),
]
Root = Annotated[Path, typer.Argument(help="Its folder, as it was distributed.")]


def corpora(as_json: Json = False) -> None:
    """List the corpora that can be read, where to ask for them, and their licences."""
    from smastn.corpora.catalogue import known_corpora

    fields = ("name", "title", "holds", "ask", "licence")
    cards = [{field: getattr(one, field) for field in fields} for one in known_corpora().values()]
    if as_json:
        print_json(cards)
        return
    table = Table(box=None, pad_edge=False)
    for title in ("Name", "Corpus", "Holds", "Where to ask", "Licence"):
        table.add_column(title, overflow="fold")  # addresses are never cut short
    for card in cards:
        table.add_row(*map(Text, card.values()))
    output.print(table)
    say("next: smastn audit NAME FOLDER")


def audit(  # noqa: PLR0913
    name: Name,
    root: Root,
    html: Annotated[Path | None, typer.Option(help="Also write the audit as an HTML page.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Do not decode the images.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="Images decoded at once.")] = 2,
    as_json: Json = False,
) -> None:
    """Compare a copy of a corpus with its sheet; exit code 1 if it has defects.

    The corpus is never changed.
    """
    from smastn.corpora.audit import audit as audited
    from smastn.files import write_atomic

    with progress(f"Auditing {name}") as advance:
        found = audited(name, root, not quick, workers, advance)
    if html is not None:
        write_atomic(html, found.to_html())
        say(f"page: {html}")
    if as_json:
        print_json(found.to_record())
    else:
        _show(found)
    if found.defects:
        raise typer.Exit(DEFECTS_FOUND)


def _show(found: "Audit") -> None:
    lines = [f"{found.clips} clips of {found.subjects} subjects can be used"]
    if found.left_out:
        lines.append(f"{found.left_out} annotated clips cannot")
    lines.append(", ".join(f"{count} {emotion}" for emotion, count in found.emotions.items()))
    output.print("\n".join(lines), markup=False, soft_wrap=True)
    if not found.defects:
        output.print("no defects", style="green")
        return
    table = Table("Defect", "Clip", "Seen", box=None, pad_edge=False)
    for kind, count in found.kinds().items():
        for defect in [d for d in found.defects if d.kind == kind][:_SHOWN]:
            colour = "red" if defect.left_out else ""
            table.add_row(*(Text(cell, style=colour) for cell in (kind, defect.clip, defect.seen)))
        if count > _SHOWN:
            table.add_row(kind, "", f"and {count - _SHOWN} more; --json or --html lists all")
    output.print(table)


def write_fixture(out: Path, layout: str, full: bool, grey: bool, seed: int) -> dict[str, Any]:
    """Write a fixture corpus: the directory layout of a published one, with synthetic subjects.

    Where it can be evaluated, settings that do so are written into its folder.

    Returns:
        What was made and the commands to use it with, ready for JSON.

    Raises:
        ConfigError: no layout has that name.
        InputError: `out` holds something else.
    """
    from smastn.errors import ConfigError
    from smastn.extensions import suggestion
    from smastn.files import atomic_folder
    from smastn.synthesis.fixtures.fixture_clips import Fixture
    from smastn.synthesis.fixtures.fixture_faces import face_renderer
    from smastn.synthesis.fixtures.fixture_layouts import LAYOUTS

    if layout not in LAYOUTS:
        raise ConfigError(
            f"no layout is called {layout}; known are {', '.join(LAYOUTS)}: use one of these"
            f"{suggestion(layout, LAYOUTS)}"
        )
    with atomic_folder(out) as folder:
        renderer = None if grey else face_renderer(seed)
        clips = LAYOUTS[layout](Fixture(folder, full, seed, renderer))
        settings = _settings(layout.removesuffix("_whole"), folder, full, grey)
        if settings:
            (folder / "experiment.toml").write_text(settings, encoding="utf-8")
    commands = [["audit", layout.removesuffix("_whole"), out]]
    if settings:
        commands.append(["evaluate", out / "experiment.toml", "--data", out, "--out", "RUN"])
    if layout == "flow_images":
        commands = [["evaluate", "--preset", "flow", "--data", out, "--out", "RUN"]]
    next_steps = [shlex.join(["smastn", *map(str, words)]) for words in commands]
    made = {"folder": str(out), "layout": layout, "clips": len(clips), "seed": seed}
    return made | {"next": next_steps}


def _settings(layout: str, folder: Path, full: bool, grey: bool) -> str:
    """Settings that evaluate a fixture corpus, or "" if it has too few subjects or classes."""
    from smastn.corpora.catalogue import find_corpus
    from smastn.corpora.flow_images import FLOW
    from smastn.corpora.selection import classified_clips

    if layout == FLOW:
        return ""
    definition = find_corpus(layout)
    classes = definition.schemes[0].name if definition.schemes else ""
    clips = classified_clips(layout, folder, classes, counts="any")
    subjects = {clip.subject for clip in clips}
    if len(subjects) < 2 or not all(_classes_without(clips, subject) > 1 for subject in subjects):
        return ""
    return _SETTINGS.format(
        title=definition.title,
        name=layout,
        classes=classes,
        cropped=str(grey).lower(),
        epochs=30 if full else 2,
    )


def _classes_without(clips: "Iterable[Clip]", subject: str) -> int:
    """How many classes the clips of all other subjects have."""
    return len(Counter(clip.emotion for clip in clips if clip.subject != subject))


def show_fixture(made: dict[str, Any], as_json: bool) -> None:
    """Print a result of `write_fixture`."""
    if as_json:
        print_json(made)
        return
    typer.echo(f"{made['clips']} synthetic clips in {made['folder']}")
    for command in made["next"]:
        say(f"next: {command}")


def prepare(  # noqa: PLR0913
    name: Name,
    root: Root,
    out: Annotated[Path, typer.Option(help="Folder for the prepared clips.")],
    size: Annotated[int, typer.Option(help="Side of the crops, pixels.")] = 112,
    cropped: Annotated[
        bool, typer.Option("--cropped", help="The release is already cropped; skip the alignment.")
    ] = False,
    preset: Annotated[
        str | None, typer.Option(help="Crop as this preset does, such as movement.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Worker processes.")] = 2,
    as_json: Json = False,
) -> None:
    """Detect, align and crop the faces of a corpus; an interrupted run is resumed.

    Prepared clips that are complete are kept; those with a wrong checksum are prepared again.
    Without --preset crops are those of the shipped experiments on corpora, such as casme2-5.
    """
    from smastn.corpora.catalogue import read_corpus
    from smastn.evaluation.experiment_files import read_experiment
    from smastn.faces.preparation import PreparationConfig

    corpus = read_corpus(name, root)
    config = PreparationConfig() if preset is None else read_experiment(preset=preset).preparation
    config = replace(config, size=size, already_cropped=cropped)
    if preset is None:
        _say_other_crops(config)
    record = _prepared_record(corpus, out, config, workers)
    if as_json:
        print_json(record)
        return
    typer.echo(
        f"{len(record['clips'])} clips prepared in {out}, listed in {corpus.name}.json there"
    )
    for key, reason in record["left_out"].items():
        say(f"left out: {key}: {reason}")


def _say_other_crops(config: "PreparationConfig") -> None:
    """Say where the recommended preset crops otherwise: its clips would be prepared anew."""
    from smastn.evaluation.experiment_files import RECOMMENDED, read_experiment

    wanted = read_experiment(preset=RECOMMENDED).preparation.forehead
    if config.forehead != wanted:
        say(
            f"crops have forehead = {config.forehead:g}, as shipped experiments read them; preset "
            f"{RECOMMENDED} reads {wanted:g} and would prepare the clips again: for it, give "
            f"--preset {RECOMMENDED}"
        )


def _prepared_record(corpus: Any, out: Path, config: Any, workers: int) -> dict[str, Any]:
    """Prepare a corpus; the file of each clip, and why the others could not be used."""
    from smastn.faces.prepared_clips import prepare_clips
    from smastn.files import write_atomic

    with progress("Preparing faces") as advance:
        prepared = prepare_clips(corpus.clips, out, config, workers, advance)
    damaged = prepared.damaged()
    if damaged:
        say(f"{len(damaged)} files do not match their checksums and are prepared again")
        for path in damaged:
            path.unlink()
        with progress("Preparing them again") as advance:
            prepared = prepare_clips(corpus.clips, out, config, workers, advance)
    unusable = {d.clip: f"{d.kind}: {d.seen}" for d in corpus.defects if d.left_out}
    record = {
        "corpus": corpus.name,
        "root": str(corpus.root),
        "clips": {key: path.name for key, path in prepared.files.items()},
        "left_out": unusable | dict(prepared.failed),
    }
    write_atomic(out / f"{corpus.name}.json", json.dumps(record, indent=1, ensure_ascii=False))
    return record
