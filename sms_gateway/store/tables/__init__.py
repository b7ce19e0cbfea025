"""Every table: what is stored, and the constraints that hold the promises in the database itself; one file an idea."""

from sms_gateway.store.tables.accounts import accounts, shifts, volunteer_texts, web_sessions
from sms_gateway.store.tables.cases import case_entries, cases, held_answers, offers
from sms_gateway.store.tables.columns import Id, Moment, metadata
from sms_gateway.store.tables.conversations import events, sessions, timers, ussd_sessions
from sms_gateway.store.tables.counters import counter_lists, counters
from sms_gateway.store.tables.flows import bundles, flow_versions, flows, unclear_replies
from sms_gateway.store.tables.journal import journal, journal_chain
from sms_gateway.store.tables.messages import delivery_reports, outbox, simulator_messages
from sms_gateway.store.tables.organisations import desks, lines, organisations, services
from sms_gateway.store.tables.people import lanes, people, person_keys
from sms_gateway.store.tables.states import (
    CaseState,
    EntryKind,
    EventKind,
    HeldState,
    MessageKind,
    MessageState,
    OfferState,
    PersonStatus,
    Role,
    SessionStatus,
    VersionState,
    Wish,
)

__all__ = [
    "CaseState",
    "EntryKind",
    "EventKind",
    "HeldState",
    "Id",
    "MessageKind",
    "MessageState",
    "Moment",
    "OfferState",
    "PersonStatus",
    "Role",
    "SessionStatus",
    "VersionState",
    "Wish",
    "accounts",
    "bundles",
    "case_entries",
    "cases",
    "counter_lists",
    "counters",
    "delivery_reports",
    "desks",
    "events",
    "flow_versions",
    "flows",
    "held_answers",
    "journal",
    "journal_chain",
    "lanes",
    "lines",
    "metadata",
    "offers",
    "organisations",
    "outbox",
    "people",
    "person_keys",
    "services",
    "sessions",
    "shifts",
    "simulator_messages",
    "timers",
    "unclear_replies",
    "ussd_sessions",
    "volunteer_texts",
    "web_sessions",
]
