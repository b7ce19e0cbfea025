"""What a case is, as a value: its states, its offers, what can happen to it, and the numbers that rule it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sms_gateway.store.cases import UNREACHABLE_AFTER
from sms_gateway.store.tables import CaseState, OfferState

LEASE = timedelta(minutes=20)  # from taking to a first answer; then somebody else is asked
LOOK_AGAIN = timedelta(minutes=5)  # nobody was free: ask again who is
CORRECT_BEFORE = timedelta(minutes=10)  # a promise that will not hold is corrected this long before it lapses
DESK_BEFORE = timedelta(minutes=30)  # nobody has it this long before its promise lapses: a coordinator can keep it yet
DESK_AFTER = timedelta(minutes=20)  # of waiting at least, before the desk hears: two volunteers were asked by then
CORRECTIONS = 3  # texts that say "late", at most, until the person writes again
QUIET = timedelta(days=2)  # an answered person who writes nothing more: the case is finished, "did it help?" is asked
SAME_MATTER = timedelta(days=14)  # a text after closing may be about the same thing
ROUND_REST = timedelta(minutes=60)  # everybody was asked: before they are asked again; longer after each round
DANGER, URGENT, ORDINARY = 0, 1, 2


class Outcome(StrEnum):
    """How a case ended; the first four are a volunteer's to choose (FIN 1 … FIN 4)."""

    SETTLED = "settled"
    COUNTER = "counter"
    PROFESSIONAL = "professional"
    NOT_FOR_US = "not_for_us"
    STOPPED = "stopped"  # the person wants no more texts
    QUIET = "quiet"  # answered, and nothing more came
    UNREACHABLE = "unreachable"  # no text of ours arrives
    MERGED = "merged"  # it went into another case


class What(StrEnum):
    """What a move did: journaled, and what decides which texts are written."""

    OPENED = "case_opened"
    JOINED = "text_joined"
    THANKED = "thanked"
    OFFERED = "offered"
    DECLINED = "declined"
    EXPIRED = "offer_expired"
    WITHDRAWN = "offer_withdrawn"
    TAKEN = "taken"
    LEASE_HALF = "lease_half"
    LEASE_OVER = "lease_over"
    PASSED_ON = "passed_on"
    REASSIGNED = "reassigned"
    ANSWERED = "answered"
    UNDELIVERED = "answer_not_delivered"
    UNREACHABLE = "person_unreachable"
    SENT_AGAIN = "answer_sent_again"
    NEEDS_NOTHING = "needs_nothing"
    ESCALATED = "escalated"
    CORRECTED = "promise_corrected"
    BROKEN = "promise_broken"
    CLOSED = "closed"
    REOPENED = "reopened"
    PARKED = "parked"
    UNPARKED = "unparked"
    NEW_MATTER = "new_matter"
    MERGED = "cases_merged"
    MERGED_AWAY = "went_into_another"
    HELD = "answer_held"
    TAKEN_BACK = "answer_taken_back"
    GIVEN_BACK = "answer_given_back"
    ROUND = "new_round"


class Why(StrEnum):
    """Why a move was refused."""

    TAKEN = "somebody has it"
    OVER = "it is closed"
    OPEN = "it is open"
    STALE = "it has another owner by now"
    UNANSWERED = "a text came in that nobody answered"
    NEVER_ANSWERED = "nobody has answered it yet"
    NOT_ASKED = "no offer of it stands"
    NOT_LATER = "the day is not one that lies ahead"
    NOTHING_DUE = "nothing is due"
    REACHABLE = "texts to the person arrive, or may"


@dataclass(frozen=True)
class Event:
    """One thing that happened, and to whose hands."""

    what: What
    account_id: int | None = None


@dataclass(frozen=True)
class Offer:
    """A case shown to one volunteer. Once it ran out it can still be taken, while nobody has the case."""

    account_id: int
    state: OfferState
    round: int
    expires_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Case:
    """What the moves need of a case. `offers` are those of the present round, every state."""

    state: CaseState
    severity: int = ORDINARY
    epoch: int = 0
    owner_id: int | None = None
    last_inbound_seq: int = 0
    settled_seq: int = 0
    unanswered_since: datetime | None = None
    promised_by: datetime | None = None
    corrections: int = 0
    next_deadline: datetime | None = None
    lease_until: datetime | None = None
    parked_until: datetime | None = None
    half_lease_told: bool = False
    first_answer_at: datetime | None = None
    outcome: str | None = None
    closed_at: datetime | None = None
    round: int = 1
    undelivered: int = 0
    offers: tuple[Offer, ...] = field(default=())

    @property
    def is_open(self) -> bool:
        """Whether somebody is still responsible."""
        return self.state is not CaseState.CLOSED

    @property
    def has_unanswered(self) -> bool:
        """Whether a text of the person is neither answered nor set aside."""
        return self.last_inbound_seq > self.settled_seq

    @property
    def is_unreachable(self) -> bool:
        """Whether answers failed so often that nobody is to be asked for another."""
        return self.undelivered >= UNREACHABLE_AFTER

    @property
    def machine_parked(self) -> bool:
        """Whether a person has the conversation, so that the machine keeps quiet (MENU always gives it back)."""
        return self.state in {CaseState.CLAIMED, CaseState.ANSWERED, CaseState.PARKED}

    @property
    def open_offers(self) -> tuple[Offer, ...]:
        """The offers that still run."""
        return tuple(offer for offer in self.offers if offer.state is OfferState.OPEN)


@dataclass(frozen=True)
class Moved:
    """The case after the move, and what happened on the way."""

    case: Case
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Refused:
    """The move is not possible any more; nothing changed."""

    why: Why
