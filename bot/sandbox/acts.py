"""What people do, by the names of the control API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import get_args

from bot.sandbox.attachments import KINDS, OriginKind
from bot.sandbox.group import Group
from bot.sandbox.phone import Phone
from bot.sandbox.shapes import JsonObject, as_flag, as_integer, as_text

Act = Callable[[Phone, JsonObject], Awaitable[JsonObject]]
GroupAct = Callable[[Group, Phone], Awaitable[object]]


class BadAct(ValueError):
    """A request of the control API that makes no sense; the words say why."""


async def _start(phone: Phone, body: JsonObject) -> JsonObject:
    payload = body.get("payload")
    return {"message_id": await phone.start(payload if isinstance(payload, str) else None)}


async def _send(phone: Phone, body: JsonObject) -> JsonObject:
    number = await phone.send(
        as_text(body.get("text")),
        chat=_chat(body),
        reply_to=as_integer(body.get("reply_to")),
        anonymous=as_flag(body.get("anonymous")),
    )
    return {"message_id": number}


async def _attach(phone: Phone, body: JsonObject) -> JsonObject:
    wanted = as_text(body.get("kind"))
    for kind in KINDS:
        if kind == wanted:
            caption = as_text(body.get("caption"))
            return {"message_id": await phone.attach(kind, caption, chat=_chat(body))}
    raise BadAct(f"kind is one of {', '.join(KINDS)}")


async def _forward(phone: Phone, body: JsonObject) -> JsonObject:
    wanted = as_text(body.get("origin")) or "user"
    for origin in get_args(OriginKind):
        if origin == wanted:
            text = as_text(body.get("text"))
            return {"message_id": await phone.forward(text, origin, chat=_chat(body))}
    raise BadAct(f"origin is one of {', '.join(get_args(OriginKind))}")


async def _edit(phone: Phone, body: JsonObject) -> JsonObject:
    await phone.edit(_message_id(body), as_text(body.get("text")), chat=_chat(body))
    return {}


async def _delete(phone: Phone, body: JsonObject) -> JsonObject:
    await phone.delete(_message_id(body), chat=_chat(body))
    return {}


async def _tap(phone: Phone, body: JsonObject) -> JsonObject:
    message_id = as_integer(body.get("message_id"))
    inline, data = as_text(body.get("inline_message_id")), as_text(body.get("data"))
    if inline:
        tap = await phone.tap_inline(data, inline)
    elif data:
        tap = await phone.tap_data(data, message_id=message_id, chat=_chat(body))
    else:
        label = as_text(body.get("label"))
        tap = await phone.tap(label, message_id=message_id, chat=_chat(body))
    return {"query_id": tap.query_id}


async def _block(phone: Phone, _body: JsonObject) -> JsonObject:
    await phone.block()
    return {}


async def _unblock(phone: Phone, _body: JsonObject) -> JsonObject:
    await phone.unblock()
    return {}


async def _clear(phone: Phone, _body: JsonObject) -> JsonObject:
    await phone.clear_chat()
    return {}


def _chat(body: JsonObject) -> int | None:
    return as_integer(body.get("chat"))


def _message_id(body: JsonObject) -> int:
    number = as_integer(body.get("message_id"))
    if number is None:
        raise BadAct("message_id is missing")
    return number


ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "start": _start,
        "send": _send,
        "attach": _attach,
        "forward": _forward,
        "edit": _edit,
        "delete": _delete,
        "tap": _tap,
        "block": _block,
        "unblock": _unblock,
        "clear": _clear,
    }
)
GROUP_ACTS: Mapping[str, GroupAct] = MappingProxyType(
    {
        "add_bot": lambda group, by: group.add_bot(by),
        "remove_bot": lambda group, by: group.remove_bot(by),
        "promote": lambda group, by: group.promote(by),
        "upgrade": lambda group, by: group.upgrade(by),
    }
)
