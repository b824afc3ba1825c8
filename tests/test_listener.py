"""The listener against the sandbox: what it makes of updates, and when it acknowledges them."""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from aiohttp import web

from bot.listener import ALLOWED_UPDATES, Identity, Listener
from bot.ports import Incoming, Kind, Media, TokenRefused
from bot.sandbox import ManualClock, Sandbox
from bot.sandbox.attachments import AttachmentKind
from bot.sandbox.shapes import Json, JsonObject
from tests.captured_logs import captured_logs

SECRET = "invented-token-of-thirty-letters"
TOKEN = f"8420000001:{SECRET}"
CANARY = "Kanarie Jansen"


class House:
    """A handler that remembers what it committed and fails as it is told."""

    def __init__(self) -> None:
        self.committed: list[Incoming] = []
        self.tries: Counter[int] = Counter()
        self.quarantined: list[int] = []
        self.fails: Callable[[Incoming], bool] = lambda _incoming: False
        self.storage_faults = 0
        self.holds: dict[int, asyncio.Event] = {}
        self.touch: Callable[[], None] = lambda: None

    async def handle(self, incoming: Incoming) -> None:
        """Commits, unless told to fail; waits where a chat is held."""
        self.tries[incoming.update] += 1
        self.touch()
        if incoming.chat in self.holds:
            await self.holds[incoming.chat].wait()
        if self.fails(incoming):
            raise ValueError(incoming.text)
        self.committed.append(incoming)
        self.touch()

    async def quarantine(self, update: int) -> bool:
        """Lets go at the third try."""
        if self.storage_faults:
            self.storage_faults -= 1
            raise OSError(CANARY)
        if self.tries[update] < 3:
            return False
        self.quarantined.append(update)
        return True

    def texts(self) -> list[str]:
        """The committed texts in order."""
        return [incoming.text for incoming in self.committed]


class Naps:
    """A sleep that only remembers how long it was asked to last."""

    def __init__(self) -> None:
        self.lengths: list[float] = []
        self.for_ever = False
        self.touch: Callable[[], None] = lambda: None

    async def sleep(self, seconds: float) -> None:
        """Lets others go first, or never wakes."""
        self.lengths.append(seconds)
        self.touch()
        await (asyncio.Event().wait() if self.for_ever else asyncio.sleep(0))


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged, at the lowest level."""
    with captured_logs() as stream:
        yield stream


@pytest.fixture
def clock() -> ManualClock:
    """A clock that the test moves."""
    return ManualClock()


@pytest.fixture
async def sandbox(clock: ManualClock) -> AsyncIterator[Sandbox]:
    """A sandbox on a free port."""
    async with Sandbox.started(clock=clock, seed=1) as started:
        yield started


@pytest.fixture
def house() -> House:
    """An empty handler."""
    return House()


@pytest.fixture
def naps() -> Naps:
    """A sleep that takes no time."""
    return Naps()


@asynccontextmanager
async def listening(
    sandbox: Sandbox, house: House, naps: Naps, drain_seconds: float = 10
) -> AsyncIterator[Listener]:
    """A running listener, stopped at the end."""
    house.touch = naps.touch = sandbox.changes.touch
    listener = Listener(
        TOKEN,
        sandbox.url,
        house,
        drain_seconds=drain_seconds,
        sleep=naps.sleep,
        jitter=lambda: 1.0,
    )
    running = asyncio.create_task(listener.run())
    try:
        yield listener
    finally:
        await listener.stop()
        await running


async def heard(sandbox: Sandbox, house: House, count: int = 1) -> Incoming:
    """The last of that many updates, once they are committed and acknowledged."""
    await sandbox.settled()
    assert len(house.committed) == count
    return house.committed[-1]


def at_least(sandbox: Sandbox, polls: int) -> bool:
    """Whether so many polls were answered."""
    return len(sandbox.calls("getUpdates")) >= polls


def message_from(sandbox: Sandbox, **fields: Json) -> JsonObject:
    """A private message of Sanne's, as the Bot API writes it."""
    sanne = sandbox.people["sanne"]
    return {
        "message": {
            "message_id": 7,
            "date": 1_767_265_200,
            "chat": {"id": sanne.id, "type": "private", "first_name": CANARY},
            "from": {"id": sanne.id, "is_bot": False, "first_name": CANARY},
            **fields,
        }
    }


async def test_a_text(sandbox: Sandbox, house: House, naps: Naps) -> None:
    """A typed answer comes in whole, with who, where and in which language."""
    sanne = sandbox.people["sanne"]
    sanne.speak("nl-BE")
    async with listening(sandbox, house, naps):
        number = await sanne.send("  twee\nregels")
        incoming = await heard(sandbox, house)
    assert incoming.kind is Kind.TEXT
    assert (incoming.person, incoming.chat, incoming.private) == (sanne.id, sanne.id, True)
    assert (incoming.message, incoming.language) == (number, "nl")
    assert incoming.text.endswith("twee\nregels")
    assert "twee" not in repr(incoming)


@pytest.mark.parametrize(
    ("typed", "command", "argument"),
    [
        ("/duiden", "duiden", ""),
        ("/Duiden", "duiden", ""),
        ("/start CODE-1", "start", "CODE-1"),
        ("/zaak@duider_sandbox_bot  AB12 CD34", "zaak", "AB12 CD34"),
        ("/zaak@DUIDER_SANDBOX_BOT\nAB12", "zaak", "AB12"),
    ],
)
async def test_commands(
    sandbox: Sandbox, house: House, naps: Naps, typed: str, command: str, argument: str
) -> None:
    """A command is its bare name in lower case; what follows is its argument."""
    async with listening(sandbox, house, naps):
        await sandbox.people["sanne"].send(typed)
        incoming = await heard(sandbox, house)
    assert incoming.kind is Kind.COMMAND
    assert (incoming.command, incoming.text) == (command, argument)


@pytest.mark.parametrize("typed", ["/duiden@other_bot", "/ duiden", "/één", "nee /stop", "//"])
async def test_what_only_resembles_a_command_is_text(
    sandbox: Sandbox, house: House, naps: Naps, typed: str
) -> None:
    """Another bot's command, or a slash somewhere, is a text."""
    async with listening(sandbox, house, naps):
        await sandbox.people["sanne"].send(typed)
        incoming = await heard(sandbox, house)
    assert (incoming.kind, incoming.text) == (Kind.TEXT, typed)


@pytest.mark.parametrize(
    ("attached", "media"),
    [
        ("photo", Media.PHOTO),
        ("voice", Media.VOICE),
        ("sticker", Media.STICKER),
        ("location", Media.LOCATION),
        ("contact", Media.CONTACT),
        ("document", Media.DOCUMENT),
    ],
)
async def test_media(
    sandbox: Sandbox, house: House, naps: Naps, attached: AttachmentKind, media: Media
) -> None:
    """Of anything but text only its kind comes in, not even its caption."""
    async with listening(sandbox, house, naps):
        await sandbox.people["sanne"].attach(attached, "")
        incoming = await heard(sandbox, house)
    assert (incoming.kind, incoming.media, incoming.text) == (Kind.MEDIA, media, "")


@pytest.mark.parametrize("text", [CANARY, "/stop"])
async def test_forwards(sandbox: Sandbox, house: House, naps: Naps, text: str) -> None:
    """A forwarded message is no answer and no command, and its text does not come in."""
    async with listening(sandbox, house, naps):
        await sandbox.people["sanne"].forward(text)
        incoming = await heard(sandbox, house)
    assert (incoming.kind, incoming.media) == (Kind.MEDIA, Media.FORWARD)
    assert (incoming.text, incoming.command) == ("", "")


@pytest.mark.parametrize(
    ("fields", "kind", "media"),
    [
        ({"caption": "x", "video": "malformed"}, Kind.MALFORMED, None),
        ({"something_newer": {"text": CANARY}}, Kind.MEDIA, Media.OTHER),
        ({"dice": {"emoji": "🎲", "value": 2}}, Kind.MEDIA, Media.OTHER),
        ({"new_chat_title": CANARY}, Kind.OTHER, None),
        ({"message_auto_delete_timer_changed": {"message_auto_delete_time": 60}}, Kind.OTHER, None),
        (
            {"text": CANARY, "via_bot": {"id": 3, "is_bot": True, "first_name": "b"}},
            Kind.OTHER,
            None,
        ),
        (
            {"text": CANARY, "sender_chat": {"id": -3, "type": "channel", "title": "k"}},
            Kind.OTHER,
            None,
        ),
        ({"text": CANARY, "from": None}, Kind.OTHER, None),
    ],
)
async def test_unusual_messages(
    sandbox: Sandbox,
    house: House,
    naps: Naps,
    fields: JsonObject,
    kind: Kind,
    media: Media | None,
) -> None:
    """What is not a person's own message is never taken for an answer; new kinds are media."""
    async with listening(sandbox, house, naps):
        sandbox.inject(message_from(sandbox, **fields))
        incoming = await heard(sandbox, house)
    assert (incoming.kind, incoming.media, incoming.text) == (kind, media, "")
    if kind is not Kind.MALFORMED:
        assert (incoming.person, incoming.message) == (sandbox.people["sanne"].id, 7)


async def test_edits(sandbox: Sandbox, house: House, naps: Naps) -> None:
    """An edited message is told as such, without its text."""
    sanne = sandbox.people["sanne"]
    async with listening(sandbox, house, naps):
        number = await sanne.send("eerst")
        await sanne.edit(number, "later")
        incoming = await heard(sandbox, house, 2)
    assert (incoming.kind, incoming.message, incoming.text) == (Kind.EDITED, number, "")


async def test_blocking(sandbox: Sandbox, house: House, naps: Naps) -> None:
    """Blocking the bot and letting it write again are told."""
    sanne = sandbox.people["sanne"]
    async with listening(sandbox, house, naps):
        await sanne.send("hoi")
        await sanne.block()
        blocked = await heard(sandbox, house, 2)
        await sanne.unblock()
        unblocked = await heard(sandbox, house, 3)
    assert (blocked.kind, blocked.person) == (Kind.BLOCKED, sanne.id)
    assert (unblocked.kind, unblocked.person) == (Kind.UNBLOCKED, sanne.id)


async def test_taps(sandbox: Sandbox, house: House, naps: Naps) -> None:
    """A tap has its payload, its query, and the message if that still can be reached."""
    sanne = sandbox.people["sanne"]
    async with listening(sandbox, house, naps):
        number = await sanne.send("hoi")
        tap = await sanne.tap_data("v|x", message_id=number)
        incoming = await heard(sandbox, house, 2)
        assert (incoming.kind, incoming.tap, incoming.query) == (Kind.TAP, "v|x", tap.query_id)
        assert (incoming.chat, incoming.private, incoming.message) == (sanne.id, True, number)
        await sanne.tap_data("v|x", message_id=999)
        incoming = await heard(sandbox, house, 3)
        assert (incoming.kind, incoming.private, incoming.message) == (Kind.TAP, True, 0)
        await sanne.tap_inline("v|x")
        incoming = await heard(sandbox, house, 4)
    assert (incoming.kind, incoming.private, incoming.message) == (Kind.TAP, False, 0)
    assert (incoming.person, incoming.chat) == (sanne.id, 0)


async def test_groups(sandbox: Sandbox, house: House, naps: Naps) -> None:
    """All that happens in a group is of kind GROUP; texts of a group never come in."""
    kees, sanne = sandbox.people["kees"], sandbox.people["sanne"]
    async with listening(sandbox, house, naps):
        group = await sandbox.create_group(kees, CANARY, [sanne])
        await sandbox.settled()
        place = group.chat.id
        assert {incoming.kind for incoming in house.committed} == {Kind.GROUP}
        assert {incoming.chat for incoming in house.committed} == {place}
        house.committed.clear()
        number = await kees.send("/herinner@duider_sandbox_bot nu", chat=place)
        incoming = await heard(sandbox, house)
        assert (incoming.kind, incoming.command, incoming.text) == (Kind.GROUP, "herinner", "")
        assert (incoming.person, incoming.message, incoming.private) == (kees.id, number, False)
        await sanne.tap_data("v|x", message_id=number, chat=place)
        incoming = await heard(sandbox, house, 2)
        assert (incoming.kind, incoming.tap, incoming.person) == (Kind.GROUP, "v|x", sanne.id)
        await kees.send("/herinner@duider_sandbox_bot", chat=place, anonymous=True)
        incoming = await heard(sandbox, house, 3)
        assert (incoming.kind, incoming.person) == (Kind.GROUP, 0)
        house.committed.clear()
        await group.remove_bot(kees)
        await sandbox.settled()
    assert Kind.OTHER in {incoming.kind for incoming in house.committed}


async def test_a_group_that_moved(sandbox: Sandbox, house: House, naps: Naps) -> None:
    """The old group's farewell is no reason to speak there; the supergroup reports itself."""
    kees = sandbox.people["kees"]
    async with listening(sandbox, house, naps):
        group = await sandbox.create_group(kees, "Team")
        old = group.chat.id
        await sandbox.settled()
        house.committed.clear()
        new = await group.upgrade(kees)
        await sandbox.settled()
    kinds = {(incoming.chat, incoming.kind) for incoming in house.committed}
    assert (new, Kind.GROUP) in kinds
    assert (old, Kind.GROUP) not in kinds


async def test_a_malformed_update_stops_nothing(
    sandbox: Sandbox, house: House, naps: Naps, lines: io.StringIO
) -> None:
    """Of an update that cannot be read only its number comes in; the rest arrives in order."""
    sanne = sandbox.people["sanne"]
    async with listening(sandbox, house, naps) as listener:
        await listener.identify()
        await sanne.send("een")
        bad = sandbox.inject({"message": {"text": CANARY, "chat": CANARY, "from": [CANARY]}})
        unknown = sandbox.inject({"something_newer": {"text": CANARY}})
        await sanne.send("twee")
        await heard(sandbox, house, 4)
    kinds = {incoming.update: incoming.kind for incoming in house.committed}
    assert (kinds[bad], kinds[unknown]) == (Kind.MALFORMED, Kind.OTHER)
    assert [text for text in house.texts() if text] == ["een", "twee"]
    assert f"event=update_malformed update={bad} error=ValidationError" in lines.getvalue()
    assert "Kanarie" not in lines.getvalue()


async def test_it_asks_for_what_it_reads(sandbox: Sandbox, house: House, naps: Naps) -> None:
    """The kinds of updates are named explicitly, and polls are long."""
    async with listening(sandbox, house, naps):
        await sandbox.people["sanne"].send("hoi")
        await heard(sandbox, house)
        assert sandbox.world.updates.allowed == frozenset(ALLOWED_UPDATES)
    assert {call.parameters.get("timeout") for call in sandbox.calls("getUpdates")[:-1]} == {"50"}


async def test_nothing_is_acknowledged_before_it_is_committed(
    sandbox: Sandbox, house: House, naps: Naps
) -> None:
    """While one chat's update is being handled, others are; all are acknowledged together."""
    sanne, bram = sandbox.people["sanne"], sandbox.people["bram"]
    held = house.holds[sanne.id] = asyncio.Event()
    first, second = await sanne.send("een"), await sanne.send("twee")
    assert first < second
    await bram.send("drie")
    async with listening(sandbox, house, naps):
        await sandbox.until(lambda: bool(sandbox.calls("getUpdates")))
        await sandbox.until(lambda: house.texts() == ["drie"])
        assert len(sandbox.world.updates.pending) == 3
        assert sum(house.tries.values()) == 2
        held.set()
        await heard(sandbox, house, 3)
    assert house.texts() == ["drie", "een", "twee"]


async def test_a_failing_update_is_tried_again_in_its_place(
    sandbox: Sandbox, house: House, naps: Naps, lines: io.StringIO
) -> None:
    """After a fault the same update comes first; the chat's next ones wait behind it."""
    failing = iter([True, True])
    house.fails = lambda incoming: incoming.text == CANARY and next(failing, False)
    sanne, bram = sandbox.people["sanne"], sandbox.people["bram"]
    await sanne.send(CANARY)
    await sanne.send("twee")
    await bram.send("drie")
    async with listening(sandbox, house, naps):
        await heard(sandbox, house, 3)
    assert house.texts() == ["drie", CANARY, "twee"]
    assert naps.lengths == [0.1, 0.2]
    assert not house.quarantined
    assert "event=update_failed" in lines.getvalue()
    assert "error=ValueError place=bot/lanes.py:" in lines.getvalue()
    assert "Kanarie" not in lines.getvalue()


async def test_an_update_that_keeps_failing_is_let_go(
    sandbox: Sandbox, house: House, naps: Naps
) -> None:
    """After three tries an update is quarantined and the chat goes on."""
    house.fails = lambda incoming: incoming.text == "kapot"
    await sandbox.people["sanne"].send("kapot")
    await sandbox.people["sanne"].send("twee")
    async with listening(sandbox, house, naps):
        await heard(sandbox, house)
    assert house.texts() == ["twee"]
    assert len(house.quarantined) == 1
    assert house.tries[house.quarantined[0]] == 3


async def test_trouble_in_the_storage_loses_nothing(
    sandbox: Sandbox, house: House, naps: Naps, lines: io.StringIO
) -> None:
    """When even counting fails, the update is tried until the storage is mended."""
    house.fails = lambda _incoming: house.storage_faults > 0
    house.storage_faults = 20
    await sandbox.people["sanne"].send("een")
    async with listening(sandbox, house, naps):
        await heard(sandbox, house)
    assert house.texts() == ["een"]
    assert not house.quarantined
    assert naps.lengths[-1] == 30.0
    assert "Kanarie" not in lines.getvalue()


async def test_the_offset_is_omitted_once_the_queue_is_empty(
    sandbox: Sandbox, house: House, naps: Naps, clock: ManualClock
) -> None:
    """After a poll without news no offset is sent: numbers may start anew after a silent week."""
    async with listening(sandbox, house, naps):
        await sandbox.people["sanne"].send("een")
        await heard(sandbox, house)
        for polls in (2, 3):
            await sandbox.until(lambda: sandbox.world.updates.polled)
            await asyncio.sleep(0)  # the sandbox's own timer starts a turn of the loop later
            clock.advance(50)
            await sandbox.until(partial(at_least, sandbox, polls))
        await sandbox.until(lambda: sandbox.world.updates.polled)
    offsets = ["offset" in call.parameters for call in sandbox.calls("getUpdates")]
    assert offsets[:4] == [False, True, False, False]


async def test_a_second_poller_is_an_alarm(
    sandbox: Sandbox, house: House, naps: Naps, lines: io.StringIO
) -> None:
    """When another poller takes over, the listener says so, waits, and tries again."""
    async with listening(sandbox, house, naps):
        await sandbox.until(lambda: sandbox.world.updates.polled)
        thief = asyncio.create_task(sandbox.world.updates.poll(wait=50))
        await sandbox.until(lambda: len(naps.lengths) > 0)
        with pytest.raises(Exception, match="Conflict"):
            await thief
        await sandbox.people["sanne"].send("een")
        await heard(sandbox, house)
    assert naps.lengths == [5.0]
    assert "event=second_poller attempt=1" in lines.getvalue()


async def test_network_trouble_is_waited_out(
    sandbox: Sandbox, house: House, naps: Naps, lines: io.StringIO
) -> None:
    """Whatever goes wrong on the way is waited out, longer each time, and loses nothing."""
    sandbox.faults.add("getUpdates", "server_error")
    sandbox.faults.add("getUpdates", "bad_gateway")
    sandbox.faults.add("getUpdates", "broken_json")
    sandbox.faults.add("getUpdates", "drop")
    sandbox.faults.add("getUpdates", "too_many", seconds=7)
    sandbox.faults.add("getUpdates", "drop", times=4)
    await sandbox.people["sanne"].send(CANARY)
    async with listening(sandbox, house, naps):
        await heard(sandbox, house)
    assert naps.lengths == [0.5, 1.0, 2.0, 4.0, 7.0, 16.0, 30.0, 30.0, 30.0]
    assert lines.getvalue().count("event=receive_failed") == 9
    assert SECRET not in lines.getvalue()
    assert "Kanarie" not in lines.getvalue()


async def test_an_answer_lost_on_the_way_comes_again(
    sandbox: Sandbox, house: House, naps: Naps
) -> None:
    """A batch whose answer was cut off is not acknowledged."""
    sandbox.faults.add("getUpdates", "drop", moment="after")
    await sandbox.people["sanne"].send("een")
    async with listening(sandbox, house, naps):
        await heard(sandbox, house)
    assert house.texts() == ["een"]


async def test_a_refused_token_ends_the_run(house: House, naps: Naps) -> None:
    """When Telegram does not know the token, trying on is no use."""

    async def refuse(_request: web.Request) -> web.Response:
        body = {"ok": False, "error_code": 401, "description": "Unauthorized"}
        return web.json_response(body, status=401)

    app = web.Application()
    app.router.add_post("/{rest:.*}", refuse)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    listener = Listener(TOKEN, f"http://{host}:{port}", house, sleep=naps.sleep)
    try:
        with pytest.raises(TokenRefused):
            await listener.run()
        await listener.stop()
    finally:
        await runner.cleanup()
    assert naps.lengths == []


async def test_identify(sandbox: Sandbox, house: House, naps: Naps) -> None:
    """The bot's own id and name are asked until Telegram answers."""
    sandbox.faults.add("getMe", "drop", times=2)
    listener = Listener(TOKEN, sandbox.url, house, sleep=naps.sleep, jitter=lambda: 1.0)
    try:
        assert await listener.identify() == Identity(8420000001, "duider_sandbox_bot")
        assert naps.lengths == [0.5, 1.0]
    finally:
        await listener.stop()


async def test_stop_finishes_and_acknowledges_the_batch_in_hand(
    sandbox: Sandbox, house: House, naps: Naps
) -> None:
    """A stop waits for what is being handled, and nothing of it comes again."""
    sanne = sandbox.people["sanne"]
    held = house.holds[sanne.id] = asyncio.Event()
    await sanne.send("een")
    async with listening(sandbox, house, naps) as listener:
        await sandbox.until(lambda: bool(house.tries))
        stopping = asyncio.create_task(listener.stop())
        await sandbox.people["bram"].send("twee")
        held.set()
        await stopping
    assert house.texts() == ["een"]
    assert [update.chat_id for update in sandbox.world.updates.pending] == [
        sandbox.people["bram"].id
    ]


async def test_stop_has_a_deadline(
    sandbox: Sandbox, house: House, naps: Naps, lines: io.StringIO
) -> None:
    """What is not committed in time is not acknowledged either; what came before it is."""
    sanne, bram = sandbox.people["sanne"], sandbox.people["bram"]
    house.holds[sanne.id] = asyncio.Event()
    await bram.send("een")
    await sanne.send("twee")
    await bram.send("drie")
    async with listening(sandbox, house, naps, drain_seconds=0):
        await sandbox.until(lambda: house.texts() == ["een", "drie"])
    assert [update.chat_id for update in sandbox.world.updates.pending] == [sanne.id, bram.id]
    assert "event=batch_unfinished count=1" in lines.getvalue()


async def test_stop_while_waiting_for_better_times(
    sandbox: Sandbox, house: House, naps: Naps
) -> None:
    """A stop does not wait for the end of a pause."""
    naps.for_ever = True
    sandbox.faults.add("getUpdates", "drop")
    async with listening(sandbox, house, naps):
        await sandbox.until(lambda: bool(naps.lengths))


async def test_cancelling_the_run_acknowledges_nothing(
    sandbox: Sandbox, house: House, naps: Naps
) -> None:
    """Torn off in the middle, the update waits at Telegram."""
    sanne = sandbox.people["sanne"]
    house.holds[sanne.id] = asyncio.Event()
    await sanne.send("een")
    listener = Listener(TOKEN, sandbox.url, house, sleep=naps.sleep)
    house.touch = sandbox.changes.touch
    running = asyncio.create_task(listener.run())
    await sandbox.until(lambda: bool(house.tries))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(sandbox.world.updates.pending) == 1
