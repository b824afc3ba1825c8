"""Sending, editing, deleting and keyboards: Telegram's limits in Telegram's words."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.sandbox import ManualClock, Sandbox
from bot.sandbox.refusals import NOT_MODIFIED
from bot.sandbox.shapes import Json, as_integer, as_object
from tests.sandbox_client import RawBot, raw_bot

BAD = 400


@pytest.fixture
def clock() -> ManualClock:
    """A clock that the test moves."""
    return ManualClock()


@pytest.fixture
async def sandbox(clock: ManualClock) -> AsyncIterator[Sandbox]:
    """A sandbox in which Sanne has pressed Start."""
    async with Sandbox.started(clock=clock, seed=1) as started:
        await started.people["sanne"].start()
        yield started


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[RawBot]:
    """A bot without a library."""
    async with raw_bot(sandbox.url) as raw:
        yield raw


def _keyboard(*rows: list[Json]) -> Json:
    return {"inline_keyboard": list(rows)}


def _button(label: str = "Ja", **more: Json) -> Json:
    return {"text": label, **(more or {"callback_data": "yes"})}


async def _sent(bot: RawBot, sandbox: Sandbox, **more: Json) -> int:
    message = as_object(
        await bot.result("sendMessage", chat_id=sandbox.people["sanne"].id, text="Vraag", **more)
    )
    return as_integer(message["message_id"]) or 0


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (_keyboard([_button(callback_data="é" * 33)]), "BUTTON_DATA_INVALID"),
        (_keyboard([_button(callback_data="")]), "BUTTON_DATA_INVALID"),
        (_keyboard([_button(copy_text={"text": "a" * 257})]), "BUTTON_COPY_TEXT_INVALID"),
        (_keyboard([_button(url="javascript:alert(1)")]), "BUTTON_URL_INVALID"),
        (_keyboard([_button()] * 9), "BUTTON_ROW_TOO_LONG"),
        (_keyboard(*[[_button()] * 8] * 13), "reply markup is too long"),
        (_keyboard([{"text": "Ja"}]), "Text buttons are unallowed in the inline keyboard"),
        (_keyboard([_button(" ")]), "BUTTON_TEXT_INVALID"),
        (_keyboard([_button(callback_data="a", style="loud")]), "invalid button style"),
        (_keyboard([_button(callback_data="a", url="https://a.nl")]), "exactly one action"),
        ({"inline_keyboard": [_button()]}, "Array of Arrays"),
        ("[", "can't parse reply markup JSON object"),
    ],
)
async def test_keyboards_have_limits(
    sandbox: Sandbox, bot: RawBot, markup: Json, words: str
) -> None:
    """A keyboard that Telegram would refuse is refused."""
    number = sandbox.people["sanne"].id
    code, said = await bot.refusal("sendMessage", chat_id=number, text="a", reply_markup=markup)
    assert code == BAD
    assert words in said


async def test_keyboards_at_the_limit_pass(sandbox: Sandbox, bot: RawBot) -> None:
    """64 bytes, 256 characters, 8 in a row, 100 in all, and empty rows fall away."""
    rows = [[_button(callback_data="a" * 64)] * 8] * 12
    rows.append(
        [_button(copy_text={"text": "a" * 256}), _button(style="danger", callback_data="b")]
    )
    rows.append([])
    rows.append([_button(url="https://voorbeeld.example"), _button()])
    await _sent(bot, sandbox, reply_markup=_keyboard(*rows))
    assert len((await sandbox.people["sanne"].screen()).labels) == 100


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": "a" * 4097}, "message is too long"),
        ({"text": "a", "parse_mode": "MarkdownV9"}, "unsupported parse_mode"),
        ({"text": "<i>a", "parse_mode": "HTML"}, "can't parse entities"),
        ({"text": "a", "chat_id": None}, "chat_id is empty"),
        ({"text": "a", "chat_id": 1}, "chat not found"),
        ({"text": "a", "chat_id": "@nobody"}, "chat not found"),
        ({"text": "a", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
    ],
)
async def test_sending_has_limits(
    sandbox: Sandbox, bot: RawBot, parameters: dict[str, Json], words: str
) -> None:
    """A message that Telegram would refuse is refused, and nothing is sent."""
    whole: dict[str, Json] = {"chat_id": sandbox.people["sanne"].id, **parameters}
    code, said = await bot.refusal("sendMessage", **whole)
    assert code == BAD
    assert words in said
    assert len(await sandbox.people["sanne"].messages()) == 1


async def test_an_unchanged_edit_is_refused(sandbox: Sandbox, bot: RawBot) -> None:
    """Same content and same keyboard: not modified, also when formatted in another way."""
    number = sandbox.people["sanne"].id
    markup = _keyboard([_button()])
    message = await _sent(bot, sandbox, reply_markup=markup)
    refused = await bot.refusal(
        "editMessageText",
        chat_id=number,
        message_id=message,
        text=" Vraag ",
        parse_mode="HTML",
        reply_markup=markup,
    )
    assert refused == (BAD, f"Bad Request: {NOT_MODIFIED}")
    refused = await bot.refusal(
        "editMessageReplyMarkup", chat_id=number, message_id=message, reply_markup=markup
    )
    assert refused == (BAD, f"Bad Request: {NOT_MODIFIED}")
    await bot.result("editMessageText", chat_id=number, message_id=message, text="Vraag")
    assert (await sandbox.people["sanne"].screen()).buttons == ()


async def test_what_cannot_be_edited(sandbox: Sandbox, bot: RawBot) -> None:
    """Unknown, deleted and other people's messages each have their words."""
    sanne = sandbox.people["sanne"]
    own = await sanne.send("van mij")
    gone = await _sent(bot, sandbox)
    await bot.result("deleteMessage", chat_id=sanne.id, message_id=gone)
    said = []
    for number in (None, 999, gone, own):
        _, words = await bot.refusal(
            "editMessageText", chat_id=sanne.id, message_id=number, text="a"
        )
        said.append(words.removeprefix("Bad Request: "))
    assert said == [
        "message identifier is not specified",
        "message to edit not found",
        "message to edit not found",
        "message can't be edited",
    ]


async def test_what_cannot_be_deleted(sandbox: Sandbox, bot: RawBot, clock: ManualClock) -> None:
    """Incoming private messages can go; nothing older than 48 hours; unknown ones are skipped."""
    sanne = sandbox.people["sanne"]
    old = await _sent(bot, sandbox)
    clock.advance(48 * 3600 + 1)
    young, incoming = await _sent(bot, sandbox), await sanne.send("van mij")
    delete = {"chat_id": sanne.id}
    assert await bot.refusal("deleteMessage", **delete, message_id=old) == (
        BAD,
        "Bad Request: message can't be deleted for everyone",
    )
    assert await bot.refusal("deleteMessage", **delete, message_id=999) == (
        BAD,
        "Bad Request: message to delete not found",
    )
    await bot.result("deleteMessages", **delete, message_ids=[young, incoming, 999])
    assert [message.id for message in await sanne.messages()][-1] == old
    code, _ = await bot.refusal("deleteMessages", **delete, message_ids=list(range(1, 102)))
    assert code == BAD


async def test_answers_to_taps(sandbox: Sandbox, bot: RawBot, clock: ManualClock) -> None:
    """Unknown and late answers are too old; long ones are too long."""
    sanne = sandbox.people["sanne"]
    await _sent(bot, sandbox, reply_markup=_keyboard([_button()]))
    tap = await sanne.tap("Ja")
    code, words = await bot.refusal("answerCallbackQuery", callback_query_id="1")
    assert (code, words.split(" and ")[0]) == (BAD, "Bad Request: query is too old")
    long = {"callback_query_id": tap.query_id, "text": "a" * 201}
    assert await bot.refusal("answerCallbackQuery", **long) == (
        BAD,
        "Bad Request: MESSAGE_TOO_LONG",
    )
    await bot.result("answerCallbackQuery", callback_query_id=tap.query_id, text="ja")
    assert tap.answer is not None
    clock.advance(61)
    code, words = await bot.refusal("answerCallbackQuery", callback_query_id=tap.query_id)
    assert "query is too old" in words


async def test_limits_can_be_switched_on(sandbox: Sandbox, bot: RawBot, clock: ManualClock) -> None:
    """After a burst a chat gets one message a second; a group 20 a minute."""
    sandbox.limits.enabled = True
    sanne = sandbox.people["sanne"]
    for _ in range(5):
        await _sent(bot, sandbox)
    answer = await bot.call("sendMessage", chat_id=sanne.id, text="a")
    assert answer["description"] == "Too Many Requests: retry after 1"
    assert answer["parameters"] == {"retry_after": 1}
    clock.advance(1)
    await _sent(bot, sandbox)
    group = await sandbox.create_group(sanne, "Team Voorbeeld")
    for _ in range(20):
        clock.advance(1)
        await bot.result("sendMessage", chat_id=group.id, text="a")
    clock.advance(1)
    answer = await bot.call("sendMessage", chat_id=group.id, text="a")
    assert answer["parameters"] == {"retry_after": 40}


async def test_commands_have_limits(bot: RawBot) -> None:
    """At most 100 commands, plain names, short descriptions, two-letter languages."""
    fine: Json = {"command": "duiden", "description": "Duiden"}
    for commands, words in (
        ([fine] * 101, "BOT_COMMANDS_TOO_MUCH"),
        ([{"command": "Duiden!", "description": "a"}], "BOT_COMMAND_INVALID"),
        ([{"command": "a" * 33, "description": "a"}], "BOT_COMMAND_INVALID"),
        ([{"command": "a", "description": ""}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "a", "description": "a" * 257}], "BOT_COMMAND_DESCRIPTION_INVALID"),
    ):
        listed: list[Json] = [*commands]
        _, said = await bot.refusal("setMyCommands", commands=listed)
        assert words in said
    _, said = await bot.refusal("setMyCommands", commands=[fine], language_code="nld")
    assert "invalid language code" in said
    _, said = await bot.refusal("setMyCommands", commands=[fine], scope={"type": "moon"})
    assert "Unsupported type" in said
    await bot.result("setMyCommands", commands=[fine])
    await bot.result("deleteMyCommands")
    assert await bot.result("getMyCommands") == []


async def test_other_methods(sandbox: Sandbox, bot: RawBot) -> None:
    """Unknown methods are 404, method names ignore case, and webhooks can only be taken away."""
    code, words = await bot.refusal("makeCoffee")
    assert (code, words) == (404, "Not Found")
    me = as_object(await bot.result("getme"))
    assert me["id"] == 42
    assert me["can_read_all_group_messages"] is False
    await bot.result("deleteWebhook")
    assert as_object(await bot.result("getWebhookInfo"))["url"] == ""
    code, _ = await bot.refusal("setWebhook", url="https://voorbeeld.example")
    assert code == BAD
    sanne = sandbox.people["sanne"].id
    await bot.result("sendChatAction", chat_id=sanne, action="typing")
    code, _ = await bot.refusal("sendChatAction", chat_id=sanne, action="sing")
    assert code == BAD
    for method in ("close", "logOut"):
        assert await bot.result(method) is True


async def test_leaving_a_group(sandbox: Sandbox, bot: RawBot) -> None:
    """A bot that left cannot write there; it can be invited again."""
    kees = sandbox.people["kees"]
    group = await sandbox.create_group(kees, "Team Voorbeeld")
    await bot.result("leaveChat", chat_id=group.id)
    code, words = await bot.refusal("sendMessage", chat_id=group.id, text="a")
    assert (code, words) == (403, "Forbidden: bot is not a member of the group chat")
    await group.add_bot(kees, administrator=True)
    await bot.result("sendMessage", chat_id=group.id, text="a")
    own = await kees.send("van mij", chat=group.id)
    await bot.result("deleteMessage", chat_id=group.id, message_id=own)
    administrators = await bot.result("getChatAdministrators", chat_id=group.id)
    assert isinstance(administrators, list)
    assert await bot.result("getChatMemberCount", chat_id=group.id) == 2
