"""The commands for whoever runs a counter: accounts, the places that people are sent to, the poster and the cards."""

import sys
from pathlib import Path

import click

ROLES = ("volunteer", "coordinator", "editor", "auditor")


@click.group()
def account() -> None:
    """The accounts of volunteers, coordinators, editors and auditors."""


@account.command("add")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--login", required=True, help="The name to sign in with.")
@click.option("--name", default="", help="The name that people see; else the login.")
@click.option("--organisation", default="demo", show_default=True)
@click.option("--language", default="fr", show_default=True, help="Of the pages.")
@click.option("--phone", help="A volunteer's phone, such as +33612345678.")
@click.option("--languages", default="", help="Comma list; else all that the service has.")
@click.option("--topics", default="", help="Comma list; else all.")
@click.option("--regions", default="", help="Comma list; else all.")
def add_account(
    *,
    role: str,
    login: str,
    name: str,
    organisation: str,
    language: str,
    phone: str | None,
    languages: str,
    topics: str,
    regions: str,
) -> None:
    """Make an account. The password is read from standard input, never from the command line."""
    from sms_gateway import preparing, wiring
    from sms_gateway.settings import load_settings
    from sms_gateway.store import migrate
    from sms_gateway.store.tables import Role
    from sms_gateway.web.accounts import make_account

    password = _password()
    settings = load_settings()
    services = wiring.wire(settings, doorbell=False)
    if not migrate.is_current(services.database):
        preparing.prepare(settings)
    make_account(
        services,
        login=login,
        password=password,
        role=Role(role),
        name=name,
        organisation=organisation,
        language=language,
        phone=phone,
        languages=_items(languages),
        topics=_items(topics),
        regions=_items(regions),
    )
    click.echo(f"The account {login} is made.")


@click.command("print")
@click.argument("service", metavar="[SERVICE]", required=False)
@click.option(
    "--into",
    "folder",
    metavar="FOLDER",
    default=".",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the files go. Left out: this folder.",
)
def print_leaflets(service: str | None, folder: Path) -> None:
    """Make a poster and wallet cards of SERVICE as PDF: the number to text, the three keys, in large type.

    SERVICE is its code in the services file; left out where there is only one. The poster is A4; the cards are ten on
    an A4 sheet, to cut. Each has a page for every language of the service. Files of the same name are written over.
    """
    from sms_gateway import posters, services
    from sms_gateway.settings import load_settings

    told = {each.code: each for each in services.told_services(load_settings())}
    if service is None and len(told) == 1:
        (service,) = told
    if service not in told:
        raise click.ClickException(f"Write which service: {', '.join(told)}.")
    pages = posters.leaflets(told[service])
    folder.mkdir(parents=True, exist_ok=True)
    for kind, content in (("poster", posters.poster(pages)), ("cards", posters.cards(pages))):
        path = folder / f"{service}-{kind}.pdf"
        path.write_bytes(content)
        click.echo(f"{path} ({', '.join(told[service].languages)})")


@click.group()
def counters() -> None:
    """The counters that people are sent to when no person can answer."""


@counters.command("import")
@click.argument("path", metavar="FILE.csv", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", default="demo", show_default=True)
@click.option("--whole", is_flag=True, help="The file is the whole list: counters that it lacks are switched off.")
def import_counters(path: Path, organisation: str, whole: bool) -> None:
    """Import a list of counters from FILE.csv: commas or semicolons, UTF-8 or Latin-1, a first line of column names.

    Our columns: id, name and place (the town), which each line must have; postcode, region, address, hours, phone,
    topics (as cases have them, apart by spaces; empty: everything), latitude, longitude, checked_on (2026-03-10).

    Of the France services list: matricule or id_fs, lib_fs, lib_com or commune, code_postal, adresse, telephone,
    latitude, longitude, h_lundi to h_samedi. Check them against your file: the list's columns have changed over time.

    Every line that can't be kept is told, the others are kept (exit 1). The same file twice changes nothing. A
    counter that an earlier list lacked answers again; one that was switched off by hand stays off. With --whole,
    nothing is switched off while a line is refused.
    """
    from sms_gateway import preparing, wiring
    from sms_gateway.counters import importing
    from sms_gateway.counters.refusals import ListError
    from sms_gateway.settings import load_settings
    from sms_gateway.store import migrate

    if path.stat().st_size > importing.LARGEST:
        raise click.ClickException("The file is larger than 10 MB.")
    settings = load_settings()
    services = wiring.wire(settings, doorbell=False)
    if not migrate.is_current(services.database):
        preparing.prepare(settings)
    try:
        with services.database.write() as tx:
            report = importing.import_list(tx, organisation, path.read_bytes(), whole=whole, now=services.clock())
    except ListError as wrong:
        raise click.ClickException(str(wrong)) from None
    for refused in report.refused:
        click.echo(f"Line {refused.line}: {refused.why}.")
    if report.unknown_topics:
        click.echo(f"No procedure is about: {', '.join(report.unknown_topics)}. Nobody is sent to a counter for these.")
    click.echo(
        f"{report.new} new, {report.changed} changed, {report.same} as before, "
        f"{report.switched_off} switched off, {len(report.refused)} refused."
    )
    sys.exit(1 if report.refused else 0)


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


def _items(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


COMMANDS: tuple[click.Command, ...] = (account, print_leaflets, counters)
