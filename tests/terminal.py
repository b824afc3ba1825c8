"""The command line in this process, on an installation of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import logs
from bot.__main__ import main

TOKEN = "8420000001:invented-token-of-thirty-letters"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the data and keys of one installation; the process itself is left alone."""
    monkeypatch.chdir(tmp_path)
    for name in ("REQUIRE_BROWSER", "DUIDER_TELEGRAM_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(logs, "setup", lambda *_arguments: None)
    monkeypatch.setattr(logs, "forbid_core_dumps", lambda: None)
    return tmp_path


def run(*arguments: str) -> Result:
    """Run a command of duider in this process."""
    return CliRunner().invoke(main, arguments)


def good(*arguments: str) -> str:
    """What a command prints that must succeed."""
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: str) -> str:
    """The one line of a command that must fail."""
    result = run(*arguments)
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


def make_team() -> None:
    """The one team of the tests."""
    good("team", "create", "Team Noord", "--organisation", "police")
