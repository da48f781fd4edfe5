"""The doors to the field's corpora: what there is, what is wrong with a copy, a made-up one."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from smastn.terminal.console import output, print_json, say
from smastn.terminal.progress import progress

DEFECTS_FOUND = 1
"""Exit code of an audit that found something wrong."""

_SHOWN = 12


def corpora(
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON, for machines.")] = False,
) -> None:
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
    name: Annotated[str, typer.Argument(help="Name of the corpus; smastn corpora lists them.")],
    root: Annotated[Path, typer.Argument(help="Its folder, as it was distributed.")],
    html: Annotated[Path | None, typer.Option(help="Write the audit as a page, too.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Do not decode the pictures.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="Pictures decoded at once.")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON, for machines.")] = False,
) -> None:
    """Compare a corpus on disk with its sheet; exit code 1 if anything is wrong.

    The corpus is never changed.
    """
    from smastn.corpora.audit import audit as audited
    from smastn.files import write_atomic

    with progress(f"Looking at {name}") as advance:
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


def _show(found: Any) -> None:
    output.print(
        f"{found.clips} clips of {found.subjects} subjects can be used",
        markup=False,
        soft_wrap=True,
    )
    if found.left_out:
        output.print(f"{found.left_out} annotated clips cannot", markup=False)
    emotions = ", ".join(f"{count} {emotion}" for emotion, count in found.emotions.items())
    output.print(emotions, markup=False, soft_wrap=True)
    if not found.defects:
        output.print("nothing is wrong", style="green")
        return
    table = Table("Wrong", "Clip", "Seen", box=None, pad_edge=False)
    for kind, count in found.kinds().items():
        for defect in [d for d in found.defects if d.kind == kind][:_SHOWN]:
            colour = "red" if defect.left_out else ""
            table.add_row(*(Text(cell, style=colour) for cell in (kind, defect.clip, defect.seen)))
        if count > _SHOWN:
            table.add_row(kind, "", f"and {count - _SHOWN} more; --json or --html lists all")
    output.print(table)


def make_lookalike(out: Path, layout: str, full: bool, grey: bool, seed: int) -> dict[str, Any]:
    """Make a corpus that lies on disk as a real one does, with people who do not exist.

    Returns:
        What was made, ready for JSON.

    Raises:
        ConfigError: no layout has that name.
        InputError: `out` holds something else.
    """
    from smastn.errors import ConfigError
    from smastn.files import atomic_folder
    from smastn.synthesis.fixtures.fixture_clips import LookalikeConfig
    from smastn.synthesis.fixtures.fixture_layouts import LAYOUTS
    from smastn.synthesis.fixtures.fixture_people import people_paint

    if layout not in LAYOUTS:
        raise ConfigError(
            f"no layout is called {layout}; known are {', '.join(LAYOUTS)}: use one of these"
        )
    paint = None if grey else people_paint(seed)
    with atomic_folder(out) as folder:
        takes = LAYOUTS[layout](folder, LookalikeConfig(full=full, seed=seed), paint)
    return {"folder": str(out), "layout": layout, "clips": len(takes), "seed": seed}


def show_lookalike(made: dict[str, Any], as_json: bool) -> None:
    """Print a result of `make_lookalike`."""
    if as_json:
        print_json(made)
        return
    typer.echo(f"{made['clips']} made-up clips in {made['folder']}")
    if made["layout"] != "flow_images":
        say(f"next: smastn audit {made['layout'].removesuffix('_whole')} {made['folder']}")


def prepare(  # noqa: PLR0913
    name: Annotated[str, typer.Argument(help="Name of the corpus; smastn corpora lists them.")],
    root: Annotated[Path, typer.Argument(help="Its folder, as it was distributed.")],
    out: Annotated[Path, typer.Option(help="Folder for the prepared clips.")],
    size: Annotated[int, typer.Option(help="Side of the crops, pixels.")] = 112,
    cropped: Annotated[
        bool, typer.Option("--cropped", help="The release is cropped already: align nothing.")
    ] = False,
    workers: Annotated[int, typer.Option(min=1, help="Processes to share the work.")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON, for machines.")] = False,
) -> None:
    """Find, align and crop every clip of a corpus, once; go on where an earlier run stopped.

    What is there and whole is kept; a checksum that no longer fits makes its clip anew.
    """
    from smastn.corpora.catalogue import read_corpus
    from smastn.faces.preparation import PreparationConfig

    corpus = read_corpus(name, root)
    config = PreparationConfig(size=size, already_cropped=cropped)
    record = _prepared_record(corpus, out, config, workers)
    if as_json:
        print_json(record)
        return
    typer.echo(
        f"{len(record['clips'])} clips prepared in {out}, listed in {corpus.name}.json there"
    )
    for key, reason in record["left_out"].items():
        say(f"left out: {key}: {reason}")


def _prepared_record(corpus: Any, out: Path, config: Any, workers: int) -> dict[str, Any]:
    """Prepare a corpus; what was made of each clip, and why the others could not be used."""
    from smastn.faces.prepared_clips import prepare_clips
    from smastn.files import write_atomic

    with progress("Finding faces, holding heads still") as advance:
        prepared = prepare_clips(corpus.clips, out, config, workers, advance)
    damaged = prepared.damaged()
    if damaged:
        say(f"{len(damaged)} files no longer fit their checksums and are made anew")
        for path in damaged:
            path.unlink()
        with progress("Making them anew") as advance:
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
