"""The speaker against the sandbox: what arrives, and what each refusal becomes."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.ports import (
    CommandEntry,
    Key,
    MessageGone,
    Migrated,
    Outgoing,
    Refused,
    RetryLater,
    Speaker,
    TokenRefused,
    Unreachable,
)
from bot.refusals import translate
from bot.sandbox import ManualClock, Sandbox
from bot.sandbox.faults import FaultKind
from bot.speaker import TelegramSpeaker
from bot.transport import AiohttpRequest
from tests.captured_logs import captured_logs

SECRET = "invented-token-of-thirty-letters"
TOKEN = f"8420000001:{SECRET}"
CANARY = "Kanarie Jansen"
HELLO = Outgoing("Hallo <b>jij</b>", keys=((Key("Ja & nee", "v|1"), Key("Later", "v|2")),))


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
    """A sandbox in which Sanne has started the bot."""
    async with Sandbox.started(clock=clock, seed=1) as started:
        await started.people["sanne"].start()
        yield started


@pytest.fixture
async def speaker(sandbox: Sandbox) -> AsyncIterator[TelegramSpeaker]:
    """A speaker at work."""
    speaker = TelegramSpeaker(TOKEN, sandbox.url)
    await speaker.start()
    yield speaker
    await speaker.stop()


@pytest.fixture
def sanne(sandbox: Sandbox) -> int:
    """Sanne's private chat."""
    return sandbox.people["sanne"].id


def test_it_is_the_speaker_of_the_ports() -> None:
    """Type checkers and readers see that the protocol is kept."""
    speaker: Speaker = TelegramSpeaker(TOKEN, "http://127.0.0.1:9")
    assert isinstance(speaker, TelegramSpeaker)


async def test_send(sandbox: Sandbox, speaker: TelegramSpeaker, sanne: int) -> None:
    """A message arrives formatted, with its buttons, protected and without link previews."""
    number = await speaker.send(sanne, HELLO)
    shown = await sandbox.people["sanne"].screen()
    assert (shown.message_id, shown.text) == (number, "Hallo jij")
    call = sandbox.calls("sendMessage")[-1]
    assert call.parameters["protect_content"] == "true"
    assert '"is_disabled": true' in str(call.parameters["link_preview_options"])
    tap = await sandbox.people["sanne"].tap("Ja & nee")
    assert tap.query_id
    assert (await sandbox.people["sanne"].messages())[-1].silent is False


async def test_silent_and_unprompted(
    sandbox: Sandbox, speaker: TelegramSpeaker, sanne: int
) -> None:
    """A silent message makes no sound; an unprompted one arrives as any other."""
    await speaker.send(sanne, Outgoing("pst", silent=True, unprompted=True))
    assert (await sandbox.people["sanne"].messages())[-1].silent is True


async def test_copyable(sandbox: Sandbox, speaker: TelegramSpeaker, sanne: int) -> None:
    """A text to copy arrives letter for letter, as one block, and may be forwarded."""
    text = "<b>& 😀\nregel"
    await speaker.send(sanne, Outgoing(text, copyable=True))
    message = (await sandbox.people["sanne"].messages())[-1]
    assert message.content.text == text
    assert message.protected is False
    parameters = sandbox.calls("sendMessage")[-1].parameters
    assert "parse_mode" not in parameters
    assert '"type": "pre"' in str(parameters["entities"])
    assert f'"length": {len(text) + 1}' in str(parameters["entities"])


async def test_edit(sandbox: Sandbox, speaker: TelegramSpeaker, sanne: int) -> None:
    """An edit replaces text and buttons; the same again is no error."""
    number = await speaker.send(sanne, HELLO)
    changed = Outgoing("Klaar")
    await speaker.edit(sanne, number, changed)
    await speaker.edit(sanne, number, changed)
    shown = await sandbox.people["sanne"].screen()
    assert (shown.message_id, shown.text) == (number, "Klaar")
    with pytest.raises(LookupError):
        await sandbox.people["sanne"].tap("Later")
    await speaker.edit(sanne, number, Outgoing("<i>", copyable=True))
    assert (await sandbox.people["sanne"].screen()).text == "<i>"


async def test_strip(sandbox: Sandbox, speaker: TelegramSpeaker, sanne: int) -> None:
    """Buttons can be taken off, also when they already are."""
    number = await speaker.send(sanne, HELLO)
    await speaker.strip(sanne, number)
    await speaker.strip(sanne, number)
    with pytest.raises(LookupError):
        await sandbox.people["sanne"].tap("Later")


async def test_delete(
    sandbox: Sandbox, speaker: TelegramSpeaker, sanne: int, clock: ManualClock
) -> None:
    """Messages go in hundreds; those that may not go are found one by one, unknown ones pass."""
    old = await speaker.send(sanne, Outgoing("oud"))
    clock.advance(49 * 3600)
    new = [await speaker.send(sanne, Outgoing("nieuw")) for _ in range(3)]
    assert await speaker.delete(sanne, [*new[:1], *range(900_000, 900_150)]) == ()
    assert len(sandbox.calls("deleteMessages")) == 2
    assert await speaker.delete(sanne, [new[1], old, 900_000, new[2]]) == (old,)
    assert await speaker.delete(sanne, []) == ()
    left = {message.id for message in await sandbox.people["sanne"].messages()}
    assert old in left
    assert not left & set(new)


async def test_gone_messages(sandbox: Sandbox, speaker: TelegramSpeaker, sanne: int) -> None:
    """Editing or stripping what is not there, or not ours, is told as such."""
    foreign = await sandbox.people["sanne"].send("van mij")
    for number in (999, foreign):
        with pytest.raises(MessageGone):
            await speaker.edit(sanne, number, HELLO)
        with pytest.raises(MessageGone):
            await speaker.strip(sanne, number)


async def test_answer(
    sandbox: Sandbox, speaker: TelegramSpeaker, sanne: int, clock: ManualClock
) -> None:
    """A tap is answered; an answer that comes too late is no error."""
    number = await speaker.send(sanne, HELLO)
    tap = await sandbox.people["sanne"].tap_data("v|1", message_id=number)
    await speaker.answer(tap.query_id, "Goed", alert=True)
    late = await sandbox.people["sanne"].tap_data("v|1", message_id=number)
    clock.advance(3600)
    await speaker.answer(late.query_id)
    await speaker.answer("123456")


async def test_unreachable(sandbox: Sandbox, speaker: TelegramSpeaker, sanne: int) -> None:
    """Who blocked the bot, never started it, or does not exist is unreachable."""
    await sandbox.people["sanne"].block()
    for chat in (sanne, sandbox.people["stranger"].id, 987_654_321):
        with pytest.raises(Unreachable):
            await speaker.send(chat, HELLO)


async def test_refused(speaker: TelegramSpeaker, sanne: int) -> None:
    """What Telegram cannot read is refused, once and for all."""
    number = await speaker.send(sanne, HELLO)
    for text in ("<naam>", "", " \n", "x" * 5000):
        with pytest.raises(Refused):
            await speaker.send(sanne, Outgoing(text))
        with pytest.raises(Refused):
            await speaker.edit(sanne, number, Outgoing(text))


async def test_migrated(sandbox: Sandbox, speaker: TelegramSpeaker) -> None:
    """A group that became a supergroup is told with its new id."""
    kees = sandbox.people["kees"]
    group = await sandbox.create_group(kees, "Team")
    old = group.chat.id
    new = await group.upgrade(kees)
    with pytest.raises(Migrated) as moved:
        await speaker.send(old, HELLO)
    assert moved.value.chat == new
    await speaker.send(new, HELLO)
    await speaker.leave(new)


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        ("too_many", 7),
        ("server_error", 3),
        ("bad_gateway", 3),
        ("broken_json", 3),
        ("drop", 3),
    ],
)
async def test_trouble_on_the_way(
    sandbox: Sandbox,
    speaker: TelegramSpeaker,
    sanne: int,
    lines: io.StringIO,
    fault: FaultKind,
    seconds: int,
) -> None:
    """Flood control, servers and networks are for later, and leave no trace of the message."""
    sandbox.faults.add("sendMessage", fault, seconds=7)
    with pytest.raises(RetryLater) as later:
        await speaker.send(sanne, Outgoing(CANARY))
    assert later.value.seconds == seconds
    assert str(later.value) == ""
    await speaker.send(sanne, Outgoing(CANARY))
    assert "Kanarie" not in lines.getvalue()
    assert SECRET not in lines.getvalue()


async def test_a_flood_refusal_stops_nobody_else(
    sandbox: Sandbox, speaker: TelegramSpeaker, sanne: int
) -> None:
    """While one message must wait, the next goes out at once."""
    sandbox.faults.add("sendMessage", "too_many", seconds=30)
    first, second = await asyncio.gather(
        speaker.send(sanne, Outgoing("een")),
        speaker.send(sanne, Outgoing("twee")),
        return_exceptions=True,
    )
    assert isinstance(first, RetryLater)
    assert isinstance(second, int)


async def test_introduce(sandbox: Sandbox, speaker: TelegramSpeaker) -> None:
    """Commands and texts are registered for a language and for everyone else."""
    await speaker.introduce("", [CommandEntry("help", "Hulp")], "Wat het is", "Kort")
    await speaker.introduce("en", [CommandEntry("help", "Help")], "What it is", "Short")
    await speaker.introduce("de", [], "", "")
    assert "description" not in sandbox.calls("setMyDescription")[-1].parameters
    sanne = sandbox.people["sanne"]
    sanne.speak("nl")
    assert [entry.description for entry in await sanne.commands()] == ["Hulp"]
    sanne.speak("en")
    assert [entry.description for entry in await sanne.commands()] == ["Help"]


async def test_start_waits_for_telegram(sandbox: Sandbox) -> None:
    """A start asks until Telegram answers."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    sandbox.faults.add("getMe", "drop", times=2)
    speaker = TelegramSpeaker(TOKEN, sandbox.url, sleep=sleep)
    await speaker.start()
    await speaker.stop()
    assert len(pauses) == 2


async def test_a_refused_token(sandbox: Sandbox, lines: io.StringIO) -> None:
    """A token that Telegram does not know ends the start, and does not show."""
    speaker = TelegramSpeaker(f"x{TOKEN}", sandbox.url)
    with pytest.raises(TokenRefused) as refused:
        await speaker.start()
    await speaker.stop()
    assert str(refused.value) == ""
    assert SECRET not in lines.getvalue()


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), Unreachable),
        (Forbidden("Forbidden: user is deactivated"), Unreachable),
        (BadRequest("Bad Request: chat not found"), Unreachable),
        (BadRequest("Message to edit not found"), MessageGone),
        (BadRequest("Message can't be edited"), MessageGone),
        (BadRequest("Message to delete not found"), MessageGone),
        (BadRequest("Message can't be deleted for everyone"), MessageGone),
        (BadRequest("Message_id_invalid"), MessageGone),
        (BadRequest("Can't parse entities: " + CANARY), Refused),
        (ChatMigrated(-100), Migrated),
        (RetryAfter(5), RetryLater),
        (TimedOut(), RetryLater),
        (NetworkError(CANARY), RetryLater),
        (InvalidToken(TOKEN), RetryLater),
        (Conflict(CANARY), RetryLater),
        (TelegramError(CANARY), RetryLater),
    ],
)
def test_every_error_of_the_library_has_one_of_ours(
    theirs: TelegramError, ours: type[Exception]
) -> None:
    """Each error becomes exactly one kind of delivery error, without any text."""
    made = translate(theirs)
    assert type(made) is ours
    assert "Kanarie" not in str(made)
    assert SECRET not in str(made)


async def test_the_transport_sends_no_files() -> None:
    """An upload is refused with a clear error instead of being half sent."""
    transport = AiohttpRequest()
    with pytest.raises(TelegramError, match="not open"):
        await transport.post("http://127.0.0.1:9/")
    await transport.initialize()
    await transport.initialize()
    data = RequestData([RequestParameter("file", "x", [object()])])  # type: ignore[list-item]
    with pytest.raises(TelegramError, match="no files"):
        await transport.post("http://127.0.0.1:9/", data)
    with pytest.raises(NetworkError):
        await transport.post(f"http://127.0.0.1:9/bot{TOKEN}/getMe")
    await transport.shutdown()
    await transport.shutdown()


async def test_a_slow_answer_is_a_time_out(
    sandbox: Sandbox, speaker: TelegramSpeaker, sanne: int
) -> None:
    """An answer that does not come in time is for later; the call may have worked."""
    held = sandbox.faults.add("sendMessage", "hold", moment="after")
    transport = AiohttpRequest()
    await transport.initialize()
    with pytest.raises(TimedOut) as late:
        await transport.post(
            f"{sandbox.url}/bot{TOKEN}/sendMessage?chat_id={sanne}&text=x", read_timeout=0.01
        )
    assert late.value.__cause__ is None
    held.release()
    await transport.shutdown()
    await speaker.send(sanne, HELLO)
