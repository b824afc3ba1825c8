"""The launcher: temporary folders, invited people, and a child process that is kept running."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.sandbox.launcher import run_sandbox
from bot.sandbox.shapes import Json, JsonObject, as_array, as_integer, as_object, as_text
from tests.sandbox_client import Control, control

PRODUCT = (sys.executable, "-m", "tests.sandbox_product")


@dataclass
class Terminal:
    """What the launcher said, and a way to wait for a line."""

    lines: list[str] = field(default_factory=list)
    said: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, line: str) -> None:
        """Takes a line."""
        self.lines.append(line)
        self.said.set()

    async def line(self, start: str) -> str:
        """What follows that start, once it was said."""
        async with asyncio.timeout(20):
            while True:
                for line in self.lines:
                    if line.startswith(start):
                        return line.removeprefix(start)
                self.said.clear()
                await self.said.wait()


@asynccontextmanager
async def _launched(terminal: Terminal) -> AsyncIterator[Control]:
    """A launched sandbox, stopped at the end."""
    stop = asyncio.Event()
    run = asyncio.create_task(run_sandbox(0, command=PRODUCT, stop=stop, say=terminal.say))
    try:
        async with control(await terminal.line("Sandbox: ")) as client:
            yield client
    finally:
        stop.set()
        assert await run == 0


async def _until(client: Control, holds: Callable[[JsonObject], bool]) -> JsonObject:
    """The state of the sandbox once it passes the test; looks again at every piece of news."""
    async with asyncio.timeout(20), client.news() as news:
        while True:
            state = as_object(await client.get("state"))
            if holds(state):
                return state
            await anext(news)


def _person(state: JsonObject, key: str) -> JsonObject:
    people = [as_object(person) for person in as_array(state["people"])]
    return next(person for person in people if person["key"] == key)


def _texts(state: JsonObject, key: str) -> list[str]:
    """The texts in a person's private chat."""
    number = as_integer(_person(state, key)["id"])
    chats = [as_object(chat) for chat in as_array(state["chats"])]
    messages: Json = next(chat["messages"] for chat in chats if chat["id"] == number)
    return [as_text(as_object(message).get("text")) for message in as_array(messages)]


def _mode(path: Path) -> int | None:
    """The permissions of what is there, or nothing."""
    return path.stat().st_mode & 0o777 if path.exists() else None


def _touch(path: Path) -> None:
    path.touch()


def _ready(state: JsonObject) -> bool:
    return as_object(state["bot"])["state"] == "running" and bool(_person(state, "kees")["invited"])


async def test_the_launched_bot_answers_and_everything_is_removed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Start sends the invite to a bot on temporary folders that are gone afterwards."""
    monkeypatch.setenv("DUIDER_LANGUAGE", "en")
    monkeypatch.setenv("DUIDER_TELEGRAM_TOKEN_FILE", "elsewhere")
    terminal = Terminal()
    async with _launched(terminal) as client:
        folder = Path(await terminal.line("Its data and keys, removed at exit: "))
        assert _mode(folder) == 0o700
        await _until(client, _ready)
        await client.post("people/kees/start")
        state = await _until(client, lambda state: len(_texts(state, "kees")) == 2)
        sent, answer = _texts(state, "kees")
        assert sent == "/start CODE-shift_leader-3"
        assert str(folder) in answer
        assert "DUIDER_LANGUAGE" in answer
        assert "DUIDER_TELEGRAM_TOKEN_FILE" not in answer
    assert _mode(folder) is None


async def test_a_bot_that_dies_is_started_again() -> None:
    """After a crash the line at the terminal says so and the next message is answered."""
    terminal = Terminal()
    async with _launched(terminal) as client:
        await _until(client, _ready)
        await client.post("people/sanne/send", text="die")
        assert await terminal.line("The bot stopped (exit code 3)") == "; starting it again."
        await client.post("people/sanne/send", text="hallo")
        await _until(client, lambda state: len(_texts(state, "sanne")) == 3)


async def test_reset_gives_an_empty_world_and_new_invites() -> None:
    """Reset empties folders and chats, and the new bot answers."""
    terminal = Terminal()
    async with _launched(terminal) as client:
        folder = Path(await terminal.line("Its data and keys, removed at exit: "))
        await _until(client, _ready)
        _touch(folder / "data" / "left over")
        await client.post("people/noor/send", text="hallo")
        await _until(client, lambda state: len(_texts(state, "noor")) == 2)
        status, _ = await client.post("reset")
        assert status == 200
        state = await _until(client, _ready)
        assert _texts(state, "noor") == []
        assert _mode(folder / "data" / "left over") is None
        await client.post("people/noor/start")
        state = await _until(client, lambda state: len(_texts(state, "noor")) == 2)
        assert _texts(state, "noor")[0] == "/start CODE-professional-3"


async def test_a_taken_port_is_one_clear_line() -> None:
    """A port in use gives exit code 1 and says which setting helps."""
    terminal = Terminal()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert await run_sandbox(port, stop=asyncio.Event(), say=terminal.say) == 1
    assert terminal.lines == [
        f"Port {port} is in use: stop what runs there or set DUIDER_SANDBOX_PORT."
    ]


async def test_a_failing_setup_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """When a short command fails, its last line is what the person reads."""
    monkeypatch.setenv("DUIDER_LANGUAGE", "broken")
    terminal = Terminal()
    stop = asyncio.Event()
    assert await run_sandbox(0, command=PRODUCT, stop=stop, say=terminal.say) == 1
    assert terminal.lines[-1] == (
        "The sandbox could not be set up: DUIDER_LANGUAGE must be nl or en"
    )
