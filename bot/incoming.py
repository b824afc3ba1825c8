"""Telegram's updates as our own: of each, just what the house needs."""

from __future__ import annotations

import re
from dataclasses import replace

from aiogram.enums import ChatMemberStatus, ChatType, ContentType
from aiogram.types import CallbackQuery, Chat, ChatMemberUpdated, Message, Update, User

from bot.ports import Incoming, Kind, Media

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w+))?(?:\s+(.*))?", re.ASCII | re.DOTALL)

# What somebody sends, as opposed to what Telegram tells of a chat.
_MEDIA = {
    ContentType.PHOTO: Media.PHOTO,
    ContentType.LIVE_PHOTO: Media.PHOTO,
    ContentType.VOICE: Media.VOICE,
    ContentType.AUDIO: Media.VOICE,
    ContentType.STICKER: Media.STICKER,
    ContentType.LOCATION: Media.LOCATION,
    ContentType.VENUE: Media.LOCATION,
    ContentType.CONTACT: Media.CONTACT,
    ContentType.DOCUMENT: Media.DOCUMENT,
    ContentType.ANIMATION: Media.OTHER,
    ContentType.VIDEO: Media.OTHER,
    ContentType.VIDEO_NOTE: Media.OTHER,
    ContentType.CHECKLIST: Media.OTHER,
    ContentType.DICE: Media.OTHER,
    ContentType.GAME: Media.OTHER,
    ContentType.PAID_MEDIA: Media.OTHER,
    ContentType.PASSPORT_DATA: Media.OTHER,
    ContentType.POLL: Media.OTHER,
    ContentType.RICH_MESSAGE: Media.OTHER,
    ContentType.STORY: Media.OTHER,
    ContentType.USERS_SHARED: Media.OTHER,
    ContentType.WEB_APP_DATA: Media.OTHER,
    # A kind of message that is newer than this program may hold anything.
    ContentType.UNKNOWN: Media.OTHER,
}


_OF_TAPPED = ("message_id", "date", "chat")


def translate(update: Update, bot_name: str) -> Incoming:
    """What an update means to us; `bot_name` is our user name, without @."""
    number = update.update_id
    if update.callback_query is not None:
        return _tap(number, update.callback_query)
    if update.message is not None:
        return _message(number, update.message, bot_name)
    if update.edited_message is not None:
        return _edited(number, update.edited_message)
    if update.my_chat_member is not None:
        return _membership(number, update.my_chat_member)
    return Incoming(update=number, kind=Kind.OTHER)


def without_screen(item: object) -> object:
    """A raw update without what a tapped message showed, which we wrote ourselves: reading it
    takes as long as reading all the rest."""
    match item:
        case {"callback_query": {"message": {**shown}, **query}, **rest}:
            message = {name: shown[name] for name in _OF_TAPPED if name in shown}
            return {**rest, "callback_query": {**query, "message": message}}
        case _:
            return item


def _in_chat(number: int, chat: Chat, sender: User | None, message: int = 0) -> Incoming:
    """Everything but the content; of kind OTHER in private, of kind GROUP elsewhere."""
    private = chat.type == ChatType.PRIVATE
    return Incoming(
        update=number,
        kind=Kind.OTHER if private else Kind.GROUP,
        person=sender.id if sender else 0,
        chat=chat.id,
        private=private,
        message=message,
        language=_language(sender),
    )


def _language(sender: User | None) -> str:
    code = sender.language_code if sender else None
    return (code or "").partition("-")[0].lower()


def _message(number: int, message: Message, bot_name: str) -> Incoming:
    own = message.sender_chat is None and message.via_bot is None
    incoming = _in_chat(number, message.chat, message.from_user if own else None)
    incoming = replace(incoming, message=message.message_id)
    if not incoming.private:
        return _group_message(incoming, message, bot_name)
    if not own or message.from_user is None or message.from_user.is_bot:
        return replace(incoming, person=message.chat.id)
    if message.forward_origin is not None:
        return replace(incoming, kind=Kind.MEDIA, media=Media.FORWARD)
    if message.text is not None:
        named = _command(message.text, bot_name)
        if named is None:
            return replace(incoming, kind=Kind.TEXT, text=message.text)
        return replace(incoming, kind=Kind.COMMAND, command=named[0], text=named[1])
    media = _MEDIA.get(ContentType(message.content_type))
    return incoming if media is None else replace(incoming, kind=Kind.MEDIA, media=media)


def _group_message(incoming: Incoming, message: Message, bot_name: str) -> Incoming:
    """A group's message: at most a command, never a text."""
    if message.migrate_to_chat_id is not None:
        # The supergroup that this group became reports itself.
        return replace(incoming, kind=Kind.OTHER)
    named = None if message.forward_origin else _command(message.text or "", bot_name)
    return incoming if named is None else replace(incoming, command=named[0])


def _command(text: str, bot_name: str) -> tuple[str, str] | None:
    """Name and argument of a command that is meant for us."""
    found = _COMMAND.fullmatch(text)
    if found is None or (found[2] or bot_name).lower() != bot_name.lower():
        return None
    return found[1].lower(), (found[3] or "").strip()


def _edited(number: int, message: Message) -> Incoming:
    incoming = _in_chat(number, message.chat, message.from_user, message.message_id)
    return replace(incoming, kind=Kind.EDITED) if incoming.private else incoming


def _tap(number: int, query: CallbackQuery) -> Incoming:
    tapped = query.message
    if tapped is None:
        incoming = Incoming(
            update=number,
            kind=Kind.TAP,
            person=query.from_user.id,
            language=_language(query.from_user),
        )
    else:
        shown = tapped.message_id if isinstance(tapped, Message) else 0
        incoming = _in_chat(number, tapped.chat, query.from_user, shown)
    kind = Kind.TAP if incoming.private else incoming.kind
    return replace(incoming, kind=kind, tap=query.data or "", query=query.id)


def _membership(number: int, change: ChatMemberUpdated) -> Incoming:
    incoming = _in_chat(number, change.chat, change.from_user)
    gone = change.new_chat_member.status in {ChatMemberStatus.KICKED, ChatMemberStatus.LEFT}
    if incoming.private:
        return replace(incoming, kind=Kind.BLOCKED if gone else Kind.UNBLOCKED)
    return replace(incoming, kind=Kind.OTHER) if gone else incoming
