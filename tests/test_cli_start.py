"""What stops a start: keys, a second bot, wrong settings; each as one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from storage import ownership
from storage.errand import opened
from storage.faults import AnotherBot
from storage.folder import locked
from storage.identifiers import Identifiers
from storage.keys import open_keys
from tests.terminal import TOKEN, good, home, make_team, refused

ROOT = Path(__file__).parent.parent

__all__ = ["home"]


@pytest.mark.parametrize(
    "arguments", [("report",), ("run",), ("backup", "c.db"), ("invite", "--role", "administrator")]
)
def test_the_key_is_gone(
    home: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """Without the key that belongs to the data nothing starts, and no new key is made."""
    make_team()
    monkeypatch.setenv("DUIDER_TELEGRAM_TOKEN", TOKEN)
    (home / "keys" / "master.key").unlink()
    line = refused(*arguments)
    assert line.startswith("DUIDER_KEY_FILE: ")
    assert "is missing" in line
    assert not (home / "keys" / "master.key").exists()


@pytest.mark.parametrize("arguments", [("report",), ("run",)])
def test_another_key(
    home: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """A key of other data is recognised as such."""
    make_team()
    monkeypatch.setenv("DUIDER_TELEGRAM_TOKEN", TOKEN)
    key = home / "keys" / "master.key"
    key.unlink()
    key.write_bytes(bytes(32))
    key.chmod(0o400)
    assert refused(*arguments).startswith("DUIDER_KEY_FILE: ")


@pytest.mark.parametrize("mode", [0o600, 0o440, 0o404])
def test_a_loose_mode(home: Path, mode: int) -> None:
    """A key that more than its owner may touch stops every command, with the mend."""
    make_team()
    (home / "keys" / "master.key").chmod(mode)
    assert refused("report").endswith("run: chmod 0400 keys/master.key")


def test_a_key_inside_the_data(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key file in the data folder is refused."""
    del home
    monkeypatch.setenv("DUIDER_KEY_FILE", "data/master.key")
    assert "inside the data folder" in refused("report")


def test_a_second_bot(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second bot on the same data is refused; short commands go on."""
    make_team()
    monkeypatch.setenv("DUIDER_TELEGRAM_TOKEN", TOKEN)
    with locked(home / "data"):
        assert "another bot is running" in refused("run")
        assert "teams: 1 rows." in good("report")


def test_data_of_another_bot(home: Path) -> None:
    """Data remember their bot; the line names what to change."""
    make_team()
    keys = open_keys(home / "keys" / "master.key", home / "data")
    with opened(home / "data", keys, {}) as errand:
        errand.execute_unit(lambda store: ownership.bind_bot(store, Identifiers(keys), 1))
        with pytest.raises(AnotherBot, match="DUIDER_TELEGRAM_TOKEN"):
            errand.execute_unit(lambda store: ownership.bind_bot(store, Identifiers(keys), 2))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DUIDER_LANGUAGE", "fr"),
        ("DUIDER_TIMEZONE", "Europe/Nergens"),
        ("DUIDER_TELEGRAM_TOKEN", "short"),
        ("DUIDER_SANDBOX_PORT", "0"),
        ("DUIDER_LANGUAG", "nl"),
    ],
)
def test_wrong_settings(home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A wrong setting stops the start with one line that names it."""
    del home
    monkeypatch.setenv(name, value)
    assert name in refused("run")


def test_as_a_program(tmp_path: Path) -> None:
    """Started as a program a failing command says one line and nothing else."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "invite", "--role", "professional"],
        env={"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "--role professional goes with --team NAME.\n"
