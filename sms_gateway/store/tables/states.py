"""The values that columns of states and kinds may have."""

from enum import StrEnum


class PersonStatus(StrEnum):
    """Whether we may write to a person."""

    ACTIVE = "active"
    STOPPED = "stopped"


class SessionStatus(StrEnum):
    """Where a conversation stands; one ACTIVE per person, by a partial unique index."""

    ACTIVE = "active"
    PARKED = "parked"
    SLEEPING = "sleeping"
    ENDED = "ended"


class EventKind(StrEnum):
    """What can arrive in a person's mailbox."""

    TEXT = "text"
    HOP = "hop"
    HOPS_ENDED = "hops_ended"
    OPT_OUT = "opt_out"
    OUTCOME = "outcome"
    TIMER = "timer"
    UNDELIVERED = "undelivered"
    WITHDRAWN = "withdrawn"  # the version of a flow that the person is in


class MessageState(StrEnum):
    """Where an outgoing message stands. UNKNOWN: the gateway may or may not have taken it."""

    WAITING = "waiting"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class MessageKind(StrEnum):
    """Why a message is sent; it decides what happens when a send is unknown."""

    REPLY = "reply"  # the machine's; may be sent again once when a send is unknown
    ANSWER = "answer"  # a volunteer's words; never sent again blindly
    NOTICE = "notice"  # the machine's, unasked (a promise corrected, a follow-up)
    DANGER = "danger"  # emergency numbers; waits for nothing
    TEAM = "team"  # to a volunteer's or a coordinator's phone


class CaseState(StrEnum):
    """The lifecycle of a case (DESIGN §6)."""

    QUEUED = "queued"
    OFFERED = "offered"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    ESCALATED = "escalated"
    PARKED = "parked"
    CLOSED = "closed"


class OfferState(StrEnum):
    """What became of an offer. An EXPIRED one can still be taken while nobody has the case."""

    OPEN = "open"
    TAKEN = "taken"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Wish(StrEnum):
    """What the person of a case asked for, beside an answer."""

    CALL = "call"


class EntryKind(StrEnum):
    """Who said a line of a case's thread."""

    CITIZEN = "citizen"
    MACHINE = "machine"
    ANSWER = "answer"
    NOTE = "note"
    DRAFT = "draft"


class HeldState(StrEnum):
    """What became of an answer that did not leave at once. FLAGGED: it did, and a coordinator is to read it."""

    WAITING = "waiting"
    LEFT = "left"
    TAKEN_BACK = "taken_back"
    GIVEN_BACK = "given_back"
    DRAFT = "draft"  # the case has another owner by now, or is closed
    FLAGGED = "flagged"


class Role(StrEnum):
    """What an account may do. MACHINE and GATEWAY never log in."""

    VOLUNTEER = "volunteer"
    COORDINATOR = "coordinator"
    EDITOR = "editor"
    AUDITOR = "auditor"
    MACHINE = "machine"


class VersionState(StrEnum):
    """A flow's version: one PUBLISHED per organisation and flow, by a partial unique index."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"
    WITHDRAWN = "withdrawn"
