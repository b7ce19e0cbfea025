"""What the simulated phones show: their threads, screens and costs, and what the counter noted. For templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from sqlalchemy import Connection, or_, select

from flows import alphabet
from sms_gateway.channels.simulator import NAME
from sms_gateway.context import Services
from sms_gateway.services import Service
from sms_gateway.store.sealing import Erased
from sms_gateway.store.tables import accounts, cases, events, journal, people, simulator_messages
from sms_gateway.web import phone_volunteer
from sms_gateway.web.happenings import Happening, from_journal, from_mailbox
from sms_gateway.web.phone_state import SLOW, Call, Mood, PhoneState

SHOWN = 30  # texts of a thread
HAPPENINGS = 6
SCREEN = 160  # septets that a flow's screen may have
USSD_LIMIT = 182


@dataclass(frozen=True)
class Message:
    """One text on a phone; `mine`: it left this phone."""

    id: int
    mine: bool
    body: str
    parts: int
    at: datetime


@dataclass(frozen=True)
class Screen:
    """The USSD dialog: its words, whether it waits for an answer, and what it costs of the bound."""

    text: str
    open: bool
    number: int
    units: int
    told: bool
    waiting: bool

    @property
    def fits(self) -> bool:
        """Within what a flow may show."""
        return self.units <= SCREEN


@dataclass(frozen=True)
class Phone:
    """One phone on the ledge."""

    name: str  # citizen, volunteer
    line: str  # what it writes to
    thread: tuple[Message, ...]
    screen: Screen | None
    field: str
    dials: bool  # the field is for a code, not for a text
    letters: bool  # its keys write letters first
    held: bool = False  # a volunteer's: busy with another visitor's case

    @property
    def sent(self) -> int:
        """Parts that left it."""
        return sum(message.parts for message in self.thread if message.mine)

    @property
    def got(self) -> int:
        """Parts that came."""
        return sum(message.parts for message in self.thread if not message.mine)

    @property
    def parts(self) -> int:
        """Both ways."""
        return self.sent + self.got


@dataclass(frozen=True)
class Stage:
    """The whole page: both phones, the network, what happened; `mark` changes with anything that shows."""

    service: Service
    sms: str
    ussd: str | None
    way: str
    citizen: Phone
    volunteer: Phone | None
    mood: Mood
    happened: tuple[Happening, ...]
    not_sent: str
    now: datetime

    @property
    def cost(self) -> int:
        """Parts in all."""
        return self.citizen.parts + (self.volunteer.parts if self.volunteer else 0)

    @property
    def mark(self) -> str:
        """The same as long as nothing new is to be seen."""
        phones = (self.citizen, self.volunteer)
        newest = [max((one.id for one in phone.thread), default=0) if phone else 0 for phone in phones]
        screen, held = self.citizen.screen, bool(self.volunteer and self.volunteer.held)
        seen = (*newest, screen.number if screen else 0, bool(screen and screen.waiting), len(self.happened), held)
        last = self.happened[-1].mark if self.happened else ""
        return "-".join(str(part) for part in (*seen, last))


def stage(services: Services, tx: Connection, state: PhoneState, service: Service, now: datetime) -> Stage:
    """Everything that the page shows now."""
    sms, ussd = addresses(service)
    since, hide_after = datetime.fromisoformat(state.since), _hidden_from(state, now)
    way = state.way(has_ussd=ussd is not None)
    lanes = services.sealer.lanes(state.number)
    thread = _thread(services, tx, lanes, sms, since=since, hide_after=hide_after)
    screen = _screen(state.call, now) if way == "ussd" else None
    citizen = Phone(
        name="citizen",
        line=(ussd if way == "ussd" and ussd else sms),
        thread=thread,
        screen=screen,
        field=state.citizen_field or (ussd if way == "ussd" and ussd and screen is None else ""),
        dials=way == "ussd",
        letters=way == "sms" and _wants_letters(thread),
    )
    return Stage(
        service=service,
        sms=sms,
        ussd=ussd,
        way=way,
        citizen=citizen,
        volunteer=_volunteer(services, tx, state, service, sms, since=since, hide_after=hide_after),
        mood=state.mood,
        happened=_happened(tx, service, lanes, since),
        not_sent=state.not_sent,
        now=now,
    )


def addresses(service: Service) -> tuple[str, str | None]:
    """The simulator's own lines of a service: the one for texts, and the code to dial where there is one."""
    line = service.sms_line(NAME)
    return (line.address if line else ""), service.dial_code(NAME)


def read_thread(
    services: Services, tx: Connection, lanes: Sequence[str], line: str, *, after: int = 0
) -> tuple[Message, ...]:
    """The texts between a simulated phone and a line, oldest first; after an id."""
    rows = tx.execute(
        select(simulator_messages)
        .where(
            simulator_messages.c.lane.in_(lanes),
            simulator_messages.c.address == line,
            simulator_messages.c.kind == "sms",
            simulator_messages.c.id > after,
        )
        .order_by(simulator_messages.c.id.desc())
        .limit(SHOWN)
    ).all()
    return tuple(Message(row.id, not row.incoming, _words(services, row.body), row.parts, row.at) for row in rows[::-1])


def _thread(
    services: Services, tx: Connection, lanes: Sequence[str], line: str, *, since: datetime, hide_after: datetime
) -> tuple[Message, ...]:
    found = sorted(read_thread(services, tx, lanes, line), key=attrgetter("at"))  # an answer can be stored first
    return tuple(one for one in found if one.at >= since and (one.mine or one.at <= hide_after))


def _volunteer(
    services: Services,
    tx: Connection,
    state: PhoneState,
    service: Service,
    line: str,
    *,
    since: datetime,
    hide_after: datetime,
) -> Phone | None:
    found = phone_volunteer.shown(services, tx, service, citizen=state.number)
    if found is None:
        return None
    thread = _thread(services, tx, services.sealer.lanes(found.number), line, since=since, hide_after=hide_after)
    return Phone(
        name="volunteer",
        line=line,
        thread=thread,
        screen=None,
        field=state.volunteer_field,
        dials=False,
        letters=_wants_letters(thread),
        held=found.held,
    )


def _hidden_from(state: PhoneState, now: datetime) -> datetime:
    """What came later than this is still on its way: 8 s of a slow network, or all since the network is cut."""
    if state.mood is Mood.SLOW:
        return now - SLOW
    if state.mood is Mood.CUT and state.mood_since:
        return datetime.fromisoformat(state.mood_since)
    return now


def _screen(call: Call | None, now: datetime) -> Screen | None:
    if call is None:
        return None
    return Screen(
        text=call.screen,
        open=call.open,
        number=call.hops,
        units=alphabet.measure(call.screen).units,
        told=call.told,
        waiting=datetime.fromisoformat(call.shown_from) > now,
    )


def _wants_letters(thread: Sequence[Message]) -> bool:
    """Keys write letters first, unless the last text that came offers numbers to answer with."""
    came = [message.body for message in thread if not message.mine]
    return not came or not any(line[:2].strip().isdigit() for line in came[-1].splitlines())


def _happened(tx: Connection, service: Service, lanes: Sequence[str], since: datetime) -> tuple[Happening, ...]:
    person = tx.execute(select(people.c.id).where(people.c.service_id == service.id, people.c.lane.in_(lanes))).scalar()
    if person is None:
        return ()
    own_cases = {row.id: row.number for row in tx.execute(select(cases).where(cases.c.person_id == person))}
    about = or_(journal.c.person_id == person, journal.c.case_id.in_(own_cases or [0]))
    noted = tx.execute(
        select(journal, accounts.c.name)
        .outerjoin(accounts, accounts.c.id == journal.c.account_id)
        .where(about, journal.c.at >= since)
        .order_by(journal.c.id.desc())
        .limit(SHOWN)
    ).all()
    came = tx.execute(
        select(events.c.id, events.c.kind, events.c.received_at)
        .where(events.c.person_id == person, events.c.received_at >= since)
        .order_by(events.c.id.desc())
        .limit(HAPPENINGS)
    ).all()
    told = [from_mailbox(row) for row in came[::-1]]
    told += [from_journal(row, number=own_cases.get(row.case_id), country=service.country) for row in noted[::-1]]
    return tuple(sorted((one for one in told if one is not None), key=lambda one: one.at)[-HAPPENINGS:])


def _words(services: Services, sealed: str) -> str:
    try:
        return services.sealer.team.open(sealed)
    except Erased:
        return ""
