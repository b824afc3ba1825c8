"""The command line: ``duider``. Short commands load neither Telegram library."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bot import errands, logs, settings
from bot.ports import TokenRefused
from bot.settings import SettingProblem, Settings
from flows import coverage as covering
from flows.checks import check_all
from flows.diagram import mermaid
from flows.library import Library
from flows.loader import ContentError, load
from flows.model import Organisation
from storage.faults import StartProblem, StorageError
from storage.identifiers import NameProblem
from storage.roles import Role
from storage.teams import TeamExists

ROLES = [role.name.lower() for role in Role]
ORGANISATIONS = [organisation.value for organisation in Organisation]


class Problem(click.ClickException):
    """One line for the person at the keyboard, and exit code 1."""

    def show(self, file: object = None) -> None:
        """The line itself, without a prefix."""
        del file
        click.echo(self.message, err=True)


@contextmanager
def _one_line() -> Iterator[None]:
    """Every expected trouble as one line."""
    try:
        yield
    except (SettingProblem, StartProblem, NameProblem, ContentError, errands.NoTeam) as problem:
        raise Problem(str(problem)) from None
    except StorageError:
        raise Problem("DUIDER_DATA: the data could not be read or written; try again.") from None
    except TokenRefused:
        raise Problem(
            "DUIDER_TELEGRAM_TOKEN: Telegram does not know this token; ask BotFather for it."
        ) from None


def _settings() -> Settings:
    found = settings.load()
    logs.setup(found.log_level)
    logs.forbid_core_dumps()
    return found


@click.group()
def main() -> None:
    """Duider helps professionals interpret a worrying online message."""


@main.command()
def run() -> None:
    """Run the bot; without a token, the sandbox."""
    with _one_line():
        found = _settings()
        if found.token is None:
            _sandbox(found)
        # Both Telegram libraries take seconds to load; only the bot itself waits for them.
        from bot import app  # noqa: PLC0415

        asyncio.run(app.run(found))


@main.command()
def sandbox() -> None:
    """Run the sandbox, with the bot attached."""
    with _one_line():
        _sandbox(_settings())


def _sandbox(found: Settings) -> None:
    from bot.sandbox.launcher import run_sandbox  # noqa: PLC0415 - only here is a server needed

    sys.exit(asyncio.run(run_sandbox(found.sandbox_port)))


@main.command()
def check() -> None:
    """Check content and catalogues; one line for each fault."""
    faults = check_all()
    for fault in faults:
        click.echo(str(fault))
    click.echo(f"{len(faults)} faults." if faults else "No faults.")
    sys.exit(1 if faults else 0)


@main.command()
@click.argument("flow")
def draw(flow: str) -> None:
    """Draw a flow as a Mermaid diagram."""
    with _one_line():
        compiled = Library(load()).compiled
    if flow not in compiled:
        raise Problem(f"{flow}: no such flow; choose {', '.join(compiled)}.")
    click.echo(mermaid(compiled[flow]))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def coverage(*, as_json: bool) -> None:
    """Tell which ids of the inventory can be reached, and from where."""
    with _one_line():
        found = covering.coverage(load())
    click.echo(covering.as_json(found) if as_json else covering.as_text(found))


@main.group()
def team() -> None:
    """Make teams."""


@team.command("create")
@click.argument("name")
@click.option("--organisation", type=click.Choice(ORGANISATIONS), required=True)
def team_create(name: str, organisation: str) -> None:
    """Make a team."""
    with _one_line():
        try:
            errands.create_team(_settings(), name, Organisation(organisation))
        except TeamExists:
            raise Problem(f"{name}: this team exists already; choose another name.") from None
    click.echo(f"Team made: {name}")


@main.command()
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--team", "team_name", help="The team; not for administrators.")
def invite(role: str, team_name: str | None) -> None:
    """Print a one-time code, and its link when Telegram tells the bot's name."""
    chosen = Role[role.upper()]
    if (team_name is None) is not (chosen is Role.ADMINISTRATOR):
        needs = "no --team" if chosen is Role.ADMINISTRATOR else "--team NAME"
        raise Problem(f"--role {role} goes with {needs}.")
    with _one_line():
        found = _settings()
        code = errands.issue_invite(found, chosen, team_name)
        click.echo(code)
        name = asyncio.run(errands.bot_name(found))
    if name:
        click.echo(f"https://t.me/{name}?start={code}")


@main.command()
def report() -> None:
    """Show what is stored, for how long, and scan it for text."""
    with _one_line():
        tables, findings = errands.report(_settings())
    for table in tables:
        columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
        click.echo(f"{table.name}: {table.rows} rows. {table.purpose}")
        click.echo(f"  kept: {table.retention}\n  columns: {columns}")
    for finding in findings:
        click.echo(f"TEXT? {finding.place}: {finding.fault}")
    click.echo("Scan: text found." if findings else "Scan: no text, in no value and no byte.")
    sys.exit(1 if findings else 0)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Write a clean copy of the database; keys are not in it."""
    with _one_line():
        errands.backup(_settings(), file)
    click.echo(f"Copy written: {file}")


if __name__ == "__main__":
    main()
