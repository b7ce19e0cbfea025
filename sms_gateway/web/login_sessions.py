"""Who is signed in: a row a session, found by the hash of a random token that only the browser's cookie holds.

30 minutes idle and 12 hours in all end it (OWASP ASVS 5.0 V7.3); signing out deletes the row: a copied cookie is dead.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from sms_gateway.store.database import Database
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import Role, accounts, web_sessions

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
NOTED_EVERY = timedelta(seconds=60)  # a write a minute says enough about who is there
COOKIE = "guichet_session"


@dataclass(frozen=True)
class SignedIn:
    """The account behind this request, as Flask-Login wants it."""

    id: int
    organisation_id: int
    role: Role
    name: str
    language: str
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Its id as text."""
        return str(self.id)

    @property
    def scope(self) -> Scope:
        """What this account may see."""
        return Scope(self.organisation_id, self.role, self.id)


def begin(tx: Connection, account_id: int, organisation_id: int, *, now: datetime) -> str:
    """Open a session; gives the token for the cookie, which is stored nowhere else."""
    token = secrets.token_urlsafe(32)
    tx.execute(
        insert(web_sessions).values(
            token_hash=_hash(token),
            organisation_id=organisation_id,
            account_id=account_id,
            created_at=now,
            seen_at=now,
            expires_at=now + LONGEST,
        )
    )
    tx.execute(update(accounts).where(accounts.c.id == account_id).values(last_seen_at=now))
    return token


def find(database: Database, token: str, *, now: datetime, quiet: bool) -> SignedIn | None:
    """The account that this token is for; None once it ended. `quiet`: a page that asks by itself is no activity."""
    key = _hash(token)
    with database.read() as tx:
        row = tx.execute(
            select(accounts, web_sessions.c.seen_at, web_sessions.c.expires_at)
            .join(accounts, accounts.c.id == web_sessions.c.account_id)
            .where(web_sessions.c.token_hash == key, accounts.c.active)
        ).first()
    if row is None or now >= row.expires_at or now - row.seen_at >= IDLE:
        return None
    if not quiet and now - row.seen_at >= NOTED_EVERY:
        with database.write(durable=False) as tx:
            tx.execute(update(web_sessions).where(web_sessions.c.token_hash == key).values(seen_at=now))
            tx.execute(update(accounts).where(accounts.c.id == row.id).values(last_seen_at=now))
    return SignedIn(row.id, row.organisation_id, Role(row.role), row.name, row.language)


def end(tx: Connection, token: str) -> None:
    """Close the session of this token."""
    tx.execute(delete(web_sessions).where(web_sessions.c.token_hash == _hash(token)))


def end_all(tx: Connection, account_id: int) -> None:
    """Close every session of an account: on every computer where it was left open."""
    tx.execute(delete(web_sessions).where(web_sessions.c.account_id == account_id))


def forget_old(tx: Connection, *, now: datetime) -> int:
    """Delete the rows of sessions that ended by time; gives their count."""
    over = (web_sessions.c.expires_at <= now) | (web_sessions.c.seen_at <= now - IDLE)
    return tx.execute(delete(web_sessions).where(over)).rowcount


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
