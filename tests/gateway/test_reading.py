"""What one page reads is of one moment, whatever others write meanwhile."""

from sqlalchemy import func, select

from sms_gateway.context import Services
from sms_gateway.store.tables import journal
from tests.gateway.parts import a_person


def test_what_others_commit_meanwhile_is_in_the_next_reading(services: Services) -> None:
    count = select(func.count()).select_from(journal)
    person, _line = a_person(services)
    with services.database.read() as tx:
        before = tx.execute(count).scalar_one()
        with services.database.write() as other:
            row = {"organisation_id": person.organisation_id, "at": services.clock(), "what": "meanwhile", "detail": {}}
            other.execute(journal.insert().values(row))
        assert tx.execute(count).scalar_one() == before
    with services.database.read() as tx:
        assert tx.execute(count).scalar_one() == before + 1
