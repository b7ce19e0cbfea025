"""Whose key seals a line of a thread, and which phone is answered: a case that another one went into has several."""

from typing import Any

from sqlalchemy import Connection, Row

from sms_gateway.store import joined, people
from sms_gateway.store.people import Person
from sms_gateway.store.sealing import Erased, Sealer


def words_of(tx: Connection, sealer: Sealer, person: Person, entry: Row[Any], *, case_of: int) -> str:
    """The words of a line; nothing once the person whose they are was erased. `case_of`: the person of the case."""
    whose = entry.person_id or case_of
    by = person if whose == person.id else people.read(tx, sealer, whose)
    try:
        return by.seal.open(entry.body) if by is not None and by.seal is not None else ""
    except Erased:
        return ""


def to_answer(tx: Connection, sealer: Sealer, person: Person, case_id: int) -> Person:
    """The phone that wrote last, if it still takes our texts; else the one before. `person`: of the case itself."""
    for whose in joined.wrote_last(tx, case_id):
        found = person if whose in {None, person.id} else people.read(tx, sealer, whose)
        if found is not None and found.seal is not None and not found.stopped:
            return found
    return person
