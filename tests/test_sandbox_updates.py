"""getUpdates: offsets, long polls, expiry, and the waiting of tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox import ManualClock, Sandbox
from bot.sandbox.shapes import Json, as_array, as_object
from tests.sandbox_client import RawBot, raw_bot


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
async def bot(sandbox: Sandbox) -> AsyncIterator[RawBot]:
    """A bot without a library."""
    async with raw_bot(sandbox.url) as raw:
        yield raw


async def _texts(bot: RawBot, **parameters: Json) -> list[Json]:
    updates = await bot.result("getUpdates", **parameters)
    return [as_object(as_object(update).get("message")).get("text") for update in as_array(updates)]


async def test_updates_stay_until_acknowledged(sandbox: Sandbox, bot: RawBot) -> None:
    """The same updates come again until an offset above them is asked for."""
    for text in ("een", "twee", "drie"):
        await sandbox.people["sanne"].send(text)
    assert await _texts(bot) == ["een", "twee", "drie"]
    assert await _texts(bot, limit=2) == ["een", "twee"]
    first = sandbox.world.updates.pending[0].id
    assert await _texts(bot, offset=first + 1) == ["twee", "drie"]
    assert await _texts(bot, offset=-1) == ["drie"]
    assert await _texts(bot, offset=first + 3) == []


async def test_a_long_poll_ends_with_news_or_time(
    sandbox: Sandbox, bot: RawBot, clock: ManualClock
) -> None:
    """A long poll answers at once when something happens, and empty when its time is up."""
    poll = asyncio.create_task(_texts(bot, timeout=30))
    await sandbox.until(lambda: sandbox.world.updates.polled)
    await sandbox.people["sanne"].send("een")
    assert await poll == ["een"]
    last = sandbox.world.updates.pending[-1].id
    poll = asyncio.create_task(_texts(bot, offset=last + 1, timeout=30))
    await sandbox.until(lambda: sandbox.world.updates.polled)
    clock.advance(31)
    assert await poll == []


async def test_updates_expire(sandbox: Sandbox, bot: RawBot, clock: ManualClock) -> None:
    """Taps are dropped after 150 seconds, messages after 24 hours."""
    sanne = sandbox.people["sanne"]
    await sanne.send("een")
    await sanne.tap_data("x")
    clock.advance(149)
    assert len(await _texts(bot)) == 2
    clock.advance(2)
    assert await _texts(bot) == ["een"]
    clock.advance(24 * 3600)
    assert await _texts(bot) == []


async def test_allowed_updates_stick(sandbox: Sandbox, bot: RawBot) -> None:
    """Kinds that were not asked for are not queued, until other kinds are asked for."""
    noor = sandbox.people["noor"]
    await _texts(bot, allowed_updates=["callback_query"])
    await noor.send("een")
    assert await _texts(bot) == []
    await _texts(bot, allowed_updates=[])
    await noor.send("twee")
    assert await _texts(bot) == ["twee"]


async def test_any_object_can_be_injected(sandbox: Sandbox, bot: RawBot) -> None:
    """A malformed or unknown update is handed over as it is, with an update id."""
    number = sandbox.inject({"message": {"nonsense": True}})
    sandbox.inject({"brand_new_kind": {"a": 1}})
    updates = await bot.result("getUpdates")
    assert updates == [
        {"update_id": number, "message": {"nonsense": True}},
        {"update_id": number + 1, "brand_new_kind": {"a": 1}},
    ]


async def test_parameters_in_any_encoding(sandbox: Sandbox) -> None:
    """Query, form, multipart and JSON mean the same; broken JSON is refused."""
    sanne = sandbox.people["sanne"]
    await sanne.start()
    address = f"{sandbox.url}/bot42:x/sendMessage"
    fields = {
        "chat_id": str(sanne.id),
        "text": "a",
        "protect_content": "true",
        "reply_markup": '{"inline_keyboard":[[{"text":"Ja","callback_data":"y"}]]}',
    }
    multipart = aiohttp.FormData(fields)
    multipart.add_field("extra", b"bytes", filename="x.bin")
    async with aiohttp.ClientSession() as session:
        requests = (
            session.get(address, params=fields),
            session.post(address, data=fields),
            session.post(address, data=multipart),
            session.post(address, json={**fields, "chat_id": sanne.id, "protect_content": True}),
        )
        for request in requests:
            async with request as response:
                assert response.status == 200
        async with session.post(
            address, data="{", headers={"Content-Type": "application/json"}
        ) as response:
            assert response.status == 400
        async with session.get(f"{sandbox.url}/botnonsense/getMe") as response:
            assert response.status == 404
    shown = [message for message in await sanne.messages() if message.sender.is_bot]
    assert len(shown) == 4
    assert all(message.protected and message.keyboard for message in shown)


async def test_settled_waits_for_calls_updates_and_drains(sandbox: Sandbox, bot: RawBot) -> None:
    """A test waits until the bot acknowledged, answered, and emptied its own outbox."""
    sanne = sandbox.people["sanne"]
    outbox = asyncio.Event()

    async def drained() -> None:
        await outbox.wait()

    sandbox.drains.append(drained)
    await sanne.start()
    with pytest.raises(TimeoutError, match="message"):
        await sandbox.settled(within=0.01)
    waiting = asyncio.create_task(sandbox.settled())
    last = sandbox.world.updates.pending[-1].id
    await bot.result("getUpdates", offset=last + 1)
    held = sandbox.faults.add("sendMessage", "hold")
    sending = asyncio.create_task(bot.result("sendMessage", chat_id=sanne.id, text="hoi"))
    await sandbox.until(lambda: bool(sandbox.ledger.under_way))
    outbox.set()
    assert not waiting.done()
    held.release()
    await sending
    await waiting
    await sandbox.settled(quiet=0.01)
    assert (await sanne.sees("hoi")).text == "hoi"
    assert [call.method for call in sandbox.calls()] == ["sendMessage"]


async def test_blocked_people_cannot_write(sandbox: Sandbox) -> None:
    """Sending while the bot is blocked is a mistake of the test; Start unblocks."""
    sanne = sandbox.people["sanne"]
    await sanne.start()
    await sanne.block()
    with pytest.raises(RuntimeError, match="unblock first"):
        await sanne.send("hoi")
    await sanne.start()
    await sanne.clear_chat()
    assert await sanne.messages() == ()
    with pytest.raises(LookupError, match="not written anything"):
        await sanne.screen()
    with pytest.raises(LookupError, match="no button 'Ja'; there is: none"):
        await sanne.tap("Ja")
