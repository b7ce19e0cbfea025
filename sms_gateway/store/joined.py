"""Queries of cases that went into another: whose texts join it, and the lines of its thread under another key."""

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from sms_gateway.store.tables import EntryKind, case_entries, cases, people


def move(tx: Connection, ends: Row[Any], *, into: Row[Any], settled_seq: int, last: int) -> None:
    """The thread of a case goes into another's; its unanswered texts come after the other's `last`.

    Every line stays under the key of its own person, so that erasing either erases what was theirs. Cases that had
    gone into the one that ends go with it.
    """
    lines = case_entries.c.case_id == ends.id
    own = case_entries.c.person_id.is_(None)
    tx.execute(update(case_entries).where(lines, own).values(person_id=ends.person_id))
    texts = case_entries.c.kind == EntryKind.CITIZEN
    tx.execute(update(case_entries).where(lines, texts, case_entries.c.seq <= settled_seq).values(seq=0))
    unanswered = select(case_entries.c.id).where(lines, texts, case_entries.c.seq > settled_seq)
    for seq, entry_id in enumerate(tx.execute(unanswered.order_by(case_entries.c.seq)).scalars().all(), start=last + 1):
        tx.execute(update(case_entries).where(case_entries.c.id == entry_id).values(seq=seq))
    tx.execute(update(case_entries).where(lines).values(case_id=into.id))
    if ends.summary:
        said = {"seq": 0, "kind": EntryKind.MACHINE, "body": ends.summary, "at": ends.opened_at}
        of = {"organisation_id": ends.organisation_id, "case_id": into.id, "person_id": ends.person_id}
        tx.execute(insert(case_entries).values(**of, **said))
    went = (cases.c.id == ends.id) | (cases.c.merged_into_id == ends.id)
    tx.execute(update(cases).where(went).values(merged_into_id=into.id))


def wrote_last(tx: Connection, case_id: int) -> list[int | None]:
    """Who wrote in a case, the newest first, each once; None: the person of the case itself."""
    query = select(case_entries.c.person_id).where(
        case_entries.c.case_id == case_id, case_entries.c.kind == EntryKind.CITIZEN
    )
    return list(dict.fromkeys(tx.execute(query.order_by(case_entries.c.id.desc())).scalars()))


def numbers(tx: Connection, case_id: int) -> tuple[int, ...]:
    """The numbers of the cases that went into this one, oldest first."""
    query = select(cases.c.number).where(cases.c.merged_into_id == case_id)
    return tuple(tx.execute(query.order_by(cases.c.id)).scalars())


def number_of(tx: Connection, case_id: int | None) -> int | None:
    """The number of the case that one went into."""
    if case_id is None:
        return None
    return int(tx.execute(select(cases.c.number).where(cases.c.id == case_id)).scalar_one())


def pseudonyms(tx: Connection, case_id: int) -> dict[int, int]:
    """The pseudonym of each person whose case went into this one."""
    query = select(people.c.id, people.c.pseudonym).join(cases, cases.c.person_id == people.c.id)
    return {row.id: row.pseudonym for row in tx.execute(query.where(cases.c.merged_into_id == case_id))}
