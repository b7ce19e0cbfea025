"""Who is asking: every query takes a scope, so that no row of another organisation is ever read by mistake."""

from dataclasses import dataclass

from sms_gateway.store.tables import Role


@dataclass(frozen=True)
class Scope:
    """An organisation's rows, seen with a role; `account_id` is None for the machine itself."""

    organisation_id: int
    role: Role
    account_id: int | None = None

    @staticmethod
    def machine(organisation_id: int) -> "Scope":
        """The machine acting for an organisation: turns, sweeps, deadlines."""
        return Scope(organisation_id, Role.MACHINE)
