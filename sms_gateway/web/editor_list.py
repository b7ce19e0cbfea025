"""The list of procedures: what is live, what is in hand, what is to be mended today."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import Connection

from flows.finding import FindingSeverity
from flows.places import opened
from sms_gateway.flow_versions import drafts, overview
from sms_gateway.web.accounts import signed_in
from sms_gateway.web.case_words import timezone_of
from sms_gateway.web.countries import country_name
from sms_gateway.web.editor_findings import title_of
from sms_gateway.web.editor_flow import findings_of

MOST_STATES = 500


@dataclass(frozen=True)
class State:
    """What the contents of a procedure say of themselves.

    ran_out, to_mend, conversations (with words to accept) must be mended; old translations and facts to look at again
    stop nobody.
    """

    language: str
    to_mend: int
    ran_out: int
    conversations: int
    old: int
    look_again: int


@dataclass(frozen=True)
class Line:
    """A procedure in the list."""

    country: str
    code: str
    title: str
    language: str
    live: int | None
    draft: bool
    people: int
    state: State
    undecided: int
    changed_at: datetime | None
    changed_by: str
    timezone: str

    @property
    def must(self) -> bool:
        """Whether something stands against publishing, or keeps people from an answer today."""
        state = self.state
        return bool(state.to_mend or state.ran_out or state.conversations or self.undecided)

    @property
    def should(self) -> bool:
        """Whether something waits for a look that stops nobody."""
        return bool(self.state.old or self.state.look_again)


@dataclass(frozen=True)
class Country:
    """The procedures of one country."""

    name: str
    lines: tuple[Line, ...]


_states: dict[tuple[str, str, date], State] = {}


def countries(tx: Connection, today: date) -> list[Country]:
    """Every procedure of the organisation of whoever asks, by country, as the reader calls it."""
    scope = signed_in().scope
    timezone = timezone_of(tx, scope.organisation_id)
    lines = [_line(tx, one, timezone, today) for one in overview.flows_of(tx, scope)]
    by_country = groupby(lines, key=lambda line: line.country)  # they come by country
    found = [Country(country_name(country, title_of(country)), tuple(each)) for country, each in by_country]
    return sorted(found, key=lambda one: one.name)


def _line(tx: Connection, line: overview.FlowLine, timezone: str, today: date) -> Line:
    """One row of the list; what ran out counts in the live version, where it meets people."""
    state = _state(tx, line, today)
    last = line.draft or line.live
    made = last is not None and bool(last.made_by_name)
    return Line(
        country=line.country,
        code=line.code,
        title=line.title,
        language=state.language,
        state=state,
        undecided=line.draft.undecided if line.draft else 0,
        live=line.live.number if line.live else None,
        draft=line.draft is not None,
        people=line.people_now,
        changed_at=last.changed_at if last and made else None,
        changed_by=last.made_by_name if last and made else "",
        timezone=timezone,
    )


def _state(tx: Connection, line: overview.FlowLine, today: date) -> State:
    """What a flow's contents say of themselves. A content never changes under its hash: each is read once a day."""
    key = (line.draft.bundle_hash if line.draft else "", line.live.bundle_hash if line.live else "", today)
    if key not in _states:
        scope = signed_in().scope
        live = drafts.live_content(tx, scope, line.country, line.code) or ""
        draft = drafts.open_draft(tx, scope, line.country, line.code)
        content = draft.content if draft else live or drafts.newest_content(tx, scope, line.country, line.code) or ""
        found = findings_of(content, today, live) if content else ()
        expired = {one.path for one in (findings_of(live, today, live) if live else ()) if one.rule == "fact_expired"}
        grave = [one for one in found if one.severity is FindingSeverity.ERROR and one.path not in expired]
        if len(_states) > MOST_STATES:
            _states.clear()
        language = str(opened(content)[0]["source_language"]) if content else ""
        places = {(one.rule, one.path, one.locale) for one in found}  # what is said of one place is one thing
        count = Counter(rule for rule, path, _locale in places if path not in expired)
        _states[key] = State(
            language=language,
            to_mend=len(grave),
            ran_out=len(expired),
            conversations=count["transcript_words"],
            old=count["translation_old"],
            look_again=count["fact_unverified"],
        )
    return _states[key]
