"""What is forgotten, and when: replies kept for repeats, logins, ended conversations, old versions, silent people."""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, and_, delete, exists, or_, select

from sms_gateway.context import Services
from sms_gateway.flow_versions import forgetting
from sms_gateway.store import journal, mailbox, messages, people, unclear, ussd
from sms_gateway.store.tables import (
    CaseState,
    SessionStatus,
    cases,
    organisations,
    outbox,
    person_keys,
    sessions,
    simulator_messages,
    timers,
    web_sessions,
)
from sms_gateway.store.tables import people as people_table

REPLIES_KEPT = timedelta(minutes=10)
SIMULATED_KEPT = timedelta(days=2)
UNCLEAR_KEPT = timedelta(days=90)  # what nobody has looked at by then teaches nothing any more
CONVERSATIONS_KEPT = timedelta(days=30)  # once they have ended
_PEOPLE_AT_A_TIME = 200
_CONVERSATIONS_AT_A_TIME = 1_000


def forget_what_is_past(services: Services) -> int:
    """Forget all that has had its time; gives the number of people whose words went."""
    now = services.clock()
    with services.database.write() as tx:
        mailbox.forget_replies(tx, before=now - REPLIES_KEPT)
        ussd.forget(tx, now=now)
        unclear.forget(tx, before=now - UNCLEAR_KEPT)
        tx.execute(delete(web_sessions).where(web_sessions.c.expires_at < now))
        tx.execute(delete(simulator_messages).where(simulator_messages.c.at < now - SIMULATED_KEPT))
    forgotten = _forget_people(services)
    with services.database.write() as tx:
        _forget_conversations(tx, now)
        forgetting.forget_old_versions(tx, now=now)
    return forgotten


def _forget_conversations(tx: Connection, now: datetime) -> None:
    """Delete conversations that ended weeks ago, and all of those who were erased: nobody can read them any more.

    What was ended holds the answers that a person gave: they are kept no longer than somebody may ask about them, and
    the version that they were given in goes with them.
    """
    ended = and_(sessions.c.status == SessionStatus.ENDED, sessions.c.updated_at < now - CONVERSATIONS_KEPT)
    has_key = exists().where(person_keys.c.person_id == sessions.c.person_id)
    past = tx.execute(select(sessions.c.id).where(or_(ended, ~has_key)).limit(_CONVERSATIONS_AT_A_TIME)).scalars().all()
    tx.execute(delete(timers).where(timers.c.session_id.in_(past)))
    gone = tx.execute(delete(sessions).where(sessions.c.id.in_(past)).returning(sessions.c.organisation_id)).scalars()
    for organisation_id, count in sorted(Counter(gone).items()):
        journal.record(tx, organisation_id, "conversations_forgotten", now=now, count=count)


def _forget_people(services: Services) -> int:
    """Erase those who asked, once their last text has left, and those who were silent longer than words are kept.

    Nobody with an open case is forgotten.
    """
    now = services.clock()
    forgotten = 0
    with services.database.read() as tx:
        kept = tx.execute(select(organisations.c.id, organisations.c.retention_days)).all()
        candidates = [row for at in kept for row in tx.execute(_forgettable(at.id, now - timedelta(at.retention_days)))]
    for row in candidates:
        with services.database.write() as tx:
            person = people.lock(tx, services.sealer, row.id)
            if person is None or (person.last_seen_at, person.erased_at) != (row.last_seen_at, row.erased_at):
                continue  # they wrote meanwhile
            people.erase(tx, person.id)
            journal.record(tx, person.organisation_id, "person_erased", now=now, person_id=person.id)
            forgotten += 1
    return forgotten


def _forgettable(organisation_id: int, silent_since: datetime) -> Select[tuple[int, datetime, datetime | None]]:
    unsent = exists().where(outbox.c.person_id == people_table.c.id, outbox.c.state.in_(messages.UNSETTLED))
    open_case = exists().where(cases.c.person_id == people_table.c.id, cases.c.state != CaseState.CLOSED)
    return (
        select(people_table.c.id, people_table.c.last_seen_at, people_table.c.erased_at)
        .join(person_keys, person_keys.c.person_id == people_table.c.id)
        .where(
            people_table.c.organisation_id == organisation_id,
            or_(people_table.c.erased_at.is_not(None), people_table.c.last_seen_at < silent_since),
            ~unsent,
            ~open_case,
        )
        .limit(_PEOPLE_AT_A_TIME)
    )
