"""The commands: `python -m sms_gateway COMMAND`, installed as `guichet`. Each imports what it needs when it runs."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from sms_gateway.errors import GuichetError

ROLES = ("volunteer", "coordinator", "editor", "auditor")


class Commands(click.Group):
    """The group whose errors are one sentence for whoever typed: no traceback for what we raised on purpose."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; one of our own errors ends it with its sentence and exit code 2."""
        try:
            return super().invoke(ctx)
        except GuichetError as error:
            click.echo(str(error), err=True)
            ctx.exit(2)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Guichet: a basic phone's counter, with a person one key away."""


@main.command()
@click.option("--end-with-parent", is_flag=True, help="End when the process that started this one is gone.")
def run(end_with_parent: bool) -> None:
    """Start everything here: Redis, the database, web and worker. Ctrl-C stops it all."""
    from sms_gateway import children, running
    from sms_gateway.settings import load_settings

    if end_with_parent:
        children.end_with_parent()
    code = running.run(load_settings())
    sys.stdout.flush()
    os._exit(code)  # all is stopped and stored; taking a whole interpreter apart would cost another second


@main.command(hidden=True)
def prepare() -> None:
    """Bring the database to this version: migrations, services, shipped flows. `run` does it at every start."""
    from sms_gateway import preparing
    from sms_gateway.settings import load_settings

    preparing.prepare(load_settings())


@main.command()
def doctor() -> None:
    """Say what is missing or wrong in this installation, and how to mend it."""
    from sms_gateway import doctor as examination

    findings = examination.examine()
    for finding in findings:
        click.echo(f"{'ok     ' if finding.fine else 'to mend'}  {finding.sentence}")
        if finding.remedy:
            click.echo(f"         {finding.remedy}")
    sys.exit(0 if all(finding.fine for finding in findings) else 1)


@main.command()
def measure() -> None:
    """Read JSON lines {"id", "text"}; write what each text costs as an SMS, and what would be sent."""
    from flows import alphabet

    def measured(line: Mapping[str, Any]) -> dict[str, Any]:
        text = _whole_characters(str(line["text"]))
        size = alphabet.measure(text)
        return {
            "id": line["id"],
            "encoding": str(size.encoding),
            "segments": size.segments,
            "units": size.units,
            "part_units": list(size.part_units),
            "non_gsm7": list(size.non_gsm7),
            "rewritten": alphabet.rewrite(text),
        }

    _answer_lines(measured)


@main.command()
def read() -> None:
    """Read JSON lines {"id", "lang", "expected", "options", "text", "today"}; write what each text means."""
    from flows.reader import read_line

    _answer_lines(read_line)


FINDING_KEYS = ("flow", "step", "rule", "severity", "locale", "channel", "message", "line")


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="A list of findings for programs.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day to check for: YYYY-MM-DD.")
@click.option("--country", help="The country of a flow whose folder doesn't say.")
@click.option("--costs", "with_costs", is_flag=True, help="Also what the way to each ending costs by SMS, at most.")
def check(
    paths: tuple[Path, ...], as_json: bool, today: datetime | None, country: str | None, with_costs: bool
) -> None:
    """Check flows: the whole library, or those in PATH. Exit 1 when one has an error."""
    from dataclasses import asdict

    from flows import checker, costs

    findings = checker.check(paths, today=(today or datetime.now(UTC)).date(), country=country or "")
    if as_json:
        told = [{key: value for key, value in asdict(finding).items() if key in FINDING_KEYS} for finding in findings]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            click.echo(str(finding))
        found = "One finding." if len(findings) == 1 else f"{len(findings)} findings."
        click.echo(found if findings else "Nothing to mend.")
        if untold := checker.not_told(paths):
            click.echo(f"No written conversation yet: {', '.join(untold)}. Publishing needs each ending in one.")
        if untried := checker.not_tried(paths):
            click.echo(f"Tried with nobody yet (L35): {', '.join(untried)}. Then write `tested:` into the flow.")
        if with_costs:
            click.echo("\n".join(costs.tables(paths, country=country or "")))
    sys.exit(1 if any(finding.severity is checker.FindingSeverity.ERROR for finding in findings) else 0)


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--limit", type=click.IntRange(min=1), help="The most states to visit of one flow.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day on which it happens: YYYY-MM-DD.")
@click.option("--country", help="The country of a flow whose folder doesn't say.")
def explore(paths: tuple[Path, ...], limit: int | None, today: datetime | None, country: str | None) -> None:
    """Walk flows through every state that a person can bring them to: all that we ship, or those in PATH.

    Exit 1 where a promise breaks, with the shortest conversation that shows it.
    """
    from flows import explorer
    from flows.compiler import CompileError
    from flows.parser import ParseError

    day, most, kept = (today or datetime.now(UTC)).date(), limit or explorer.LIMIT, True
    try:
        for machine in explorer.in_files(paths, country=country or "") if paths else explorer.shipped():
            explored = explorer.explore(machine, today=day, limit=most)
            kept = kept and not explored.broken
            click.echo("\n".join(explored.lines()))
    except (ParseError, CompileError) as error:
        raise click.ClickException(f"{error}\nguichet check says how to mend it.") from None
    sys.exit(0 if kept else 1)


@main.command()
@click.argument("transcripts", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def play(transcripts: tuple[Path, ...]) -> None:
    """Play written conversations. Exit 1 and a readable difference where one goes another way."""
    from flows import transcript
    from flows.compiler import CompileError
    from flows.parser import ParseError

    failed = False
    for path in transcripts:
        try:
            differences = transcript.play(path)
        except (transcript.TranscriptError, ParseError, CompileError) as error:
            raise click.ClickException(f"{path}: {error}") from None
        except FileNotFoundError as missing:
            raise click.ClickException(f"{path}: there is no {missing.filename}.") from None
        failed = failed or bool(differences)
        click.echo(f"{path}: {'it went another way.' if differences else 'as written.'}")
        for difference in differences:
            click.echo(str(difference))
    sys.exit(1 if failed else 0)


@main.command("new-flow")
@click.argument("country")
@click.argument("code")
@click.option("--title", default="", help="What it is about, as people say it; else its code.")
@click.option(
    "--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Else the country's library."
)
def new_flow(country: str, code: str, title: str, folder: Path | None) -> None:
    """Begin a flow: a page that works, and its conversations. CODE is its name, such as carte_grise."""
    from flows import packaged, skeleton

    folder = folder or packaged.LIBRARY / country
    try:
        begun = skeleton.new_flow(country, code, title=title, folder=folder, today=datetime.now(UTC).date())
    except skeleton.SkeletonError as error:
        raise click.ClickException(str(error)) from None
    for name, text in begun.files.items():
        (folder / name).write_text(text, encoding="utf-8")
        click.echo(f"Written: {folder / name}")
    for number, step in enumerate(begun.next_steps, 1):
        click.echo(f"{number}. {step}")


@main.command()
def schema() -> None:
    """Print the JSON Schema of the flow language, for editors that complete and check YAML."""
    from flows import schema as language

    click.echo(json.dumps(language.schema(), ensure_ascii=False, indent=1))


@main.command()
@click.option("--line", "code", help="The line to call, such as 38000 or *384*77#.")
@click.option("--as", "phone", help="The number of the phone in your hand.")
@click.option("--url", help="A running Guichet, such as http://127.0.0.1:8000; without it, one in this process.")
@click.option(
    "--record",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Talk to the flow beside this file alone, and write the conversation into it.",
)
@click.option("--channel", type=click.Choice(["sms", "ussd"]), default="sms", show_default=True, help="Of a recording.")
@click.option("--language", default="", help="Of a recording; else the flow's own.")
def phone(
    code: str | None, phone: str | None, url: str | None, record: Path | None, channel: str, language: str
) -> None:
    """A basic phone in this terminal, for SMS and USSD; with --record, one that writes a conversation down."""
    from sms_gateway import terminal_phone

    if record is None:
        terminal_phone.main(line=code, phone=phone, url=url)
        return
    if code or phone or url:
        raise click.UsageError("A recording needs no line, no number and no running Guichet.")
    from flows.compiler import CompileError
    from flows.parser import ParseError
    from flows.transcript import TranscriptError

    try:
        terminal_phone.record(record, channel=channel, language=language)
    except FileExistsError:
        raise click.ClickException(f"{record} is there already. Give the conversation another name.") from None
    except TranscriptError as error:
        raise click.ClickException(str(error)) from None
    except (ParseError, CompileError) as error:
        raise click.ClickException(f"{error}\nguichet check says how to mend it.") from None
    said = f"Written: {record}. Read it; guichet play {record} plays it." if record.exists() else "Nothing was said."
    click.echo(said)


@main.group()
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


@main.command("print")
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


@main.group()
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


def _answer_lines(answer: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
    """One JSON line out for each JSON line in, at once: another program may wait for it."""
    for number, line in _json_lines():
        try:
            said = answer(line)
        except KeyError as missing:
            raise click.ClickException(f"Line {number} lacks {missing}.") from None
        except ValueError as wrong:
            raise click.ClickException(f"Line {number}: {wrong}") from None
        sys.stdout.buffer.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")
        sys.stdout.buffer.flush()


def _json_lines() -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError:
            raise click.ClickException(f"Line {number} is no JSON.") from None
        if not isinstance(value, dict):
            raise click.ClickException(f"Line {number} is no JSON object.")
        yield number, value


def _whole_characters(text: str) -> str:
    """The text with U+FFFD for halves of surrogate pairs, which no network can carry."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
