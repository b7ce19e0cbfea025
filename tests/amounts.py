"""Brings the amounts of openfisca-france into the facts of the French flows (`make amounts`; nothing else needs it).

What each fact is read from stands in `tests/flows/library/amounts.json`: a parameter, and over how many months a yearly
one is spread. A run writes value, version and first day back into that file and into the flows, and says what changed.
tests/flows/library/test_amounts.py holds the two to each other. These amounts change once a year, so that a fact is
told for a year from its first day and no longer.
"""

import json
import re
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
FLOWS = ROOT / "flows" / "library" / "france"
RECORDED = ROOT / "tests" / "flows" / "library" / "amounts.json"
PACKAGE = "openfisca-france"


def read(parameters: Any, entry: dict[str, Any], today: date) -> tuple[str, date]:
    """What a person is told, as `1043.59`, and since when it holds. Raises AttributeError for an unknown parameter."""
    node = parameters
    for name in entry["parameter"].split("."):
        node = getattr(node, name)
    begun = next(each for each in node.values_list if each.instant_str <= today.isoformat())  # the newest is first
    return f"{begun.value / entry['months']:.2f}".removesuffix(".00"), date.fromisoformat(begun.instant_str)


def fact(entry: dict[str, Any]) -> str:
    """The fact's line in its flow."""
    since = date.fromisoformat(entry["since"])
    spread = f" over {entry['months']} months" if entry["months"] > 1 else ""
    parameter = entry["parameter"].rpartition("minima_sociaux.")[2].rpartition("prestations_sociales.")[2]
    source = f"{PACKAGE} {entry['version']} ({parameter} {since}{spread})"
    last = since.replace(year=since.year + 1) - timedelta(days=1)
    told = f"value: {entry['value']} EUR, source: {source}, checked: {entry['checked']}, valid_to: {last}"
    return f"  {entry['fact']}: {{{told}}}"


def put(entry: dict[str, Any]) -> None:
    """Write a fact's line over the one that its flow has. Raises LookupError where the flow has none."""
    path = FLOWS / f"{entry['flow']}.yaml"
    before = path.read_text(encoding="utf-8")
    line = re.compile(rf"^  {re.escape(entry['fact'])}: \{{.*\}}$", re.MULTILINE)
    after, found = line.subn(lambda _: fact(entry), before)
    if found != 1:
        raise LookupError(f"{path.name} has {found} lines for the fact {entry['fact']}; one is needed.")
    if after != before:
        path.write_text(after, encoding="utf-8")


def main() -> None:
    """Read every amount, write it, and say what is new."""
    from openfisca_france import FranceTaxBenefitSystem

    parameters, today = FranceTaxBenefitSystem().parameters, date.today()  # noqa: DTZ011 (a day of the law)
    entries = json.loads(RECORDED.read_text(encoding="utf-8"))
    for entry in entries:
        before = entry.get("value")
        value, since = read(parameters, entry, today)
        entry |= {"value": value, "since": str(since), "version": version(PACKAGE), "checked": str(today)}
        put(entry)
        name = f"{entry['flow']}.{entry['fact']}"
        print(f"{name}: {value} since {since}" + ("" if value == before else f" (it was {before})"))
    RECORDED.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
