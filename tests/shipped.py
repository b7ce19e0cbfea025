"""The procedures that we ship; of tests that take seconds for each, a short run goes through a part of them."""

from flows import packaged
from tests.scale import LONG

EVERY = [(country, code) for country in packaged.countries() for code in packaged.flow_codes(country)]
_ALWAYS = {("cote_divoire", "copie_naissance"), ("france", "carte_identite"), ("kenya", "lost_id")}
_SHARE = 6


def some() -> list[tuple[str, str]]:
    """All in a long run; else one a country, and every sixth of the others. `guichet check` and the written
    conversations go through all of them in every run."""
    others = [each for each in EVERY if each not in _ALWAYS]
    return EVERY if LONG else [*sorted(_ALWAYS), *others[::_SHARE]]
