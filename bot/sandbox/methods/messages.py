"""Sending, editing and deleting messages."""

from __future__ import annotations

from dataclasses import replace

from bot.sandbox.entities import Formatted, finished, read_entities
from bot.sandbox.keyboards import read_keyboard
from bot.sandbox.markup import parse_html
from bot.sandbox.methods.chat_access import readable_chat, writable_chat
from bot.sandbox.model import Chat, Message
from bot.sandbox.parameters import Parameters
from bot.sandbox.refusals import NOT_MODIFIED, bad
from bot.sandbox.shapes import Json, JsonObject, as_flag, as_integer, as_object
from bot.sandbox.world import World

MOST_DELETED = 100

_ACTIONS = frozenset(
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document "
    "choose_sticker find_location record_video_note upload_video_note".split()
)


def send_message(world: World, parameters: Parameters) -> Json:
    """Answers sendMessage."""
    content = _content(parameters, "message is too long")
    keyboard = read_keyboard(parameters.structure("reply_markup"))
    chat = writable_chat(world, parameters)
    reply_to = _reply(world, chat, parameters)
    message = world.put_message(
        Message(
            chat_id=chat.id,
            id=world.next_id(chat),
            sender=world.bot,
            date=world.now,
            content=content,
            keyboard=keyboard,
            reply_to=reply_to,
            thread_id=parameters.integer("message_thread_id"),
            link_preview=_link_preview(parameters),
            protected=parameters.flag("protect_content"),
            silent=parameters.flag("disable_notification"),
        )
    )
    if chat.kind != "private" and not chat.bot_spoke_last:
        world.put_chat(replace(chat, bot_spoke_last=True))
    return world.message_wire(message)


def edit_message_text(world: World, parameters: Parameters) -> Json:
    """Answers editMessageText; a missing reply_markup takes the keyboard away."""
    content = _content(parameters, "MESSAGE_TOO_LONG")
    keyboard = read_keyboard(parameters.structure("reply_markup"))
    message = _own_message(world, parameters)
    if message.body:
        raise bad("there is no text in the message to edit")
    link_preview = _link_preview(parameters)
    if (content, keyboard, link_preview) == (
        message.content,
        message.keyboard,
        message.link_preview,
    ):
        raise bad(NOT_MODIFIED)
    return world.message_wire(
        world.put_message(
            replace(
                message,
                content=content,
                keyboard=keyboard,
                link_preview=link_preview,
                edited=world.now,
            )
        )
    )


def edit_message_reply_markup(world: World, parameters: Parameters) -> Json:
    """Answers editMessageReplyMarkup; a missing reply_markup takes the keyboard away."""
    keyboard = read_keyboard(parameters.structure("reply_markup"))
    message = _own_message(world, parameters)
    if keyboard == message.keyboard:
        raise bad(NOT_MODIFIED)
    return world.message_wire(world.put_message(replace(message, keyboard=keyboard)))


def delete_message(world: World, parameters: Parameters) -> Json:
    """Answers deleteMessage."""
    chat = readable_chat(world, parameters)
    message = world.message(chat.id, _message_id(parameters))
    if message is None:
        raise bad("message to delete not found")
    _check_deletable(world, chat, message)
    world.delete_messages(chat.id, [message.id])
    return True


def delete_messages(world: World, parameters: Parameters) -> Json:
    """Answers deleteMessages: unknown ones are skipped, one that may not go stops all."""
    chat = readable_chat(world, parameters)
    listed = parameters.structure("message_ids")
    numbers = [as_integer(item) for item in listed] if isinstance(listed, list) else []
    if not numbers or None in numbers:
        raise bad("message identifiers are not specified")
    if len(numbers) > MOST_DELETED:
        raise bad("too many message identifiers specified")
    found = [message for number in numbers if (message := world.message(chat.id, number))]
    for message in found:
        _check_deletable(world, chat, message)
    world.delete_messages(chat.id, [message.id for message in found])
    return True


def send_chat_action(world: World, parameters: Parameters) -> Json:
    """Answers sendChatAction."""
    if parameters.text("action").lower() not in _ACTIONS:
        raise bad("wrong parameter action in request")
    chat = writable_chat(world, parameters)
    world.changes.publish({"type": "typing", "chat_id": chat.id})
    return True


def _content(parameters: Parameters, too_long: str) -> Formatted:
    text = parameters.text("text")
    mode = parameters.text("parse_mode").lower()
    if mode == "html":
        return finished(parse_html(text), too_long=too_long)
    if mode not in {"", "none"}:
        raise bad("unsupported parse_mode")
    return finished(read_entities(parameters.structure("entities"), text), too_long=too_long)


def _link_preview(parameters: Parameters) -> JsonObject | None:
    if parameters.flag("disable_web_page_preview"):
        return {"is_disabled": True}
    return as_object(parameters.structure("link_preview_options")) or None


def _reply(world: World, chat: Chat, parameters: Parameters) -> int | None:
    given = as_object(parameters.structure("reply_parameters"))
    number = as_integer(given.get("message_id")) or parameters.integer("reply_to_message_id")
    if number is None or world.message(chat.id, number) is not None:
        return number
    lenient = as_flag(given.get("allow_sending_without_reply")) or parameters.flag(
        "allow_sending_without_reply"
    )
    if not lenient:
        raise bad("message to be replied not found")
    return None


def _message_id(parameters: Parameters) -> int:
    number = parameters.integer("message_id")
    if not number:
        raise bad("message identifier is not specified")
    return number


def _own_message(world: World, parameters: Parameters) -> Message:
    if parameters.text("inline_message_id"):
        raise bad("MESSAGE_ID_INVALID")
    chat = writable_chat(world, parameters)
    message = world.message(chat.id, _message_id(parameters))
    if message is None:
        raise bad("message to edit not found")
    if not message.sender.is_bot or message.sender_chat_id is not None:
        raise bad("message can't be edited")
    return message


def _check_deletable(world: World, chat: Chat, message: Message) -> None:
    own = message.sender.is_bot and message.sender_chat_id is None
    if chat.kind != "private" and chat.bot == "administrator":
        return
    if chat.kind != "private" and not own:
        raise bad("message can't be deleted")
    if world.is_old(message):
        raise bad("message can't be deleted for everyone")
