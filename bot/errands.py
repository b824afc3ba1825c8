"""The short commands' work on the data, beside the running bot."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import aiohttp

from bot.settings import Settings
from flows.loader import load
from flows.model import Organisation
from storage import invites, teams
from storage import report as reports
from storage.connection import Store
from storage.errand import Errand, opened
from storage.identifiers import Identifiers
from storage.keys import Keys, open_keys
from storage.roles import Role

T = TypeVar("T")
PATIENCE = aiohttp.ClientTimeout(total=3)


class NoTeam(Exception):
    """No team has that name; the text is one line with the mend."""


def create_team(settings: Settings, name: str, organisation: Organisation) -> None:
    """Make a team; raises TeamExists, NameProblem or a StartProblem."""
    now = int(time.time())
    _do(settings, lambda store, known: teams.create(store, known, name, organisation, now))


def issue_invite(settings: Settings, role: Role, team_name: str | None) -> str:
    """A one-time code for a role in a team; raises NoTeam or a StartProblem."""

    def issue(store: Store, identifiers: Identifiers) -> str:
        number = None
        if team_name is not None:
            known = teams.find(store, identifiers, team_name)
            if known is None:
                raise NoTeam(f"{team_name}: no such team; make it with `duider team create`.")
            number = known.id
        return invites.issue(store, identifiers, role, number, int(time.time()))

    return _do(settings, issue)


def report(
    settings: Settings,
) -> tuple[tuple[reports.TableReport, ...], tuple[reports.Finding, ...]]:
    """What is stored, and what in it looks like text."""
    with _open(settings) as (errand, _):
        tables = errand.execute_unit(reports.tables)
        findings = errand.execute_unit(lambda store: reports.scan(store, errand.file))
    return tables, findings


def backup(settings: Settings, file: Path) -> None:
    """Write a clean copy; raises a StartProblem when the file exists or cannot be made."""
    with _open(settings) as (errand, _):
        errand.backup(file)


async def bot_name(settings: Settings) -> str | None:
    """The bot's user name, which only Telegram knows; None without a token or an answer."""
    if settings.token is None:
        return None
    url = f"{settings.api_url}/bot{settings.token.get_secret_value()}/getMe"
    try:
        async with aiohttp.ClientSession(timeout=PATIENCE) as session, session.get(url) as answer:
            name = (await answer.json())["result"]["username"]
    except (aiohttp.ClientError, TimeoutError, KeyError, TypeError, ValueError):
        return None
    return str(name)


def _do(settings: Settings, work: Callable[[Store, Identifiers], T]) -> T:
    with _open(settings) as (errand, keys):
        return errand.execute_unit(lambda store: work(store, Identifiers(keys)))


@contextmanager
def _open(settings: Settings) -> Iterator[tuple[Errand, Keys]]:
    keys = open_keys(settings.key_file, settings.data)
    with opened(settings.data, keys, load().numbers) as errand:
        yield errand, keys
