"""A turn in progress: the person whom it has locked, what it says, and the conversation as it leaves it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection

from flows.session import Channel, Reply, Session, SessionError
from sms_gateway import phrases
from sms_gateway.context import Services
from sms_gateway.services import Service
from sms_gateway.store import people, sessions
from sms_gateway.store.people import Person
from sms_gateway.store.sessions import Stored
from sms_gateway.store.tables import MessageKind, SessionStatus

log = structlog.get_logger(__name__)

MENU = "menu"
DIALOGUE = "dialogue:"  # the flow name of the machine's own dialogues begins so


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

    def active_session(self) -> Stored | None:
        """The person's active session; one that can't be read any more is ended, and a person is asked."""
        if not self.looked:
            try:
                self.active = sessions.active(self.tx, self.person)
            except SessionError:
                log.error("session_unreadable", person_id=self.person.id)
                self.end_sessions()
            self.looked = True
        return self.active

    def set_status(self, stored: Stored, status: SessionStatus) -> None:
        """Put a session aside, wake it, or end it."""
        self.remember(sessions.set_status(self.tx, stored, status, now=self.now))

    def end_sessions(self) -> None:
        """End every session of the person that still stands."""
        sessions.end_all(self.tx, self.person, now=self.now)
        self.active, self.looked = None, True

    def put_aside(self, stored: Stored | None) -> None:
        """Keep a flow for later; a menu or a dialogue has nothing to keep and ends."""
        if stored is None:
            return
        keep = stored.flow != MENU and not stored.flow.startswith(DIALOGUE)
        self.set_status(stored, SessionStatus.PARKED if keep else SessionStatus.ENDED)

    def by(self, moment: datetime) -> str:
        """By when, as this person reads it."""
        return phrases.by(moment, now=self.now, language=self.language, timezone=self.service.timezone)
