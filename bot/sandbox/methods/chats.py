"""Chats and their members, and leaving."""

from __future__ import annotations

from bot.sandbox import membership
from bot.sandbox.methods.chat_access import readable_chat
from bot.sandbox.model import Chat
from bot.sandbox.parameters import Parameters
from bot.sandbox.refusals import bad
from bot.sandbox.shapes import Json
from bot.sandbox.wire import full_chat_wire, member_wire
from bot.sandbox.world import World


def get_chat(world: World, parameters: Parameters) -> Json:
    """Answers getChat."""
    chat = readable_chat(world, parameters)
    return full_chat_wire(chat, world.account(chat.id))


def get_chat_member(world: World, parameters: Parameters) -> Json:
    """Answers getChatMember."""
    chat = readable_chat(world, parameters)
    number = parameters.integer("user_id")
    account = world.account(number) if number else None
    if number is None or account is None:
        raise bad("invalid user_id specified" if number is None else "user not found")
    return member_wire(account, _status(world, chat, number))


def get_chat_administrators(world: World, parameters: Parameters) -> Json:
    """Answers getChatAdministrators."""
    chat = readable_chat(world, parameters)
    if chat.kind == "private":
        raise bad("there are no administrators in the private chat")
    accounts = (world.account(number) for number in sorted(chat.administrators))
    return [member_wire(account, "administrator") for account in accounts if account]


def get_chat_member_count(world: World, parameters: Parameters) -> Json:
    """Answers getChatMemberCount."""
    chat = readable_chat(world, parameters)
    return 2 if chat.kind == "private" else len(chat.members) + 1


def leave_chat(world: World, parameters: Parameters) -> Json:
    """Answers leaveChat."""
    chat = readable_chat(world, parameters)
    if chat.kind == "private":
        raise bad("chat member status can't be changed in private chats")
    membership.change_bot(world, world.bot, chat, "left")
    return True


def _status(world: World, chat: Chat, number: int) -> str:
    if number == world.bot.id:
        return chat.bot
    if chat.kind == "private":
        return "member" if number == chat.id else "left"
    if number in chat.administrators:
        return "administrator"
    return "member" if number in chat.members else "left"
