"""Free words and the procedures that they may be about: one is asked about, two or three are a short menu.

A text that is the name of a procedure and nothing else begins it; whatever else is only nearly known is asked first.
"""

from collections.abc import Sequence

from flows import packaged
from flows.bundle import ListOption
from flows.reader import Certainty, Found, find_procedures
from sms_gateway import flow_versions, languages, turns
from sms_gateway.store import sessions
from sms_gateway.store.sessions import Stored
from sms_gateway.taking import DIALOGUE, Taking

ASKED = DIALOGUE + "found_one"
_FLOW = "flow"  # the value of that dialogue that says which flow it asks about


def found(taking: Taking) -> Found:
    """Which of the service's open flows the text may be about."""
    named = [flow_versions.procedure(machine, taking.language) for machine in _open(taking).values()]
    return find_procedures(taking.words, named, language=taking.language, country=taking.service.country)


def names_one(taking: Taking) -> bool:
    """Whether the text is the name of one flow and nothing else."""
    about = found(taking)
    return about.certainty is Certainty.SURE and len(about.codes) == 1


def lead(taking: Taking, *, but: str = "") -> bool:
    """Begin the flow that the text names, or ask whether it is about one or some; False where it names none.

    but: the code of a flow that was just asked about: it is not asked about once more.
    """
    about = found(taking)
    if not about.codes or about.codes == (but,):
        return False
    taking.put_aside(taking.active_session())
    if about.certainty is Certainty.SURE:
        begin(taking, about.codes[0], opening=taking.words)
    elif len(about.codes) == 1:
        _ask(taking, about.codes[0])
    else:
        turns.show_short_menu(taking, _lines(taking, about.codes), opening=taking.words)
    return True


def begin(taking: Taking, code: str, *, opening: str) -> None:
    """Begin a flow, and say first in which language it is where it doesn't speak the person's."""
    before = len(taking.said)
    turns.begin_flow(taking, code, opening=opening)
    languages.warn(taking, at=before)


def asked_about(taking: Taking, session_id: int) -> str:
    """The code of the flow that this dialogue asks about; "" where it is none of these."""
    asked = sessions.find(taking.tx, taking.person, session_id)
    return asked_in(asked) if asked is not None else ""


def asked_in(stored: Stored) -> str:
    """The same, of a session that was read already."""
    return stored.place.values.get(_FLOW, "") if stored.flow == ASKED else ""


def _ask(taking: Taking, code: str) -> None:
    line = _lines(taking, (code,))[0]
    guess = line.labels.get(taking.language) or next(iter(line.labels.values()))
    turns.start_dialogue(taking, "found_one", guess=guess, **{_FLOW: code, turns.OPENING: taking.words})


def _lines(taking: Taking, codes: Sequence[str]) -> list[ListOption]:
    machines = _open(taking)
    titles = {code: flow_versions.titles(machines[code]) for code in codes}
    return packaged.menu_options(taking.service.country, codes, titles)


def _open(taking: Taking) -> dict[str, flow_versions.Machine]:
    service = taking.service
    published = flow_versions.published(taking.tx, service.organisation_id, service.country)
    return {flow.code: flow_versions.machine(taking.tx, flow.bundle_hash) for flow in published}
