"""`make bench`: every figure beside its floor, printed as a table and written as JSON. It judges no time."""

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict

from tests.bench import compiling, cost, over_http, reading, sending, step
from tests.bench.cost import Cost
from tests.bench.installation import Installation, installations
from tests.bench.rounds import ROUNDS, Figure
from tests.running import ROOT

WRITTEN = ROOT / "build" / "bench.json"
ON_EACH: tuple[Callable[[Installation], Figure], ...] = (over_http.hop_figure, over_http.text_figure, sending.figure)


def main() -> None:
    """Measure all, show all. What breaks ends the run with its error, and no figure of it is written."""
    began, load = time.monotonic(), os.getloadavg()[0]
    figures, counted = [step.figure(), *compiling.figures()], []
    _tell("reading …")
    readings, imported = list(reading.spreads()), reading.imported()
    with installations() as both:
        for installation in both:
            _tell(f"counting a turn on {installation.kind} …")
            counted += cost.costs(installation)
        for measure in ON_EACH:
            for installation in both:
                figures.append(measure(installation))
                _tell(f"{figures[-1].name}: {figures[-1].ratio:.2f}")
    seconds = time.monotonic() - began
    told = (*_costs(counted), "", *reading.lines(readings, imported), "", *_figures(figures), "")
    sys.stdout.write("\n".join(told))
    WRITTEN.parent.mkdir(exist_ok=True)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load_before": load, "seconds": seconds}
    written = {
        "machine": machine,
        "rounds": ROUNDS,
        "figures": [asdict(figure) for figure in figures],
        "turns": [asdict(turn) for turn in counted],
        "readings": [asdict(spread) for spread in readings],
        "reader": asdict(imported),
    }
    WRITTEN.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"\n{seconds:.0f} s, load {load:.1f} before it began. Written: {WRITTEN}\n")


def _figures(figures: Iterable[Figure]) -> Iterable[str]:
    yield f"{'':34}{'ours':>9}{'floor':>9}{'of it':>8}  {'in':17}beside"
    for at in figures:
        yield f"{at.name:34}{at.ours:9.0f}{at.floor:9.0f}{at.ratio:8.2f}  {at.unit:17}{at.beside}"


def _costs(turns: Iterable[Cost]) -> Iterable[str]:
    yield f"{'':34}{'statements':>12}{'commits':>9}{'ms':>8}"
    for at in turns:
        yield f"{at.turn:34}{len(at.statements):12}{at.commits:9}{at.milliseconds:8.2f}"


def _tell(what: str) -> None:
    sys.stderr.write(what + "\n")


if __name__ == "__main__":
    main()
