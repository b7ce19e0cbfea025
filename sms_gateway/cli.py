"""The commands: `python -m sms_gateway COMMAND`, installed as `guichet`. Each imports what it needs when it runs."""

import os
import sys
from typing import Any

import click

from sms_gateway import cli_flows, cli_house, cli_lines
from sms_gateway.errors import GuichetError


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


for _module in (cli_flows, cli_house, cli_lines):
    for _command in _module.COMMANDS:
        main.add_command(_command)
