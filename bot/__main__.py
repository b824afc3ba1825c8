"""The command line: ``duider``."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

import click

from bot import logs, settings
from bot.settings import Settings, SettingProblem
from flows.loader import ContentError, load
from flows.model import Organisation
from storage.faults import StartProblem, StorageError
from storage.identifiers import Identifiers, NameProblem
from storage.roles import Role

T = TypeVar("T")


class Problem(click.ClickException):
    """One line for the person at the keyboard, and exit code 1."""

    def show(self, file: object = None) -> None:
        """The line itself, without a prefix."""
        click.echo(self.message, err=True)


@contextmanager
def _one_line() -> Iterator[None]:
    """Every expected trouble as one line."""
    from bot.ports import TokenRefused

    try:
        yield
    except (SettingProblem, StartProblem, NameProblem, ContentError) as problem:
        raise Problem(str(problem)) from None
    except StorageError:
        raise Problem("DUIDER_DATA: the data could not be written; try again.") from None
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
        from bot import app

        asyncio.run(app.run(found))


@main.command()
def sandbox() -> None:
    """Run the sandbox, with the bot attached."""
    with _one_line():
        _sandbox(_settings())


def _sandbox(found: Settings) -> None:
    from bot.sandbox.launcher import run_sandbox

    sys.exit(asyncio.run(run_sandbox(found.sandbox_port)))


@main.command()
def check() -> None:
    """Check content and catalogues; one line for each fault."""
    from flows.checks import check as faults_of

    try:
        faults = [str(fault) for fault in faults_of()]
    except ContentError as problem:
        faults = [str(fault) for fault in problem.faults]
    for fault in faults:
        click.echo(fault)
    if faults:
        click.echo(f"{len(faults)} faults.", err=True)
        sys.exit(1)
    click.echo("No faults.")


@main.command()
@click.argument("flow")
def draw(flow: str) -> None:
    """Draw a flow as a Mermaid diagram."""
    from flows.diagram import mermaid
    from flows.library import Library

    with _one_line():
        library = Library(load())
        if flow not in library.compiled:
            raise Problem(f"{flow}: no such flow; choose {', '.join(library.compiled)}.")
        click.echo(mermaid(library.compiled[flow]))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def coverage(*, as_json: bool) -> None:
    """Tell which ids of the inventory can be reached, and from where."""
    from flows import coverage as covering
    from flows.library import Library

    with _one_line():
        found = covering.coverage(Library(load()))
    click.echo(json.dumps(covering.as_json(found)) if as_json else covering.as_text(found))


@main.group()
def team() -> None:
    """Make teams."""


@team.command("create")
@click.argument("name")
@click.option("--organisation", type=click.Choice([o.value for o in Organisation]), required=True)
def team_create(name: str, organisation: str) -> None:
    """Make a team."""
    from storage import teams

    with _one_line():
        found = _settings()
        try:
            _errand(found, partial(_create_team, name=name, organisation=organisation))
        except teams.TeamExists:
            raise Problem(f"{name}: this team exists already; choose another name.") from None
    click.echo(f"Team made: {name}")


def _create_team(store: object, identifiers: Identifiers, *, name: str, organisation: str) -> None:
    from storage import teams
    from storage.connection import Store

    assert isinstance(store, Store)
    now = int(time.time())
    teams.create(store, identifiers, name, Organisation(organisation), now)


@main.command()
@click.option("--role", type=click.Choice([role.name.lower() for role in Role]), required=True)
@click.option("--team", "team_name", help="Not for administrators.")
def invite(role: str, team_name: str | None) -> None:
    """Print a one-time code, and its link when Telegram tells the bot's name."""
    from bot.links import bot_name

    chosen = Role[role.upper()]
    if (team_name is None) is not (chosen is Role.ADMINISTRATOR):
        needs = "no --team" if chosen is Role.ADMINISTRATOR else "--team NAME"
        raise Problem(f"--role {role} goes with {needs}.")
    with _one_line():
        found = _settings()
        code = _errand(found, partial(_issue, role=chosen, team_name=team_name))
        click.echo(code)
        name = asyncio.run(bot_name(found))
    if name:
        click.echo(f"https://t.me/{name}?start={code}")


def _issue(store: object, identifiers: Identifiers, *, role: Role, team_name: str | None) -> str:
    from storage import invites, teams
    from storage.connection import Store

    assert isinstance(store, Store)
    number = None
    if team_name is not None:
        known = teams.find(store, identifiers, team_name)
        if known is None:
            raise Problem(f"{team_name}: no such team; make it with `duider team create`.")
        number = known.id
    return invites.issue(store, identifiers, role, number, int(time.time()))


@main.command()
def report() -> None:
    """Show what is stored, for how long, and scan it for text."""
    from storage import report as reports
    from storage.errand import opened
    from storage.keys import open_keys

    with _one_line():
        found = _settings()
        keys = open_keys(found.key_file, found.data)
        with opened(found.data, keys, load().numbers) as errand:
            tables = errand.execute_unit(reports.tables)
            findings = errand.execute_unit(lambda store: reports.scan(store, errand.file))
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
    from storage.errand import opened
    from storage.keys import open_keys

    with _one_line():
        found = _settings()
        keys = open_keys(found.key_file, found.data)
        with opened(found.data, keys, load().numbers) as errand:
            errand.backup(file)
    click.echo(f"Copy written: {file}")


def _errand(found: Settings, work: Callable[..., T]) -> T:
    """Do something in the database beside the running bot."""
    from storage.errand import opened
    from storage.keys import open_keys

    keys = open_keys(found.key_file, found.data)
    with opened(found.data, keys, load().numbers) as errand:
        return errand.execute_unit(lambda store: work(store, Identifiers(keys)))


if __name__ == "__main__":
    main()
