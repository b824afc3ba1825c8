"""Chats and messages in the shapes of the Bot API."""

from __future__ import annotations

from bot.sandbox.cast import ANONYMOUS_ADMINISTRATOR
from bot.sandbox.model import Account, Chat, Membership, Message
from bot.sandbox.shapes import Json, JsonObject, without_nothing


def chat_wire(chat: Chat, account: Account | None) -> JsonObject:
    """A Bot API `Chat`; `account` is the person of a private chat."""
    if chat.kind == "private" and account is not None:
        return without_nothing(
            id=chat.id,
            type="private",
            first_name=account.first_name,
            last_name=account.last_name,
            username=account.username,
        )
    wire = without_nothing(id=chat.id, type=chat.kind, title=chat.title)
    if chat.kind == "group":
        wire["all_members_are_administrators"] = False
    return wire


def full_chat_wire(chat: Chat, account: Account | None) -> JsonObject:
    """A Bot API `ChatFullInfo`."""
    wire = chat_wire(chat, account)
    wire.update(
        accent_color_id=3,
        max_reaction_count=11,
        accepted_gift_types={
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    )
    if chat.kind != "private":
        wire["permissions"] = {"can_send_messages": True}
    return wire


def message_wire(message: Message, chat: JsonObject, reply: JsonObject | None) -> JsonObject:
    """A Bot API `Message`."""
    sender = ANONYMOUS_ADMINISTRATOR if message.sender_chat_id is not None else message.sender
    wire = without_nothing(message_id=message.id, date=message.date, chat=chat)
    wire["from"] = sender.wire()
    if message.sender_chat_id is not None:
        wire["sender_chat"] = chat
    wire.update(message.body)
    key = "caption" if message.body else "text"
    if message.content.text:
        wire[key] = message.content.text
        if message.content.entities:
            marks: list[Json] = [entity.wire() for entity in message.content.entities]
            wire["caption_entities" if message.body else "entities"] = marks
    wire.update(
        without_nothing(
            edit_date=message.edited,
            message_thread_id=message.thread_id,
            reply_to_message=reply,
            forward_origin=message.forward_origin,
            link_preview_options=message.link_preview,
            has_protected_content=message.protected or None,
            reply_markup=message.keyboard.wire() if message.keyboard else None,
        )
    )
    return wire


def inaccessible_wire(chat: JsonObject, message_id: int) -> JsonObject:
    """A Bot API `InaccessibleMessage`: date 0 and nothing else."""
    return {"chat": chat, "message_id": message_id, "date": 0}


def member_wire(account: Account, status: Membership | str) -> JsonObject:
    """A Bot API `ChatMember` with the fields that its status requires."""
    wire: JsonObject = {"user": account.wire(), "status": status}
    if status == "administrator":
        rights = (
            "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
            "can_restrict_members", "can_promote_members", "can_change_info",
            "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
        )  # fmt: skip
        wire.update(dict.fromkeys(rights, False))
        wire.update(can_be_edited=False, is_anonymous=False, can_manage_chat=True)
    if status == "creator":
        wire["is_anonymous"] = False
    if status == "kicked":
        wire["until_date"] = 0
    return wire
