"""The whole world as one JSON object, for the page and for tests in another process."""

from __future__ import annotations

from bot.sandbox.ledger import Call
from bot.sandbox.model import Chat, Person
from bot.sandbox.shapes import Json, JsonObject
from bot.sandbox.world import World


def snapshot(world: World, bot_state: str) -> JsonObject:
    """People in order, chats with what can be seen in them, and the bot."""
    people: list[Json] = [_person_wire(world, person) for person in world.people.values()]
    chats: list[Json] = [_chat_wire(world, chat) for chat in world.chats.values()]
    language = next((person.account.language for person in world.people.values()), None) or ""
    bot: JsonObject = {
        "id": world.bot.id,
        "username": world.bot.username,
        "name": world.profile.text("name", language),
        "description": world.profile.text("description", language),
        "state": bot_state,
    }
    return {"people": people, "chats": chats, "bot": bot, "privacy": world.privacy}


def call_wire(call: Call) -> JsonObject:
    """One call of the ledger."""
    return {
        "number": call.number,
        "method": call.method,
        "parameters": call.parameters,
        "started": call.started,
        "ended": call.ended,
        "status": call.status,
        "result": call.result,
        "description": call.description,
    }


def _person_wire(world: World, person: Person) -> JsonObject:
    account = person.account
    menu = world.profile.menu(account.id, account.language or "", private=True)
    commands: list[Json] = [command.wire() for command in menu]
    return {
        "key": person.key,
        "id": account.id,
        "name": f"{account.first_name} {account.last_name or ''}".strip(),
        "initials": person.initials,
        "role": person.role,
        "language": account.language,
        "invited": person.start is not None,
        "commands": commands,
    }


def _chat_wire(world: World, chat: Chat) -> JsonObject:
    messages: list[Json] = [world.message_wire(message) for message in world.messages(chat.id)]
    menu = world.profile.menu(chat.id, "nl", private=False) if chat.kind != "private" else ()
    commands: list[Json] = [command.wire() for command in menu]
    members: list[Json] = [*sorted(chat.members)]
    return {
        "id": chat.id,
        "kind": chat.kind,
        "title": chat.title,
        "members": members,
        "bot": chat.bot,
        "started": chat.started,
        "blocked": chat.blocked,
        "migrated_to": chat.migrated_to,
        "working": world.updates.waiting(chat.id),
        "commands": commands,
        "messages": messages,
    }
