"""Passwords: argon2id, a growing delay after five failures, the same answer whether the login exists or not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update

from sms_gateway.context import Services
from sms_gateway.store import journal
from sms_gateway.store.tables import accounts
from sms_gateway.web import login_sessions

SHORTEST = 8  # characters (OWASP ASVS 5.0 V6.2.1)
LONGEST = 200
FREE_FAILURES = 5
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)

_hasher = PasswordHasher()


@dataclass(frozen=True)
class Entered:
    """Somebody signed in: the cookie's token and whose it is."""

    token: str
    account_id: int
    role: str
    language: str


def hash_password(password: str) -> str:
    """What is stored of a password: argon2id, the library's parameters (RFC 9106). 0.1 s: never in a transaction."""
    return _hasher.hash(password)


def wait_after(failures: int) -> timedelta:
    """How long an account refuses after so many failures in a row: 1, 2, 4 … minutes from the fifth on, 1 h at most."""
    if failures < FREE_FAILURES:
        return timedelta()
    doubled = 1 << min(failures - FREE_FAILURES, 10)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def enter(services: Services, *, login: str, password: str) -> Entered | None:
    """Sign in; None for a wrong pair, an account that waits or is closed: nobody can tell which, nor by the time."""
    now = services.clock()
    with services.database.read() as tx:
        row = tx.execute(select(accounts).where(accounts.c.login == login)).first()
    open_to_try = row is not None and row.active and (row.locked_until is None or row.locked_until <= now)
    matches = _verify(row.password_hash if row is not None and open_to_try else _nobodys_hash(), password)
    if row is None or not open_to_try:
        return None
    if not matches:
        _note_failure(services, row.id, row.organisation_id, row.failed_logins + 1, now)
        return None
    with services.database.write() as tx:
        tx.execute(update(accounts).where(accounts.c.id == row.id).values(failed_logins=0, locked_until=None))
        login_sessions.forget_old(tx, now=now)
        token = login_sessions.begin(tx, row.id, row.organisation_id, now=now)
        journal.record(tx, row.organisation_id, "signed_in", now=now, account_id=row.id)
    return Entered(token, row.id, row.role, row.language)


def _note_failure(services: Services, account_id: int, organisation_id: int, failures: int, now: datetime) -> None:
    wait = wait_after(failures)
    with services.database.write(durable=False) as tx:
        tx.execute(
            update(accounts)
            .where(accounts.c.id == account_id)
            .values(failed_logins=accounts.c.failed_logins + 1, locked_until=now + wait if wait else None)
        )
        if wait:
            journal.record(tx, organisation_id, "sign_in_held", now=now, account_id=account_id, failures=failures)


def _verify(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    """Checked where there is no account, so that the answer takes as long."""
    return _hasher.hash("a password that nobody has")
