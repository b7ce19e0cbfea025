"""The commands for whoever writes procedures: check them, walk them, play their conversations, begin one."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

FINDING_KEYS = ("flow", "step", "rule", "severity", "locale", "channel", "message", "line")


@click.command()
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


@click.command()
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


@click.command()
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


@click.command("new-flow")
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


@click.command()
def schema() -> None:
    """Print the JSON Schema of the flow language, for editors that complete and check YAML."""
    from flows import schema as language

    click.echo(json.dumps(language.schema(), ensure_ascii=False, indent=1))


@click.command()
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


COMMANDS: tuple[click.Command, ...] = (check, explore, play, new_flow, schema, phone)
