"""What strangers, thieves and the clumsy try, in the order of the table of abuse: each row through
the stand-in for Telegram to the real listener, speaker and storage, and what comes of it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.buttons import SEAL, Buttons
from bot.sandbox import Phone, Tap
from bot.sandbox.attachments import AttachmentKind
from bot.sandbox.shapes import Json, JsonObject
from flows.model import Organisation
from flows.session import Answer, AnswerKind
from storage.invites import INVITE_SECONDS
from storage.roles import Role
from tests.captured_logs import captured_logs
from tests.running import KEYS, Running, released, running
from tests.sandbox_client import raw_bot

CALM = 2
"""The place of the gate's answer "no, not now"."""
BSN = "111222333"
WORDS = released().vocabulary


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Running]:
    """A bot that nobody knows yet."""
    async with running(tmp_path) as bot:
        yield bot


@pytest.fixture
def stranger(bot: Running) -> Phone:
    """Somebody without an invitation."""
    return bot.sandbox.people["stranger"]


@pytest.fixture
async def sanne(bot: Running) -> Phone:
    """Somebody on board."""
    await bot.join(bot.sandbox.people["sanne"])
    return bot.sandbox.people["sanne"]


@pytest.fixture
async def bram(bot: Running) -> Phone:
    """Somebody else on board."""
    await bot.join(bot.sandbox.people["bram"])
    return bot.sandbox.people["bram"]


async def said(phone: Phone) -> list[str]:
    """What the bot has said in somebody's chat, oldest first."""
    return [message.text for message in await phone.messages() if message.sender.is_bot]


async def payloads(phone: Phone) -> list[str]:
    """What the buttons of the newest screen carry."""
    keyboard = (await phone.screen()).message.keyboard
    assert keyboard is not None
    return [button.value for button in keyboard.buttons]


async def answered(bot: Running, tap: Tap) -> tuple[str, bool]:
    """The words of the answer to a tap, and whether they must be clicked away."""
    await bot.done()
    assert tap.answer is not None
    return tap.answer.text, tap.answer.alert


async def place(bot: Running, phone: Phone) -> tuple[str, int, dict[str, Answer]]:
    """Where somebody is in their conversation: question, screen, answers."""
    session = await bot.session(phone)
    assert session is not None
    return session.frame.state, session.visit, dict(session.frame.answers)


def message(phone: Phone, **fields: Json) -> JsonObject:
    """A private message as Telegram writes it."""
    chat: JsonObject = {"id": phone.id, "type": "private"}
    person = phone.account.wire()
    return {"message": {"message_id": 9, "date": 1, "chat": chat, "from": person, **fields}}


# -- strangers ----------------------------------------------------------------------------------


async def test_01_a_stranger_sends_anything(bot: Running, stranger: Phone) -> None:
    """One fixed reply in two languages, and nothing kept but the numbers of the updates."""
    before = await bot.rows()
    await stranger.send("Hallo, wie ben jij?")
    await stranger.start()
    await stranger.attach("document", "een bestand")
    await stranger.tap_data("x", message_id=1)
    await stranger.edit(await stranger.send("/duiden"), "/duiden nu")
    await bot.done()
    assert await said(stranger) == [bot.say("stranger")]
    assert await bot.grown(before) == {"updates": 6}
    assert "112" in bot.say("stranger")


async def test_02_a_stranger_floods(bot: Running, stranger: Phone) -> None:
    """After 1,000 messages there has been one reply; the file grows by their numbers only."""
    before, size = await bot.rows(), bot.size
    for number in range(1000):
        await stranger.send(f"bericht {number}")
    await bot.done()
    assert await said(stranger) == [bot.say("stranger")]
    assert await bot.grown(before) == {"updates": 1000}
    assert bot.size - size < 40 * 1000


# -- invitations --------------------------------------------------------------------------------


async def test_03_an_invite_is_used_again(bot: Running, sanne: Phone, stranger: Phone) -> None:
    """The second to come is a stranger; the first keeps what the invite gave."""
    code = await bot.invite()
    await sanne.start(code)
    await bot.done()
    before = await bot.rows()
    await stranger.start(code)
    await bot.done()
    assert await said(stranger) == [bot.say("stranger")]
    assert await bot.person(stranger) is None
    assert await bot.grown(before) == {"updates": 1}
    assert await bot.person(sanne) is not None


async def test_04_two_claim_an_invite_at_once(bot: Running) -> None:
    """Of two people whose updates come together exactly one is let in."""
    code = await bot.invite()
    both = [bot.sandbox.people[name] for name in ("sanne", "bram")]
    for phone in both:
        await phone.start(code)
    await bot.done()
    known = [phone for phone in both if await bot.person(phone) is not None]
    (refused,) = [phone for phone in both if phone not in known]
    assert len(known) == 1
    assert await said(refused) == [bot.say("stranger")]


async def test_05_expired_guessed_and_used_codes_look_alike(bot: Running) -> None:
    """All are refused in the same words and with as many calls: nobody learns which it was."""
    expired = await bot.invite()
    bot.clock.advance(INVITE_SECONDS + 1)
    used = await bot.invite()
    await bot.sandbox.people["kees"].start(used)
    await bot.done()
    calls = []
    codes = {"sanne": expired, "bram": used, "noor": "A" * 22, "stranger": "' OR 1=1 --"}
    for name, code in codes.items():
        bot.sandbox.ledger.clear()
        await bot.sandbox.people[name].start(code)
        await bot.done()
        calls.append([call.method for call in bot.sandbox.calls()])
        assert await said(bot.sandbox.people[name]) == [bot.say("stranger")]
    assert calls == [["sendMessage"]] * 4


async def test_06_an_invite_carries_a_forged_role(bot: Running, stranger: Phone) -> None:
    """Role and team come from the stored invite; a code with anything added is no code."""
    code = await bot.invite(Organisation.POLICE)
    for forged in (f"{code} administrator", f"{code}-1", f"role=1&code={code}"):
        await stranger.start(forged)
        await bot.done()
        assert await bot.person(stranger) is None
    await stranger.start(code)
    await bot.done()
    person = await bot.person(stranger)
    assert person is not None
    assert (person.role, person.organisation) == (Role.PROFESSIONAL, Organisation.POLICE)


# -- revoked ------------------------------------------------------------------------------------


async def test_09_a_revoked_person_presses_an_old_button(bot: Running, sanne: Phone) -> None:
    """Nothing happens, and the person is told once that the access has ended."""
    await bot.duiden(sanne)
    payload = (await payloads(sanne))[CALM]
    number = (await sanne.screen()).message_id
    await bot.revoke(sanne)
    before = await bot.rows()
    for _ in range(3):
        await sanne.tap_data(payload, message_id=number)
    await sanne.send("/duiden")
    await bot.done()
    assert (await said(sanne)).count(bot.say("revoked")) == 1
    assert await bot.session(sanne) is None
    assert await bot.grown(before) == {"updates": 4}


async def test_10_access_is_revoked_in_the_middle(bot: Running, sanne: Phone) -> None:
    """The conversation and its answers are gone at once, and nothing waits to be sent."""
    await bot.duiden(sanne)
    await sanne.tap_data((await payloads(sanne))[CALM])
    await bot.done()
    assert (await bot.rows())["entries"] == 1
    await bot.revoke(sanne)
    rows = await bot.rows()
    assert (rows["sessions"], rows["frames"], rows["entries"]) == (0, 0, 0)
    waiting = await bot.run(
        lambda store: store.execute("SELECT count(*) FROM outbox WHERE status = 0").fetchone()[0]
    )
    assert waiting == 0


# -- buttons ------------------------------------------------------------------------------------


async def test_11_somebody_else_presses_a_button(bot: Running, sanne: Phone, bram: Phone) -> None:
    """A copied button gives the other an alert, and changes neither's conversation."""
    await bot.duiden(sanne)
    await bot.duiden(bram)
    stolen = (await payloads(sanne))[CALM]
    before = await place(bot, sanne), await place(bot, bram)
    tap = await bram.tap_data(stolen)
    assert await answered(bot, tap) == (bot.say("notice_foreign"), True)
    assert (await place(bot, sanne), await place(bot, bram)) == before


async def test_12_a_button_is_altered(bot: Running, sanne: Phone) -> None:
    """Every changed bit, a shortened, lengthened or invented payload is refused with an alert."""
    await bot.duiden(sanne)
    payload = (await payloads(sanne))[CALM]
    raw, before = base64.urlsafe_b64decode(payload), await place(bot, sanne)
    flipped = [
        base64.urlsafe_b64encode(raw[:at] + bytes([raw[at] ^ 1 << at % 8]) + raw[at + 1 :]).decode()
        for at in range(len(raw))
    ]
    for forged in (*flipped, payload[:-4], payload + "AAAA", "1", "é" * 32, " ", "\x00"):
        tap = await sanne.tap_data(forged)
        assert await answered(bot, tap) == (bot.say("notice_foreign"), True)
    assert await place(bot, sanne) == before


async def test_13_a_button_is_replayed_after_the_end(bot: Running, sanne: Phone) -> None:
    """A button of a conversation that is over says so, loses its neighbours and starts nothing."""
    await bot.duiden(sanne)
    payload, number = (await payloads(sanne))[CALM], (await sanne.screen()).message_id
    for text in ("stop", "stop en wis alles"):
        await sanne.send(text)
        await bot.done()
    assert await bot.session(sanne) is None
    before = await bot.rows()
    tap = await sanne.tap_data(payload, message_id=number)
    assert await answered(bot, tap) == (bot.say("notice_expired"), True)
    assert (await bot.grown(before)).keys() <= {"updates", "outbox"}
    assert await bot.session(sanne) is None


async def test_14_a_button_is_tapped_twice(bot: Running, sanne: Phone) -> None:
    """Two taps in one breath are one answer; the second is told that it is there already."""
    await bot.duiden(sanne)
    payload = (await payloads(sanne))[CALM]
    await sanne.tap_data(payload)
    second = await sanne.tap_data(payload)
    assert await answered(bot, second) == (bot.say("notice_already"), False)
    state, visit, answers = await place(bot, sanne)
    assert (state, visit) == ("first_step", 1)
    assert answers == {"gate": Answer(AnswerKind.CHOICES, ("calm",))}


async def test_15_a_button_of_another_version(bot: Running, sanne: Phone) -> None:
    """A payload of another format is refused; one of an earlier screen shows the present one."""
    await bot.duiden(sanne)
    first = (await payloads(sanne))[CALM]
    await sanne.tap_data(first)
    await bot.done()
    await sanne.tap_data((await payloads(sanne))[0])
    await bot.done()
    before = await place(bot, sanne)
    stale = await sanne.tap_data(first)
    assert await answered(bot, stale) == (bot.say("notice_stale"), False)
    person = await bot.person(sanne)
    assert person is not None
    raw = base64.urlsafe_b64decode(first)
    body, ours = bytes([raw[0] + 1]) + raw[1:-SEAL], Buttons(KEYS.derive("button"), WORDS)
    assert ours._seal(raw[:-SEAL], person.id, sanne.id) == raw[-SEAL:]
    seal = ours._seal(body, person.id, sanne.id)
    newer = await sanne.tap_data(base64.urlsafe_b64encode(body + seal).decode())
    assert await answered(bot, newer) == (bot.say("notice_foreign"), True)
    assert await place(bot, sanne) == before


async def test_16_a_tap_on_no_message_of_ours(bot: Running, sanne: Phone) -> None:
    """Inline messages, and messages that are gone, take no answers."""
    await bot.duiden(sanne)
    payload, before = (await payloads(sanne))[CALM], await place(bot, sanne)
    inline = await sanne.tap_inline(payload)
    assert (await answered(bot, inline))[0] == ""
    gone = await sanne.tap_data(payload, message_id=987_654)
    assert await answered(bot, gone) == (bot.say("notice_foreign"), True)
    assert await place(bot, sanne) == before


# -- messages -----------------------------------------------------------------------------------


async def test_17_an_old_message_is_edited(bot: Running, sanne: Phone) -> None:
    """What was typed before is not answered anew."""
    number = await sanne.send("/duiden")
    await bot.done()
    before, sent = await place(bot, sanne), await said(sanne)
    await sanne.edit(number, "3")
    await bot.done()
    assert (await place(bot, sanne), await said(sanne)) == (before, sent)


async def test_18_words_of_others(bot: Running, sanne: Phone) -> None:
    """A forward is deleted with a kind word; bots and channels that speak are not heard."""
    await bot.duiden(sanne)
    before = await place(bot, sanne)
    await sanne.forward("3", "hidden_user")
    await bot.done()
    assert (await sanne.screen()).text.startswith(bot.say("unexpected_forward"))
    assert not [one for one in await sanne.messages() if one.forward_origin]
    other: JsonObject = {"id": 99, "is_bot": True, "first_name": "Andere bot"}
    channel: JsonObject = {"id": -1009, "type": "channel", "title": "Kanaal"}
    for field in ({"via_bot": other}, {"sender_chat": channel}, {"from": other}):
        bot.sandbox.inject(message(sanne, text="3", **field))
    await bot.done()
    assert await place(bot, sanne) == before


@pytest.mark.parametrize(
    "text",
    [
        "a" * 4096,
        "🕊" * 2048,
        "\u202e3\u202c" * 99,
        "3\u200b\u200d\ufeff",
        "\u2066\u2067\u2068",
        "3\x00",
    ],
)
async def test_26_long_and_odd_texts(bot: Running, sanne: Phone, text: str) -> None:
    """4,096 characters, text from right to left, invisible characters: deleted, never obeyed."""
    await bot.duiden(sanne)
    before = await place(bot, sanne)
    await sanne.send(text)
    await bot.done()
    assert (await sanne.screen()).text.startswith(bot.say("notice_not_understood"))
    assert not [one for one in await sanne.messages() if one.text == text]
    assert await place(bot, sanne) == before


@pytest.mark.parametrize(
    "kind", ["photo", "voice", "contact", "location", "sticker", "document", "video", "poll"]
)
async def test_27_attachments(bot: Running, sanne: Phone, kind: AttachmentKind) -> None:
    """Nothing is fetched; what came is deleted and the answer says what to do instead."""
    await bot.duiden(sanne)
    before = await place(bot, sanne)
    number = await sanne.attach(kind, "met bijschrift")
    await bot.done()
    known = f"unexpected_{kind}" if kind not in {"video", "poll"} else "unexpected_other"
    assert (await sanne.screen()).text.startswith(bot.say(known))
    assert number not in [one.id for one in await sanne.messages()]
    assert not [call for call in bot.sandbox.calls() if call.method == "getFile"]
    assert await place(bot, sanne) == before


@pytest.mark.parametrize("open_route", [True, False])
async def test_28_a_citizen_number(bot: Running, sanne: Phone, *, open_route: bool) -> None:
    """A pasted BSN is deleted, with a warning that does not repeat it, and leaves no answer."""
    if open_route:
        await bot.duiden(sanne)
    before = await bot.rows()
    await sanne.send(f"het gaat om {BSN}")
    await bot.done()
    texts = [one.text for one in await sanne.messages()]
    assert not [text for text in texts if BSN in text]
    assert (await sanne.screen()).text.startswith(bot.say("text_personal"))
    grown = await bot.grown(before)
    assert grown.keys() <= {"updates", "outbox", "messages"}


# -- groups and rivals --------------------------------------------------------------------------


async def test_21_the_bot_is_added_to_a_group(bot: Running, sanne: Phone, bram: Phone) -> None:
    """It says one line, once, and leaves; a hostile title is nowhere used."""
    title = '<a href="tg://user?id=1">beheer</a>'
    group = await bot.sandbox.create_group(sanne, title, [bram])
    await bot.done()
    assert group.chat.bot == "left"
    assert (await group.screen()).text == bot.say("group")
    await group.add_bot(sanne)
    await bot.done()
    assert group.chat.bot == "left"
    sent = [
        call
        for call in bot.sandbox.calls("sendMessage")
        if call.parameters["chat_id"] == str(group.id)
    ]
    assert len(sent) == 1


async def test_22_a_command_in_a_group(bot: Running, sanne: Phone, bram: Phone) -> None:
    """No conversation starts in a group, also not for somebody on board."""
    hold = bot.sandbox.faults.add("leaveChat", "hold")
    group = await bot.sandbox.create_group(sanne, "Team", [bram], supergroup=True)
    await bot.sandbox.until(lambda: not bot.sandbox.faults.script)
    await sanne.send("/duiden", chat=group.id)
    await sanne.send("/duiden", chat=group.id, anonymous=True)
    hold.release()
    await bot.done()
    assert group.chat.bot == "left"
    assert await bot.session(sanne) is None
    assert (await bot.rows())["sessions"] == 0


async def test_35_a_second_poller(tmp_path: Path) -> None:
    """A rival on the same token raises an alarm; the bot waits seconds, and then goes on."""
    naps: list[float] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)
        await asyncio.sleep(0)

    with captured_logs() as lines:
        async with running(tmp_path, sleep=nap) as bot, raw_bot(bot.sandbox.url) as rival:
            await bot.sandbox.until(lambda: bot.sandbox.world.updates.polled)
            await rival.result("getUpdates", timeout=0)
            await bot.sandbox.until(lambda: bot.sandbox.world.updates.polled)
            await bot.sandbox.people["stranger"].send("hallo")
            await bot.done()
            assert await said(bot.sandbox.people["stranger"]) == [bot.say("stranger")]
    assert len(naps) == 1
    assert naps[0] >= 5
    assert "level=error event=second_poller" in lines.getvalue()


async def test_an_update_that_the_tables_refuse(tmp_path: Path) -> None:
    """After three tries it is let go with an apology; those who come after it do not wait."""
    naps: list[float] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)
        await asyncio.sleep(0)

    with captured_logs() as lines:
        async with running(tmp_path, sleep=nap) as bot:
            sanne, stranger = bot.sandbox.people["sanne"], bot.sandbox.people["stranger"]
            await bot.join(sanne)
            bot.sandbox.inject(message(sanne, message_id=2**40, text="een geheim"))
            await sanne.send("/help")
            await stranger.send("hallo")
            await bot.done()
            heard = await said(sanne)
            assert bot.say("sorry") in heard
            assert any("Wat wil je doen?" in text for text in heard)
            assert await said(stranger) == [bot.say("stranger")]
    assert len(naps) == 2
    assert "event=update_quarantined" in lines.getvalue()
    assert "geheim" not in lines.getvalue()
