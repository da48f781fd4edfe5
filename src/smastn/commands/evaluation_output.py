"""What evaluate, train and compare print."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from rich.table import Table
from rich.text import Text

from smastn.config import settings_to_dict
from smastn.evaluation.compare import Comparison, Pairing
from smastn.evaluation.compare_units import UnitComparison
from smastn.evaluation.experiment import Experiment
from smastn.evaluation.experiment_files import (
    RECOMMENDED,
    experiment_names,
    preset_names,
    read_experiment,
)
from smastn.evaluation.metrics import SCORE_TITLES
from smastn.evaluation.report import Leak, Report
from smastn.evaluation.unit_report import UNIT_TITLES, UnitReport
from smastn.evaluation.unit_scores import LEAST_CLIPS
from smastn.terminal.console import output, say, table
from smastn.training.training_settings import Settings


def show_settings(experiment: Experiment, preset: str | None, named: bool) -> None:
    """Print which settings a run uses: where they are from, and what differs from the defaults.

    Args:
        experiment: the settings.
        preset: name of the preset asked for.
        named: whether an experiment was named; if not, and no preset, the recommended one is used.
    """
    source = experiment.name
    if not named:
        recommended = " (recommended)" if preset in (None, RECOMMENDED) else ""
        source += f": preset {preset or RECOMMENDED}{recommended}"
    seeds = ", ".join(map(str, experiment.seeds))
    say(f"settings of {source}")
    say(f"  data {_data(experiment)}; protocol {experiment.protocol.scheme}; seeds {seeds}")
    values, usual = settings_to_dict(experiment), settings_to_dict(Experiment(name=""))
    for section in (one.name for one in fields(Settings)):
        shown = [
            f"{name} {_plain(value)}"
            for name, value in values[section].items()
            if name in ("kind", "epochs") or value != usual[section].get(name)
        ]
        if shown:
            say(f"  {section}: {', '.join(shown)}")


def show_experiments() -> None:
    """Print the presets and the experiments that ship with smastn."""
    output.print("Presets", style="bold")
    for name in preset_names():
        mark = " (recommended)" if name == RECOMMENDED else ""
        _line(name, f"{read_experiment(preset=name).name}{mark}")
    folders: dict[str, list[str]] = {}
    output.print("\nExperiments", style="bold")
    for name in experiment_names():
        folder, _, short = name.rpartition("/")
        if folder:
            folders.setdefault(folder, []).append(short)
            continue
        one = read_experiment(name)
        _line(name, f"{_data(one)}; {one.protocol.scheme}")
        _line("", one.citation.partition("inferred); ")[2])
    for folder, names in folders.items():
        output.print(f"\n{folder}/", style="bold")
        output.print(", ".join(names), style="dim")
    say("\nnext: smastn evaluate EXPERIMENT --data CORPUS --out RUN [--preset NAME]")


def show_report(report: Report) -> None:
    """Print the three most important numbers, and what they do and do not mean."""
    shown = table(("", report.methods[0].name, "95 % interval", "majority class"), left=("",))
    for one in report.headline:
        interval = one.interval
        shown.add_row(
            Text(one.name, style="bold"),
            Text(f"{interval.value:.3f}", style="bold cyan"),
            f"{interval.low:.3f} to {interval.high:.3f}",
            f"{one.majority:.3f}",
        )
    output.print(shown)
    output.print()
    for one in report.headline:
        output.print(
            Text.assemble((f"{one.name}  ", "bold"), one.meaning, " ", (one.limits, "dim"))
        )
    if report.units is not None:
        _show_units(report.units)
    for sentence in report.warnings:
        output.print(f"\n{sentence}", style="red", markup=False, soft_wrap=True)
    if report.leak is not None:
        _show_leak(report.leak)


def _show_units(units: UnitReport) -> None:
    """Print the scores of action units: those of each, and the means of all methods."""
    network, *others = units.methods
    beside = others[0] if others else network
    heading = ("unit", "clips", "AUC", "F1", f"AUC, {beside.name}", f"F1, {beside.name}")
    shown = table(heading, left=("unit",))
    for unit, own in network.units.items():
        known = [own.intervals, beside.units[unit].intervals]
        cells = [f"{one[name].value:.3f}" for one in known for name in ("auc", "f1")]
        shown.add_row(unit, str(own.clips), *cells)
    known = [network.mean, beside.mean]
    means = [f"{one[name].value:.3f}" for one in known for name in ("auc", "f1")]
    shown.add_row(Text("mean", style="bold"), "", *(Text(one, style="bold") for one in means))
    output.print()
    output.print(shown)
    for one in units.methods:
        auc, f1, tuned = (one.mean[name] for name in UNIT_TITLES)
        output.print(
            f"{one.name}: AUC {auc.value:.3f} ({auc.low:.3f} to {auc.high:.3f}), F1 "
            f"{f1.value:.3f} ({f1.low:.3f} to {f1.high:.3f}); {tuned.value:.3f} with thresholds "
            "of the other subjects",
            soft_wrap=True,
        )
    pairs, objective = units.agreement, units.objective
    if pairs.contradicted:
        output.print(
            f"Predicted emotions that the predicted units contradict: {pairs.contradicted}, of "
            f"which {pairs.contradicted_right} are correct; of the {pairs.others} others "
            f"{pairs.others_right} are",
            soft_wrap=True,
        )
    output.print(
        f"{units.clips} coded clips of {units.subjects} subjects; means over units that at least "
        f"{LEAST_CLIPS} clips show. Objective classes derived from the units: accuracy "
        f"{objective.accuracy:.3f}, UF1 {objective.uf1:.3f}",
        style="dim",
        soft_wrap=True,
    )


def show_pairings(pairings: Sequence[Pairing], first: Path, second: Path) -> None:
    """Print the scores side by side, with the p-value of each difference."""
    for pairing in pairings:
        output.print(_pairing_table(pairing, (first.name, second.name), len(pairings) > 1))
        output.print(_counts(pairing.comparison))
        output.print()
    say(
        "p: two-sided permutation p-value, by subject. McNemar's test takes clips of one subject "
        "for independent; prefer the permutation p-value where they disagree."
    )


def _show_leak(leak: Leak) -> None:
    seen, inflation = leak.method.bootstrap.intervals["uf1"].value, leak.inflation["uf1"]
    output.print()
    output.print(
        f"Not a result: with best-epoch selection on test data UF1 would be {seen:.3f}, "
        f"inflated by {inflation:+.3f}.",
        style="red",
    )


def _pairing_table(pairing: Pairing, names: tuple[str, str], several: bool) -> Table:
    seeds = "seeds {} and {}".format(*pairing.seeds) if several else ""
    shown = table((seeds, *names, "gain", "p"), left=(seeds,))
    for score, title in list(SCORE_TITLES.items())[:3]:
        shown.add_row(
            f"[bold]{title}",
            f"{getattr(pairing.first, score):.3f}",
            f"{getattr(pairing.second, score):.3f}",
            f"[bold cyan]{pairing.comparison.gain[score]:+.3f}",
            f"{pairing.comparison.p_values[score]:.3f}",
        )
    if pairing.units is not None:
        _add_units(shown, pairing.units)
    return shown


def _add_units(shown: Table, units: UnitComparison) -> None:
    for score, title in (("auc", "units, AUC"), ("f1", "units, F1")):
        before, after = units.first[score], units.second[score]
        gain, p = f"[bold cyan]{after - before:+.3f}", f"{units.p_values[score]:.3f}"
        shown.add_row(f"[bold]{title}", f"{before:.3f}", f"{after:.3f}", gain, p)


def _counts(found: Comparison) -> str:
    kind = "all" if found.exact else "a random sample"
    return (
        f"{found.clips} clips of {found.subjects} subjects; correct in the first only: "
        f"{found.only_first}, in the second only: {found.only_second} (McNemar p "
        f"{found.mcnemar:.3f}); {found.permutations} permutations of subjects, {kind}"
    )


def _line(name: str, text: str) -> None:
    output.print(f"{name:<14}", text, markup=False, soft_wrap=True)


def _data(experiment: Experiment) -> str:
    classes = experiment.data.classes
    return ", ".join(experiment.data.corpora) + (f", classes {classes}" if classes else "")


def _plain(value: object) -> str:
    if isinstance(value, list):
        return "+".join(map(str, value)) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
