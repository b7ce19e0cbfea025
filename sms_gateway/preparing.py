"""What a start does before anybody is served: the schema, the services, the shipped flows, the demo accounts."""

import sys

from sqlalchemy.exc import OperationalError

from sms_gateway import demo, flow_versions, logs, wiring
from sms_gateway import services as services_
from sms_gateway.errors import NotReady
from sms_gateway.settings import Settings
from sms_gateway.store import migrate


def prepare(settings: Settings) -> None:
    """Bring the database to this version; safe to run again, and beside a version that still serves.

    Raises NotReady where the database does not answer.
    """
    logs.start(settings, process="prepare")
    try:
        migrate.upgrade(settings)
        services = wiring.wire(settings, doorbell=False)
        try:
            services_.ensure(services)
            flow_versions.register_shipped(services)
            if told := demo.ensure(services):
                sys.stdout.write(f"Demo accounts and their passwords: {told}\n")
        finally:
            services.database.close()
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise NotReady(f"The database can't be used: {reason}. Look at GUICHET_DATABASE_URL.") from None
