"""The bot's name, descriptions, commands and menu button."""

from __future__ import annotations

import re

from bot.sandbox.methods.chat_access import readable_chat
from bot.sandbox.model import Command
from bot.sandbox.parameters import Parameters
from bot.sandbox.profile import DEFAULT_SCOPE, Scope, TextField
from bot.sandbox.refusals import bad
from bot.sandbox.shapes import Json, as_integer, as_object, as_text
from bot.sandbox.world import World

MOST_COMMANDS = 100
LONGEST_DESCRIPTION = 256
LONGEST_TEXTS: dict[TextField, int] = {
    "name": 64,
    "description": 512,
    "short_description": 120,
}

_NAME = re.compile(r"[a-z0-9_]{1,32}")
_CHAT_SCOPES = frozenset({"chat", "chat_administrators", "chat_member"})
_SCOPES = _CHAT_SCOPES | {
    "default",
    "all_private_chats",
    "all_group_chats",
    "all_chat_administrators",
}


def get_me(world: World, _parameters: Parameters) -> Json:
    """Answers getMe."""
    me = world.bot.wire()
    me.update(
        can_join_groups=True,
        can_read_all_group_messages=not world.privacy,
        supports_inline_queries=False,
        can_connect_to_business=False,
        has_main_web_app=False,
    )
    return me


def set_my_commands(world: World, parameters: Parameters) -> Json:
    """Answers setMyCommands."""
    listed = parameters.structure("commands")
    if not isinstance(listed, list):
        raise bad("can't parse commands: expected an Array of BotCommand")
    if len(listed) > MOST_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    commands = tuple(_command(item) for item in listed)
    world.profile.set_commands(_scope(world, parameters), _language(parameters), commands)
    world.changes.publish({"type": "commands"})
    return True


def get_my_commands(world: World, parameters: Parameters) -> Json:
    """Answers getMyCommands."""
    found = world.profile.commands(_scope(world, parameters), _language(parameters))
    return [command.wire() for command in found]


def delete_my_commands(world: World, parameters: Parameters) -> Json:
    """Answers deleteMyCommands."""
    world.profile.set_commands(_scope(world, parameters), _language(parameters), ())
    world.changes.publish({"type": "commands"})
    return True


def set_my_name(world: World, parameters: Parameters) -> Json:
    """Answers setMyName."""
    return _set_text(world, parameters, "name")


def set_my_description(world: World, parameters: Parameters) -> Json:
    """Answers setMyDescription."""
    return _set_text(world, parameters, "description")


def set_my_short_description(world: World, parameters: Parameters) -> Json:
    """Answers setMyShortDescription."""
    return _set_text(world, parameters, "short_description")


def get_my_name(world: World, parameters: Parameters) -> Json:
    """Answers getMyName."""
    return {"name": world.profile.text("name", _language(parameters))}


def get_my_description(world: World, parameters: Parameters) -> Json:
    """Answers getMyDescription."""
    return {"description": world.profile.text("description", _language(parameters))}


def get_my_short_description(world: World, parameters: Parameters) -> Json:
    """Answers getMyShortDescription."""
    return {"short_description": world.profile.text("short_description", _language(parameters))}


def set_chat_menu_button(world: World, parameters: Parameters) -> Json:
    """Answers setChatMenuButton."""
    chat_id = readable_chat(world, parameters).id if parameters.get("chat_id") else None
    button = as_object(parameters.structure("menu_button")) or {"type": "default"}
    if button.get("type") not in {"default", "commands", "web_app"}:
        raise bad("MenuButton has unsupported type")
    world.profile.set_menu_button(chat_id, button)
    return True


def get_chat_menu_button(world: World, parameters: Parameters) -> Json:
    """Answers getChatMenuButton."""
    chat_id = readable_chat(world, parameters).id if parameters.get("chat_id") else None
    return world.profile.menu_button(chat_id)


def _set_text(world: World, parameters: Parameters, field: TextField) -> Json:
    text = parameters.text(field)
    if len(text) > LONGEST_TEXTS[field]:
        raise bad(f"{field.replace('_', ' ')} is too long")
    world.profile.set_text(field, _language(parameters), text)
    world.changes.publish({"type": "profile"})
    return True


def _language(parameters: Parameters) -> str:
    code = parameters.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad("invalid language code specified")
    return code


def _scope(world: World, parameters: Parameters) -> Scope:
    given = parameters.structure("scope")
    if given is None:
        return DEFAULT_SCOPE
    scope = as_object(given)
    kind = as_text(scope.get("type"))
    if kind not in _SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    if kind not in _CHAT_SCOPES:
        return (kind, None, None)
    chat = readable_chat(world, Parameters({"chat_id": scope.get("chat_id")}))
    return (kind, chat.id, as_integer(scope.get("user_id")))


def _command(item: Json) -> Command:
    given = as_object(item)
    name = as_text(given.get("command")).removeprefix("/")
    description = as_text(given.get("description"))
    if not _NAME.fullmatch(name):
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= len(description.strip()) <= LONGEST_DESCRIPTION:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    extra = ("is_ephemeral",) if given.get("is_ephemeral") is not None else ()
    return Command(name, description, tuple((key, given[key]) for key in extra))
