"""The command line: what each command prints, and every trouble as one line."""

from __future__ import annotations

import json
import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from tests.terminal import TOKEN, good, home, make_team, refused, run

CODE = re.compile(r"[A-Za-z0-9_-]{22}")

__all__ = ["home"]


def test_every_command_is_there(home: Path) -> None:
    """The help names the commands of the contract."""
    del home
    named = good("--help")
    for command in ("run", "sandbox", "check", "draw", "coverage", "team", "invite", "report"):
        assert re.search(rf"^  {command} ", named, re.MULTILINE), command
    assert "backup" in named


def test_a_team(home: Path) -> None:
    """A team is made once; key and data are for the owner only."""
    make_team()
    assert stat.S_IMODE((home / "keys" / "master.key").stat().st_mode) == 0o400
    assert stat.S_IMODE((home / "data" / "duider.db").stat().st_mode) == 0o600
    again = refused("team", "create", "TEAM  noord", "--organisation", "police")
    assert "exists already" in again


@pytest.mark.parametrize("name", ["x", "y" * 33, "  "])
def test_a_name_that_cannot_be(home: Path, name: str) -> None:
    """A name too short or too long is refused with the limits."""
    del home
    line = refused("team", "create", name, "--organisation", "other")
    assert line == "A name has 2 to 32 characters, all of them visible."


def test_an_invite(home: Path) -> None:
    """The code stands on the first line, each time another."""
    del home
    make_team()
    first = good("invite", "--role", "professional", "--team", "team noord").splitlines()
    second = good("invite", "--role", "professional", "--team", "Team Noord").splitlines()
    assert CODE.fullmatch(first[0])
    assert CODE.fullmatch(second[0])
    assert first != second
    assert CODE.fullmatch(good("invite", "--role", "administrator").splitlines()[0])


def test_an_invite_while_telegram_is_silent(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an answer from Telegram there is a code and no link."""
    del home
    make_team()
    monkeypatch.setenv("DUIDER_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("DUIDER_TELEGRAM_API_URL", "http://127.0.0.1:1")
    (line,) = good("invite", "--role", "shift_leader", "--team", "Team Noord").splitlines()
    assert CODE.fullmatch(line)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--role", "professional"), "--role professional goes with --team NAME."),
        (("--role", "administrator", "--team", "X1"), "--role administrator goes with no --team."),
        (
            ("--role", "professional", "--team", "Nergens"),
            "Nergens: no such team; make it with `duider team create`.",
        ),
    ],
)
def test_an_invite_that_cannot_be(home: Path, arguments: tuple[str, ...], line: str) -> None:
    """An invite without its team, or for a team that is not there, is refused."""
    del home
    assert refused("invite", *arguments) == line


def test_a_role_that_is_none(home: Path) -> None:
    """Click names the roles there are."""
    del home
    result = run("invite", "--role", "boss")
    assert result.exit_code == 2
    assert "calendar_keeper" in result.stderr


def test_check(home: Path) -> None:
    """The content of the product has no faults."""
    del home
    assert good("check") == "No faults.\n"


def test_draw(home: Path) -> None:
    """A flow is drawn; of an unknown flow the known ones are named."""
    del home
    assert "act_now" in good("draw", "interpret")
    line = refused("draw", "nothing")
    assert line.startswith("nothing: no such flow; choose ")
    assert "interpret" in line


def test_coverage(home: Path) -> None:
    """Coverage is told to people and to machines."""
    del home
    assert "RK-1" in good("coverage")
    assert json.loads(good("coverage", "--json"))


def test_report(home: Path) -> None:
    """The report names every table with its term, and finds no text."""
    make_team()
    told = good("report")
    assert "sessions: 0 rows." in told
    assert "teams: 1 rows." in told
    assert "kept: 24 hours after the last step" in told
    assert told.endswith("Scan: no text, in no value and no byte.\n")
    assert "Noord" not in told
    assert (home / "data" / "duider.db").exists()


def test_report_finds_text(home: Path) -> None:
    """Text that somebody else put in the database is reported, not shown."""
    make_team()
    with closing(sqlite3.connect(home / "data" / "duider.db")) as database:
        database.execute("CREATE TABLE notes (words TEXT)")
        database.execute("INSERT INTO notes VALUES ('een heel geheim verhaal over iemand')")
        database.commit()
    result = run("report")
    assert result.exit_code == 1
    assert "geheim" not in result.output


def test_backup(home: Path) -> None:
    """A copy opens as a database, and never replaces a file."""
    make_team()
    good("backup", "copy.db")
    assert stat.S_IMODE((home / "copy.db").stat().st_mode) == 0o600
    with closing(sqlite3.connect(home / "copy.db")) as copy:
        assert copy.execute("SELECT count(*) FROM teams").fetchone() == (1,)
    assert refused("backup", "copy.db") == "copy.db exists already; name a file that does not."
