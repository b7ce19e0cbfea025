"""The amounts in the French flows are those read from openfisca-france, with its version and their first day."""

import json

from flows import packaged
from tests import amounts

RECORDED = json.loads(amounts.RECORDED.read_text(encoding="utf-8"))


def test_every_recorded_amount_is_the_one_that_people_are_told() -> None:
    for entry in RECORDED:
        flow = (amounts.FLOWS / f"{entry['flow']}.yaml").read_text(encoding="utf-8")
        assert amounts.fact(entry) in flow.splitlines(), "make amounts"


def test_every_amount_that_names_openfisca_as_its_source_is_recorded() -> None:
    said = {
        (code, name)
        for code in packaged.flow_codes("france")
        for name, fact in packaged.flow("france", code).facts.items()
        if amounts.PACKAGE in fact.source
    }
    assert said == {(entry["flow"], entry["fact"]) for entry in RECORDED}
