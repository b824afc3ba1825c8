"""The product's two libraries against the sandbox, over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiogram.types import InaccessibleMessage, Update
from telegram import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TimedOut
from telegram.ext import ExtBot

from bot.sandbox import ManualClock, Sandbox
from bot.sandbox.attachments import KINDS, AttachmentKind
from tests.sandbox_client import listening, speaking


@pytest.fixture
def clock() -> ManualClock:
    """A clock that the test moves."""
    return ManualClock()


@pytest.fixture
async def sandbox(clock: ManualClock) -> AsyncIterator[Sandbox]:
    """A sandbox on a free port."""
    async with Sandbox.started(clock=clock, seed=1, invites={"sanne": "CODE1"}) as started:
        yield started


@pytest.fixture
async def listener(sandbox: Sandbox) -> AsyncIterator[Bot]:
    """Aiogram on the sandbox."""
    async with listening(sandbox.url) as bot:
        yield bot


@pytest.fixture
async def speaker(sandbox: Sandbox) -> AsyncIterator[ExtBot[None]]:
    """python-telegram-bot on the sandbox."""
    async with speaking(sandbox.url) as bot:
        yield bot


async def _received(bot: Bot) -> list[Update]:
    """What waits for the bot, acknowledged at once."""
    updates = await bot.get_updates()
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1)
    return updates


async def test_start_reaches_the_listener_as_a_command(sandbox: Sandbox, listener: Bot) -> None:
    """The Start button sends the person's own invite as a bot command."""
    await sandbox.people["sanne"].start()
    (update,) = await _received(listener)
    assert update.message is not None
    assert update.message.text == "/start CODE1"
    assert update.message.entities is not None
    assert update.message.entities[0].type == "bot_command"
    assert update.message.entities[0].length == 6
    await sandbox.settled()


async def test_a_tap_goes_round(sandbox: Sandbox, listener: Bot, speaker: ExtBot[None]) -> None:
    """A keyboard is shown, tapped, answered and replaced."""
    sanne = sandbox.people["sanne"]
    await sanne.start()
    keyboard = InlineKeyboardMarkup(
        [
            [InlineKeyboardButton("Ja", callback_data="yes", api_kwargs={"style": "success"})],
            [InlineKeyboardButton("Kopieer", copy_text=CopyTextButton("tekst"))],
        ]
    )
    sent = await speaker.send_message(
        sanne.id, "<b>Vraag</b> &amp; zo", parse_mode=ParseMode.HTML, reply_markup=keyboard
    )
    screen = await sanne.screen()
    assert (screen.text, screen.buttons) == ("Vraag & zo", (("Ja",), ("Kopieer",)))
    assert (await sanne.tap("Kopieer")).copied == "tekst"
    tap = await sanne.tap("Ja")
    update = (await _received(listener))[-1]
    assert update.callback_query is not None
    assert update.callback_query.data == "yes"
    assert update.callback_query.message is not None
    assert update.callback_query.message.message_id == sent.message_id
    await speaker.answer_callback_query(update.callback_query.id, "Genoteerd", show_alert=True)
    assert tap.answer is not None
    assert (tap.answer.text, tap.answer.alert) == ("Genoteerd", True)
    await speaker.edit_message_text("Klaar", sanne.id, sent.message_id)
    assert (await sanne.screen()).buttons == ()
    with pytest.raises(BadRequest, match="Message is not modified"):
        await speaker.edit_message_text("Klaar", sanne.id, sent.message_id)


async def test_taps_on_old_and_deleted_messages(
    sandbox: Sandbox, listener: Bot, speaker: ExtBot[None], clock: ManualClock
) -> None:
    """A tap on a message that is gone or older than 48 hours carries an inaccessible message."""
    sanne = sandbox.people["sanne"]
    await sanne.start()
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="yes")]])
    first = await speaker.send_message(sanne.id, "een", reply_markup=markup)
    second = await speaker.send_message(sanne.id, "twee", reply_markup=markup)
    await speaker.delete_message(sanne.id, second.message_id)
    await sanne.tap_data("yes", message_id=second.message_id)
    clock.advance(48 * 3600 + 1)
    await sanne.tap("Ja", message_id=first.message_id)
    await sanne.tap_inline("yes")
    updates = await _received(listener)
    taps = [update.callback_query for update in updates if update.callback_query]
    assert len(taps) == 2
    assert isinstance(taps[0].message, InaccessibleMessage)
    assert taps[1].inline_message_id
    with pytest.raises(BadRequest, match="can't be deleted for everyone"):
        await speaker.delete_message(sanne.id, first.message_id)


@pytest.mark.parametrize("kind", KINDS)
async def test_attachments_are_valid(sandbox: Sandbox, listener: Bot, kind: AttachmentKind) -> None:
    """Aiogram accepts every made-up attachment."""
    await sandbox.people["bram"].attach(kind, "bijschrift /stop")
    (update,) = await _received(listener)
    assert update.message is not None
    assert update.message.content_type == kind


async def test_forwards_edits_and_blocks_are_valid(sandbox: Sandbox, listener: Bot) -> None:
    """Aiogram accepts forwards of each origin, edits, and the news of a block."""
    noor = sandbox.people["noor"]
    await noor.forward("een", "user")
    await noor.forward("twee", "hidden_user")
    number = await noor.forward("drie", "channel")
    await noor.edit(number, "vier /help")
    await noor.block()
    await noor.unblock()
    updates = await _received(listener)
    origins = [
        update.message.forward_origin.type
        for update in updates
        if update.message and update.message.forward_origin
    ]
    assert origins == ["user", "hidden_user", "channel"]
    assert updates[3].edited_message is not None
    assert updates[3].edited_message.text == "vier /help"
    members = [update.my_chat_member for update in updates if update.my_chat_member]
    assert [member.new_chat_member.status for member in members] == ["kicked", "member"]


async def test_refusals_have_the_libraries_types(
    sandbox: Sandbox, speaker: ExtBot[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocked, never started, migrated and limited arrive as the libraries' own exceptions."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    sanne, kees = sandbox.people["sanne"], sandbox.people["kees"]
    with pytest.raises(BadRequest, match="Chat not found"):
        await speaker.send_message(sanne.id, "hoi")
    group = await sandbox.create_group(kees, "Team Voorbeeld", [sanne])
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await speaker.send_message(sanne.id, "hoi")
    await sanne.start()
    await sanne.block()
    with pytest.raises(Forbidden, match="blocked by the user"):
        await speaker.send_message(sanne.id, "hoi")
    old = group.id
    new = await group.upgrade(kees)
    with pytest.raises(ChatMigrated) as moved:
        await speaker.send_message(old, "hoi")
    assert moved.value.new_chat_id == new
    sandbox.faults.add("sendMessage", "too_many", seconds=7)
    with pytest.raises(RetryAfter):
        await speaker.send_message(new, "hoi")
    await speaker.send_message(new, "hoi")
    await group.remove_bot(kees)
    with pytest.raises(Forbidden, match="kicked from the supergroup chat"):
        await speaker.send_message(new, "hoi")


async def test_the_second_poller_ends_the_first(sandbox: Sandbox) -> None:
    """Two pollers: the first gets 409, the second goes on."""
    async with listening(sandbox.url) as one, listening(sandbox.url) as two:
        first = asyncio.create_task(one.get_updates(timeout=30))
        await sandbox.until(lambda: sandbox.world.updates.polled)
        second = asyncio.create_task(two.get_updates(timeout=30))
        with pytest.raises(TelegramConflictError, match="terminated by other getUpdates"):
            await first
        await sandbox.people["sanne"].send("hoi")
        assert len(await second) == 1


async def test_groups_are_valid(sandbox: Sandbox, listener: Bot, speaker: ExtBot[None]) -> None:
    """Aiogram accepts all that happens in a group, and privacy mode hides the rest."""
    kees, sanne = sandbox.people["kees"], sandbox.people["sanne"]
    group = await sandbox.create_group(kees, "Team Voorbeeld", [sanne])
    await sanne.send("zomaar gesprek", chat=group.id)
    await sanne.send("/herinner", chat=group.id)
    await kees.send("/herinner@duider_sandbox_bot", chat=group.id, anonymous=True)
    card = await speaker.send_message(group.id, "kaart", message_thread_id=7)
    await sanne.send("/herinner", chat=group.id)
    await sanne.send("antwoord", chat=group.id, reply_to=card.message_id)
    await group.another_bot_speaks()
    await sanne.send("/kalender", chat=group.id)
    await group.upgrade(kees)
    updates = await _received(listener)
    texts = [update.message.text for update in updates if update.message and update.message.text]
    assert texts == ["/herinner@duider_sandbox_bot", "/herinner", "antwoord"]
    anonymous = next(update.message for update in updates if update.message and update.message.text)
    assert anonymous.sender_chat is not None
    moves = [update.message.migrate_to_chat_id for update in updates if update.message]
    assert group.id in moves
    member = await speaker.get_chat_member(group.id, kees.id)
    assert member.status == "administrator"
    assert (await speaker.get_chat(group.id)).title == "Team Voorbeeld"


async def test_the_profile_goes_round(sandbox: Sandbox, speaker: ExtBot[None]) -> None:
    """Commands, names and descriptions are kept per scope and language."""
    scope = BotCommandScopeAllPrivateChats()
    await speaker.set_my_commands([BotCommand("duiden", "Een bericht duiden")], scope, "nl")
    await speaker.set_my_commands([BotCommand("interpret", "Interpret a message")], scope)
    sanne = sandbox.people["sanne"]
    assert [command.name for command in await sanne.commands()] == ["duiden"]
    sanne.speak("en")
    assert [command.name for command in await sanne.commands()] == ["interpret"]
    found = await speaker.get_my_commands(scope, "nl")
    assert found[0].command == "duiden"
    await speaker.set_my_name("Duider", "nl")
    await speaker.set_my_description("Wat ik doe")
    await speaker.set_my_short_description("Kort", "en")
    assert (await speaker.get_my_name("nl")).name == "Duider"
    assert (await speaker.get_my_description("nl")).description == "Wat ik doe"
    assert (await speaker.get_my_short_description("en")).short_description == "Kort"
    assert (await speaker.get_chat_menu_button()).type == "commands"


async def test_options_are_kept(sandbox: Sandbox, speaker: ExtBot[None]) -> None:
    """Protection, silence and link previews stay with the message."""
    sanne = sandbox.people["sanne"]
    number = await sanne.start()
    await speaker.send_message(
        sanne.id,
        "https://voorbeeld.example",
        protect_content=True,
        disable_notification=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_to_message_id=number,
    )
    message = (await sanne.screen()).message
    assert message.protected
    assert message.silent
    assert message.link_preview == {"is_disabled": True}
    assert message.reply_to == number
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await speaker.edit_message_text("anders", sanne.id, number)


async def test_faults_happen_before_or_after_the_effect(
    sandbox: Sandbox, listener: Bot, speaker: ExtBot[None]
) -> None:
    """A cut connection before the effect sends nothing; after it, the message is there."""
    sanne = sandbox.people["sanne"]
    await sanne.start()
    sandbox.faults.add("sendMessage", "drop")
    with pytest.raises(Exception, match=r"httpx|disconnected|Read"):
        await speaker.send_message(sanne.id, "een")
    sandbox.faults.add("sendMessage", "bad_gateway", moment="after")
    with pytest.raises(Exception, match=r"Bad Gateway|Invalid server response"):
        await speaker.send_message(sanne.id, "twee")
    sandbox.faults.add("sendMessage", "broken_json")
    with pytest.raises(Exception, match=r"[Ii]nvalid|[Dd]ecode"):
        await listener.send_message(sanne.id, "drie")
    held = sandbox.faults.add("sendMessage", "hold")
    with pytest.raises(TimedOut):
        await speaker.send_message(sanne.id, "vier", read_timeout=0.01)
    held.release()
    await sandbox.until(lambda: not sandbox.ledger.under_way)
    texts = [message.text for message in await sanne.messages() if message.sender.is_bot]
    assert texts == ["twee", "vier"]
    assert [call.status for call in sandbox.calls("sendMessage")] == [0, 502, 200, 200]


async def test_bad_html_names_the_place(sandbox: Sandbox, listener: Bot) -> None:
    """Aiogram tells which tag Telegram would refuse."""
    await sandbox.people["sanne"].start()
    with pytest.raises(TelegramBadRequest, match='Unsupported start tag "3" at byte offset 6'):
        await listener.send_message(
            sandbox.people["sanne"].id, "<b>x &<3 y", parse_mode=ParseMode.HTML
        )
