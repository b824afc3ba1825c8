"""One bot's Telegram: hands out updates in a closed loop and counts the calls that come back.

A turn is over when every call it must lead to has arrived; only then does its chat go on, so
that the number of updates in flight is fixed. Nothing is checked that costs time.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

import orjson

from tests.bench.route import COMMAND, Route

LONGEST_ROUND = 180
MOST_UPDATES = 100
BOT = {"id": 42, "is_bot": True, "first_name": "Duider", "username": "bench_bot"}
DONE = b'{"ok":true,"result":true}'
_CHAT = re.compile(rb'(?:chat_id|callback_query_id)(?:=|": ?")(\d+)')
_TIMEOUT = re.compile(rb"(?:^|&)timeout=(\d+)")
_PAYLOAD = re.compile(rb'callback_data(?:%22%3A\+?%22|\\": ?\\")([\w:%-]+?)(?:%22|\\")')


@dataclass(slots=True)
class _Chat:
    turn: int = 0
    calls: int = 0
    message: int = 0
    payload: bytes = b""
    since: float = 0.0


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a round; ``waits`` are seconds from an update to the last call it led to."""

    seconds: float
    calls: int
    ended: int
    waits: tuple[float, ...]

    def told(self) -> dict[str, float]:
        """The figures that cross a process's edge."""
        ordered = sorted(self.waits)
        return {
            "seconds": self.seconds,
            "calls": self.calls,
            "ended": self.ended,
            "updates": len(ordered),
            "p50": ordered[len(ordered) // 2],
            "p99": ordered[len(ordered) * 99 // 100],
        }


class Fake:
    """Plays as many people as are wanted; each private chat has its person's number."""

    def __init__(self, route: Route) -> None:
        self._calls = route.calls
        self._tapped = tuple(screen.tapped for screen in route.screens)
        self._updates = _update_forms(route)
        self._answers = _answer_forms(route)
        self._identity: bytes = orjson.dumps({"ok": True, "result": BOT})
        self._chats: dict[int, _Chat] = {}
        self._waiting: deque[bytes] = deque()
        self._poll: asyncio.Future[None] | None = None
        self.polled = asyncio.Event()
        self._people: Iterator[int] = iter(())
        self._over: asyncio.Future[None] | None = None
        self._number = 0
        self._turns = 0
        self._count = 0
        self._ended = 0
        self._waits: list[float] = []

    async def play(self, people: Iterator[int], in_flight: int, turns: int = 0) -> Played:
        """Hold one conversation with each of these people; with ``turns``, leave them after so
        many. Raises TimeoutError when the bot falls silent."""
        self._people = people
        self._turns = turns or len(self._calls)
        self._count = self._ended = 0
        self._waits = []
        self._over = asyncio.get_running_loop().create_future()
        began = perf_counter()
        for _ in range(in_flight):
            self._begin()
        await asyncio.wait_for(self._over, LONGEST_ROUND)
        return Played(perf_counter() - began, self._count, self._ended, tuple(self._waits))

    async def updates(self, body: bytes) -> bytes:
        """Answer getUpdates: at once when there is news, else when there is or time is up."""
        self.polled.set()
        if not self._waiting:
            self._poll = asyncio.get_running_loop().create_future()
            asked = _TIMEOUT.search(body)
            await asyncio.wait((self._poll,), timeout=int(asked[1]) if asked else 0)
            self._poll = None
        taken = [self._waiting.popleft() for _ in range(min(MOST_UPDATES, len(self._waiting)))]
        return b'{"ok":true,"result":[%b]}' % b",".join(taken)

    def call(self, method: str, body: bytes) -> bytes:
        """Answer any other call."""
        if method == "getMe":
            return self._identity
        found = _CHAT.search(body)
        if found is None:
            return DONE
        number = int(found[1])
        chat = self._chats[number]
        answer = DONE
        if method != "answerCallbackQuery":
            answer = self._shown(number, chat, body, new=method == "sendMessage")
        chat.calls += 1
        self._count += 1
        if chat.calls == self._calls[chat.turn]:
            self._turn_over(number, chat)
        return answer

    def _shown(self, number: int, chat: _Chat, body: bytes, *, new: bool) -> bytes:
        payloads = _PAYLOAD.findall(body)
        if payloads:
            chat.payload = payloads[self._tapped[chat.turn]]
        message = chat.message
        if new:
            self._number += 1
            message = self._number
        if payloads and new:
            chat.message = message
        return self._answers[chat.turn] % {b"chat": number, b"message": message}

    def _turn_over(self, number: int, chat: _Chat) -> None:
        self._waits.append(perf_counter() - chat.since)
        chat.turn += 1
        chat.calls = 0
        if chat.turn < self._turns:
            self._hand_out(number, chat)
            return
        del self._chats[number]
        self._ended += chat.turn == len(self._calls)
        self._begin()

    def _begin(self) -> None:
        person = next(self._people, None)
        if person is not None:
            chat = self._chats[person] = _Chat()
            self._hand_out(person, chat)
        elif not self._chats and self._over is not None and not self._over.done():
            self._over.set_result(None)

    def _hand_out(self, number: int, chat: _Chat) -> None:
        self._number += 1
        values = {
            b"update": self._number,
            b"chat": number,
            b"message": chat.message or self._number,
            b"payload": chat.payload,
        }
        self._waiting.append(self._updates[chat.turn] % values)
        chat.since = perf_counter()
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)


def _form(value: object) -> bytes:
    """A value as JSON in which the marks are places to fill."""
    text: bytes = orjson.dumps(value).replace(b"%", b"%%")
    for mark, place in (("chat", b"%(chat)d"), ("message", b"%(message)d")):
        text = text.replace(f'"#{mark}#"'.encode(), place)
    text = text.replace(b'"#query#"', b'"%(chat)d"').replace(b"#payload#", b"%(payload)b")
    return text.replace(b'"#update#"', b"%(update)d")


def _message(route: Route, turn: int) -> dict[str, object]:
    screen = route.screens[turn]
    shown: dict[str, object] = {
        "message_id": "#message#",
        "from": BOT,
        "chat": {"id": "#chat#", "type": "private", "first_name": "Sanne"},
        "date": 1_800_000_000,
        "text": screen.text,
    }
    if screen.rows:
        rows = [
            [{"text": label, "callback_data": "x" * 40} for label in row] for row in screen.rows
        ]
        shown["reply_markup"] = {"inline_keyboard": rows}
    return shown


def _answer_forms(route: Route) -> tuple[bytes, ...]:
    turns = range(len(route.screens))
    return tuple(_form({"ok": True, "result": _message(route, turn)}) for turn in turns)


def _update_forms(route: Route) -> tuple[bytes, ...]:
    person = {"id": "#chat#", "is_bot": False, "first_name": "Sanne", "language_code": "nl"}
    asked = _message(route, 0) | {"from": person, "text": f"/{COMMAND}"}
    del asked["reply_markup"]
    asked["entities"] = [{"type": "bot_command", "offset": 0, "length": len(COMMAND) + 1}]
    forms = [_form({"update_id": "#update#", "message": asked})]
    for turn in range(len(route.screens) - 1):
        tap = {
            "id": "#query#",
            "from": person,
            "message": _message(route, turn),
            "chat_instance": "-4273",
            "data": "#payload#",
        }
        forms.append(_form({"update_id": "#update#", "callback_query": tap}))
    return tuple(forms)
