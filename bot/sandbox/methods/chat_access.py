"""Which chat a call means, and whether the bot may write there."""

from __future__ import annotations

from bot.sandbox.model import Chat
from bot.sandbox.parameters import Parameters
from bot.sandbox.refusals import bad, forbidden, migrated
from bot.sandbox.world import World


def readable_chat(world: World, parameters: Parameters) -> Chat:
    """The chat named by `chat_id`, if the bot could ever have met it."""
    name = parameters.text("chat_id")
    if not name:
        raise bad("chat_id is empty")
    number = parameters.integer("chat_id")
    chat = world.chats.get(number) if number is not None else None
    if chat is None:
        raise bad("chat not found")
    if chat.kind == "private" and not chat.started and not _shares_group(world, chat.id):
        raise bad("chat not found")
    if chat.migrated_to is not None:
        raise migrated(chat.migrated_to)
    if chat.bot == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    if chat.bot == "left":
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    return chat


def writable_chat(world: World, parameters: Parameters) -> Chat:
    """The chat named by `chat_id`, if the bot may write there."""
    chat = readable_chat(world, parameters)
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    if chat.kind == "private" and not chat.started:
        raise forbidden("bot can't initiate conversation with a user")
    return chat


def _shares_group(world: World, person_id: int) -> bool:
    return any(
        person_id in chat.members and chat.kind != "private" for chat in world.chats.values()
    )
