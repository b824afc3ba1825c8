"""The bot's place in a chat: blocked, added, removed, and what the bot hears of it."""

from __future__ import annotations

from dataclasses import replace

from bot.sandbox.model import Account, Chat, Membership, Message
from bot.sandbox.shapes import JsonObject
from bot.sandbox.wire import member_wire
from bot.sandbox.world import World

_AWAY = frozenset({"left", "kicked"})


def change_bot(world: World, actor: Account, chat: Chat, status: Membership) -> Chat:
    """Gives the bot another place in a group and tells it, with the service message."""
    before = chat.bot
    chat = world.put_chat(replace(chat, bot=status))
    announce_membership(world, actor, chat, before, status)
    if status in _AWAY and before not in _AWAY:
        post_notice(world, actor, chat, {"left_chat_member": world.bot.wire()}, heard=False)
    if before in _AWAY and status not in _AWAY:
        bot = world.bot.wire()
        post_notice(
            world, actor, chat, {"new_chat_members": [bot], "new_chat_member": bot}, heard=True
        )
    return chat


def announce_membership(world: World, actor: Account, chat: Chat, before: str, after: str) -> None:
    """Tells the bot by my_chat_member that its place changed."""
    update: JsonObject = {
        "chat": world.chat_wire(chat.id),
        "from": actor.wire(),
        "date": world.now,
        "old_chat_member": member_wire(world.bot, before),
        "new_chat_member": member_wire(world.bot, after),
    }
    world.tell_bot("my_chat_member", update, chat.id)


def post_notice(
    world: World, actor: Account, chat: Chat, notice: JsonObject, heard: bool
) -> Message:
    """Posts a service message; the bot hears it when it is in the group."""
    message = world.put_message(
        Message(chat_id=chat.id, id=world.next_id(chat), sender=actor, date=world.now, body=notice)
    )
    if heard:
        world.tell_bot("message", world.message_wire(message), chat.id)
    return message


def create_group(world: World, actor: Account, chat: Chat) -> Chat:
    """Makes a group that has the bot in it from the start."""
    world.put_chat(replace(chat, bot="left"))
    announce_membership(world, actor, chat, "left", chat.bot)
    chat = world.put_chat(chat)
    post_notice(world, actor, chat, {"group_chat_created": True}, heard=True)
    return chat


def upgrade_group(world: World, actor: Account, chat: Chat) -> Chat:
    """Turns a group into a supergroup with another id, with both service messages."""
    new_id = -1_000_000_000_000 + chat.id
    supergroup = world.put_chat(replace(chat, id=new_id, kind="supergroup"))
    chat = world.put_chat(replace(chat, migrated_to=new_id))
    post_notice(world, actor, chat, {"migrate_to_chat_id": new_id}, heard=True)
    announce_membership(world, actor, supergroup, "left", supergroup.bot)
    post_notice(world, actor, supergroup, {"migrate_from_chat_id": chat.id}, heard=True)
    return supergroup
