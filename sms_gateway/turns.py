"""One turn: an event of a person meets the machine that they are in, and what it says and asks is carried out.

Everything happens in the transaction of the caller, who holds the person's lock. `Taking` is a turn in progress: it
gathers what to say; at its end, `conversations` puts that on a screen or into the outbox.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection

from flows import engine, packaged, reader
from flows.machine import Machine
from flows.reader import Expected, Intent
from flows.session import Channel, Event, OpenCase, Reply, Session, SessionError, Status, TextArrived, Turn
from flows.wording import sayer
from sms_gateway import flow_versions, phrases
from sms_gateway.cases import desk
from sms_gateway.context import Services
from sms_gateway.services import Service
from sms_gateway.store import journal, people, sessions
from sms_gateway.store.people import Person
from sms_gateway.store.sessions import Stored
from sms_gateway.store.tables import MessageKind, SessionStatus

log = structlog.get_logger(__name__)

MENU = "menu"
OPENING = "opening"  # the value of a session that keeps the words which led to it
DIALOGUE = "dialogue:"  # the flow name of the machine's own dialogues begins so
RESUME_WITHIN = timedelta(hours=24)  # an older conversation is not offered again on a redial
_MOST_EFFECTS = 8  # of one turn, with those of what they began: a bound that no flow of ours comes near

# What a person can want before any question is open; everything else is looked for among the flows' names.
GLOBAL_INTENTS = frozenset(
    {
        Intent.DISTRESS,
        Intent.STOP,
        Intent.HUMAN,
        Intent.HELP,
        Intent.SWITCH_LANGUAGE,
        Intent.START,
        Intent.ERASE,
    }
)


@dataclass(frozen=True)
class Text:
    """A text that goes by SMS beside or before what the turn says."""

    body: str
    kind: MessageKind = MessageKind.REPLY


@dataclass
class Taking:
    """A turn in progress."""

    tx: Connection
    services: Services
    service: Service
    person: Person
    channel: Channel
    line_id: int
    event_id: int
    now: datetime
    words: str = ""
    said: list[Reply] = field(default_factory=list)
    first: list[Text] = field(default_factory=list)  # by SMS, before the rest (first contact, danger)
    beside: list[Text] = field(default_factory=list)  # by SMS, after the rest
    place: Session | None = None  # where the person is at the end, for the USSD page
    effects: int = 0
    opening: str = ""  # the free words that led into the conversation, for whoever takes a case of it
    promised: bool = False  # a case was opened or joined: the person was told by when
    active: Stored | None = None  # the active session, as this turn has left it,
    looked: bool = False  # once it was looked for
    changed: dict[str, object] = field(default_factory=dict)  # columns of the person that are not written yet

    @property
    def language(self) -> str:
        """The person's language, if the service speaks it; its first one else."""
        spoken = self.service.languages
        return self.person.language if self.person.language in spoken else spoken[0]

    @property
    def local_now(self) -> datetime:
        """Now, on the clocks of the service's country: the day that people mean by today."""
        return self.now.astimezone(ZoneInfo(self.service.timezone))

    def say(self, key: str, **values: str) -> None:
        """Add one of the machine's own phrases to what is said."""
        self.said.append(Reply(self.phrase(key, **values)))

    def phrase(self, key: str, **values: str) -> str:
        """One of the machine's own phrases, in the person's language."""
        return phrases.say(self.language, key, **values)

    def change_person(self, **columns: object) -> None:
        """Set columns of the person, whom this turn has locked; they are written at its end, all at once."""
        self.changed |= columns
        self.person = replace(self.person, **columns)  # type: ignore[arg-type]

    def write_person(self) -> None:
        """Write what was changed of the person."""
        if self.changed:
            people.change(self.tx, self.person.id, **self.changed)
            self.changed = {}

    def remember(self, stored: Stored) -> None:
        """A session is now as `stored`: nobody has to read it again in this turn."""
        if stored.status is SessionStatus.ACTIVE:
            self.active, self.looked = stored, True
        elif self.active is not None and self.active.id == stored.id:
            self.active = None


def take_text(taking: Taking, *, struck: bool = False) -> None:
    """A text, or what was typed on a USSD screen: to the open question, to a flow that it names, or to the menu."""
    stored = active_session(taking)
    standing = desk.standing(taking.tx, taking.person, now=taking.now)
    if standing is not None:
        if _answers_slip(taking):
            return
        if standing.machine_parked and not _has_the_floor(stored, standing):
            _to_the_volunteer(taking, stored, standing)
            return
        if standing.danger and _read(taking).intent is Intent.HELP:  # "help me" is no question about prices
            join(taking)
            return
        if _is_free_words(taking) and _is_for_the_case(taking, stored, standing):
            return
    if stored is not None:
        advance(taking, stored, TextArrived(taking.words, struck=struck))
    else:
        take_free_words(taking, struck=struck)


def _is_for_the_case(taking: Taking, stored: Stored | None, standing: desk.Standing) -> bool:
    """Free words while a case waits join it; True where they were meant for it alone, and no machine answers them."""
    if _says_where_it_stands(stored):
        put_aside(taking, stored)
        join(taking)
        return True
    if stored is not None and stored.flow.startswith(DIALOGUE):
        return False  # the machine's own question is open
    if stored is not None and _leads_on(taking, stored):
        join(taking, quietly=True)
        return False
    if stored is not None and stored.flow != MENU:
        join(taking)  # words that are no answer are for the person who was asked for
        return True
    join(taking, quietly=True)
    say_where_it_stands(taking, standing)
    return True


def _to_the_volunteer(taking: Taking, stored: Stored | None, standing: desk.Standing) -> None:
    """A volunteer has the conversation: words are theirs to read."""
    if _is_free_words(taking):
        put_aside(taking, stored)
        join(taking)
    else:
        _word_to_the_machine(taking, stored, standing)


def _answers_slip(taking: Taking) -> bool:
    """A digit that answers "we are late", while that was the last text: it belongs to the case, not to a machine."""
    said = desk.answer_slip(
        taking.tx,
        taking.services,
        taking.person,
        taking.service,
        words=taking.words,
        event_id=taking.event_id,
        now=taking.now,
    )
    if said is not None:
        taking.said.append(Reply(said))
    return said is not None


def join(taking: Taking, *, quietly: bool = False) -> None:
    """Put the words into the person's open case; say so once for a burst of texts, unless a machine answers anyway.

    A screen always says so: one that has nothing to say would look like a breakdown.
    """
    wrote = desk.citizen_wrote(
        taking.tx,
        taking.services,
        taking.person,
        taking.service,
        event_id=taking.event_id,
        words=taking.words,
        now=taking.now,
    )
    if wrote is not None and not quietly and (wrote.say_joined or taking.channel is Channel.USSD):
        taking.say("note_joined", case=str(wrote.number))


def take_free_words(taking: Taking, *, struck: bool = False) -> None:
    """Words with no question open: a word that always works, the name of a flow, or the menu."""
    reading = _read(taking)
    if reading.intent in GLOBAL_INTENTS or reading.maybe_stop:
        menu = flow_versions.menu(taking.tx, taking.service, taking.now)
        begun = start_machine(taking, menu)
        stored = _begin(taking, MENU, begun.session)
        advance(taking, stored, TextArrived(taking.words, struck=struck))
        return
    if reading.intent is not Intent.MENU and (code := _named_flow(taking)):
        begin_flow(taking, code, opening=taking.words)
    else:
        show_menu(taking, opening=taking.words if _is_free_words(taking) else "")


def take_dial(taking: Taking) -> None:
    """A USSD session begins: what waits for the person comes first, then what they had begun, then the menu."""
    standing = desk.standing(taking.tx, taking.person, now=taking.now)
    stored = active_session(taking)
    if standing is not None:
        say_where_it_stands(taking, standing)
    elif stored is not None and _may_resume(taking, stored):
        put_aside(taking, stored)
        title = sayer(_machine(taking, stored), taking.language)("title")
        start_dialogue(taking, "resume_by_redial", topic=title)
    else:
        show_menu(taking)


def say_where_it_stands(taking: Taking, standing: desk.Standing) -> None:
    """An open case: its number, by when, and what can be done meanwhile."""
    put_aside(taking, active_session(taking))
    case = str(standing.number)
    if standing.volunteer is not None:
        start_dialogue(taking, "status_answered", case=case, volunteer=standing.volunteer)
    else:
        start_dialogue(taking, "status_waiting", case=case, by=by(taking, standing.by))


def advance(taking: Taking, stored: Stored, event: Event) -> None:
    """Move a stored session by one event, and carry out what it asks."""
    machine = _machine(taking, stored)
    place = stored.place.moved_to(taking.channel)
    taking.opening = place.values.get(OPENING, "")
    say = sayer(machine, place.language)
    turn = engine.advance(machine, place, event, taking.local_now, say)
    _save(taking, stored, turn.session, SessionStatus(turn.session.status.value))
    _carry_out(taking, turn, machine, stored.id)


def again(taking: Taking, stored: Stored) -> None:
    """Say the open question of a session once more, and wake it if it had been put aside."""
    machine = _machine(taking, stored)
    place = stored.place.moved_to(taking.channel).in_language(machine.spoken(taking.language))
    turn = engine.again(machine, place, taking.local_now, sayer(machine, place.language))
    _save(taking, stored, turn.session, SessionStatus.ACTIVE)
    _carry_out(taking, turn, machine, stored.id)


def speaks(taking: Taking, stored: Stored) -> bool:
    """Whether a session's flow is complete in the person's language."""
    return taking.language in _machine(taking, stored).voices


def show_menu(taking: Taking, *, opening: str = "") -> None:
    """Begin the service's menu; what was active ends. `opening`: words that named nothing, for a person to read."""
    menu = flow_versions.menu(taking.tx, taking.service, taking.now)
    begin_machine(taking, MENU, menu, {OPENING: opening} if opening else None)


def begin_flow(taking: Taking, code: str, *, opening: str = "") -> None:
    """Begin a published flow; a code that is not published leads to the menu. `opening`: the words that led to it."""
    service = taking.service
    published = flow_versions.published(taking.tx, service.organisation_id, service.country)
    found = next((flow for flow in published if flow.code == code), None)
    if found is None:
        show_menu(taking)
        return
    journal.record(
        taking.tx, service.organisation_id, "flow_begun", now=taking.now, person_id=taking.person.id, flow=code
    )
    values = {OPENING: opening} if opening else None
    begin_machine(taking, code, flow_versions.machine(taking.tx, found.bundle_hash), values)


def start_dialogue(taking: Taking, name: str, **values: str) -> None:
    """Begin one of the machine's own dialogues; a conversation under it was put aside before by the caller."""
    machine = flow_versions.dialogue(taking.tx, taking.service.country, name, taking.now)
    begin_machine(taking, DIALOGUE + name, machine, values=values)


def begin_machine(taking: Taking, flow: str, machine: Machine, values: dict[str, str] | None = None) -> None:
    """Begin a conversation on a machine; the one that was active ends."""
    turn = start_machine(taking, machine, values)
    begun = _begin(taking, flow, turn.session)
    _carry_out(taking, turn, machine, begun.id)


def start_machine(taking: Taking, machine: Machine, values: dict[str, str] | None = None) -> Turn:
    """The first turn of a machine for this person."""
    language = machine.spoken(taking.language)
    say = sayer(machine, language)
    return engine.start(
        machine, channel=taking.channel, language=language, now=taking.local_now, say=say, values=values
    )


def active_session(taking: Taking) -> Stored | None:
    """The person's active session; one that can't be read any more is ended, and a person is asked."""
    if not taking.looked:
        try:
            taking.active = sessions.active(taking.tx, taking.person)
        except SessionError:
            log.error("session_unreadable", person_id=taking.person.id)
            end_sessions(taking)
        taking.looked = True
    return taking.active


def set_status(taking: Taking, stored: Stored, status: SessionStatus) -> None:
    """Put a session aside, wake it, or end it."""
    taking.remember(sessions.set_status(taking.tx, stored, status, now=taking.now))


def end_sessions(taking: Taking) -> None:
    """End every session of the person that still stands."""
    sessions.end_all(taking.tx, taking.person, now=taking.now)
    taking.active, taking.looked = None, True


def put_aside(taking: Taking, stored: Stored | None) -> None:
    """Keep a flow for later; a menu or a dialogue has nothing to keep and ends."""
    if stored is None:
        return
    keep = stored.flow != MENU and not stored.flow.startswith(DIALOGUE)
    set_status(taking, stored, SessionStatus.PARKED if keep else SessionStatus.ENDED)


def by(taking: Taking, moment: datetime) -> str:
    """By when, as this person reads it."""
    return phrases.by(moment, now=taking.now, language=taking.language, timezone=taking.service.timezone)


def _carry_out(taking: Taking, turn: Turn, machine: Machine, session_id: int) -> None:
    from sms_gateway import effects  # they begin machines in their turn

    taking.said.extend(turn.replies)
    if turn.session.status is Status.ACTIVE:
        taking.place = turn.session
    for effect in turn.effects:
        taking.effects += 1
        if taking.effects > _MOST_EFFECTS:
            log.error("too_many_effects", person_id=taking.person.id)
            return
        effects.carry_out(taking, effect, session_id=session_id)


def _begin(taking: Taking, flow: str, place: Session) -> Stored:
    """Store a new session; the one that was active ends."""
    if (stored := active_session(taking)) is not None:
        set_status(taking, stored, SessionStatus.ENDED)
    begun = sessions.begin(taking.tx, taking.person, flow=flow, place=place, now=taking.now)
    taking.remember(begun)
    return begun


def _save(taking: Taking, stored: Stored, place: Session, status: SessionStatus) -> None:
    taking.remember(sessions.save(taking.tx, taking.person, stored, place, now=taking.now, status=status))


def _machine(taking: Taking, stored: Stored) -> Machine:
    return flow_versions.machine(taking.tx, stored.bundle_hash)


def _read(taking: Taking) -> reader.Reading:
    return reader.read(
        Expected.ANY,
        taking.words,
        language=taking.language,
        country=taking.service.country,
        today=taking.local_now.date(),
    )


def _named_flow(taking: Taking) -> str | None:
    service = taking.service
    published = flow_versions.published(taking.tx, service.organisation_id, service.country)
    names = {
        flow.code: (
            *flow_versions.names(flow_versions.machine(taking.tx, flow.bundle_hash), taking.language),
            *packaged.flow_names(service.country, (flow.code,), taking.language).get(flow.code, ()),
        )
        for flow in published
    }
    return reader.name_flow(taking.words, names, taking.language)


def _has_the_floor(stored: Stored | None, standing: desk.Standing) -> bool:
    """The person went back to the machine (MENU, a dial) after the volunteer had last spoken."""
    return stored is not None and (standing.parked_since is None or stored.updated_at > standing.parked_since)


def _says_where_it_stands(stored: Stored | None) -> bool:
    return stored is not None and stored.flow.startswith(DIALOGUE + "status_")


def _leads_on(taking: Taking, stored: Stored) -> bool:
    """Whether these words lead on from the open question, rather than to the same one asked again."""
    machine = _machine(taking, stored)
    place = stored.place.moved_to(taking.channel)
    turn = engine.advance(machine, place, TextArrived(taking.words), taking.local_now, sayer(machine, place.language))
    asks_a_person = any(isinstance(effect, OpenCase) for effect in turn.effects)
    return turn.session.tries <= place.tries and not asks_a_person


def _is_free_words(taking: Taking) -> bool:
    """Words that a person should read: neither a key (0, 12) nor a word that always works."""
    if taking.words.strip().isdigit() and len(taking.words.strip()) < 3:
        return False
    return _read(taking).intent not in GLOBAL_INTENTS | {Intent.MENU, Intent.BACK, Intent.MORE}


def _word_to_the_machine(taking: Taking, stored: Stored | None, standing: desk.Standing) -> None:
    """A volunteer has the conversation, and the person sends a key or a word that always works.

    MENU gives the machine back. A bare key is the volunteer's, who may have asked "1 or 2?". 0 says where it stands.
    """
    intent = _read(taking).intent
    put_aside(taking, stored)
    if intent is Intent.MENU:
        taking.say("person_gives_back", case=str(standing.number))
        show_menu(taking)
    elif intent is Intent.HUMAN:
        say_where_it_stands(taking, standing)
    elif intent in GLOBAL_INTENTS:
        take_free_words(taking)
    else:
        join(taking)


def _may_resume(taking: Taking, stored: Stored) -> bool:
    if stored.flow == MENU or stored.flow.startswith(DIALOGUE) or taking.now - stored.updated_at > RESUME_WITHIN:
        return False
    return not is_discreet(taking, stored)


def is_discreet(taking: Taking, stored: Stored) -> bool:
    """Whether nothing may be sent unasked about this conversation: another may read the phone."""
    return _machine(taking, stored).discreet
