"""The demo: accounts to try every page with, and volunteers whose phones stand on /phone."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from sms_gateway.context import Services
from sms_gateway.errors import AlreadyTaken
from sms_gateway.services import DEMO_ORGANISATION
from sms_gateway.store.tables import Role, accounts
from sms_gateway.web.accounts import make_account

FILE = "demo-accounts.txt"


@dataclass(frozen=True)
class DemoAccount:
    """An account of the demo. `regions` brings it the cases of its own country first."""

    login: str
    role: Role
    name: str
    language: str
    phone: str | None = None
    languages: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


# A volunteer for each demo service, by its code; their phones are the simulator's: no real phone begins with +999.
VOLUNTEERS = {
    "france": DemoAccount("awa", Role.VOLUNTEER, "Awa", "fr", "+99933100001", ("fr", "en"), ("france",)),
    "kenya": DemoAccount("wanjiru", Role.VOLUNTEER, "Wanjiru", "en", "+99925410001", ("en", "sw"), ("kenya",)),
    "cote_divoire": DemoAccount("aya", Role.VOLUNTEER, "Aya", "fr", "+99922510001", ("fr",), ("cote_divoire",)),
}
OTHERS = (
    DemoAccount("mariam", Role.COORDINATOR, "Mariam", "en", "+99925420001"),
    DemoAccount("claire", Role.COORDINATOR, "Claire", "fr", "+99933200001"),
    DemoAccount("paul", Role.EDITOR, "Paul", "fr"),
)


def ensure(services: Services) -> Path | None:
    """Make the demo accounts that are missing; the file that tells their passwords, None where there is no demo."""
    if services.settings.services_file is not None:
        return None
    path = services.settings.data / FILE
    passwords = _passwords(path)
    with services.database.read() as tx:
        known = set(tx.execute(select(accounts.c.login)).scalars())
    for account in (*VOLUNTEERS.values(), *OTHERS):
        if account.login not in known:
            _make(services, account, passwords[account.login])
    return path


def _make(services: Services, account: DemoAccount, password: str) -> None:
    try:
        make_account(
            services,
            login=account.login,
            password=password,
            role=account.role,
            name=account.name,
            organisation=DEMO_ORGANISATION,
            language=account.language,
            phone=account.phone,
            languages=account.languages,
            regions=account.regions,
        )
    except AlreadyTaken:
        return  # another start made it at the same moment


def _passwords(path: Path) -> dict[str, str]:
    """The passwords that the file tells; written whole, once, before any account has them."""
    if not path.exists():
        lines = ["# Demo accounts of this Guichet: login, password, what it may do."]
        for account in (*VOLUNTEERS.values(), *OTHERS):
            lines.append(f"{account.login} {secrets.token_urlsafe(9)} {account.role}")
        draft = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    told = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {words[0]: words[1] for words in told if len(words) > 1}
