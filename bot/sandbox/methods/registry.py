"""The methods by the name that a client calls, in lower case as Telegram compares them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.sandbox.methods import callbacks, chats, messages, profile, webhooks
from bot.sandbox.parameters import Parameters
from bot.sandbox.shapes import Json
from bot.sandbox.world import World

Method = Callable[[World, Parameters], Json]

_NAMED: dict[str, Method] = {
    "getMe": profile.get_me,
    "sendMessage": messages.send_message,
    "editMessageText": messages.edit_message_text,
    "editMessageReplyMarkup": messages.edit_message_reply_markup,
    "deleteMessage": messages.delete_message,
    "deleteMessages": messages.delete_messages,
    "sendChatAction": messages.send_chat_action,
    "answerCallbackQuery": callbacks.answer_callback_query,
    "setMyCommands": profile.set_my_commands,
    "getMyCommands": profile.get_my_commands,
    "deleteMyCommands": profile.delete_my_commands,
    "setMyName": profile.set_my_name,
    "getMyName": profile.get_my_name,
    "setMyDescription": profile.set_my_description,
    "getMyDescription": profile.get_my_description,
    "setMyShortDescription": profile.set_my_short_description,
    "getMyShortDescription": profile.get_my_short_description,
    "setChatMenuButton": profile.set_chat_menu_button,
    "getChatMenuButton": profile.get_chat_menu_button,
    "getChat": chats.get_chat,
    "getChatMember": chats.get_chat_member,
    "getChatAdministrators": chats.get_chat_administrators,
    "getChatMemberCount": chats.get_chat_member_count,
    "leaveChat": chats.leave_chat,
    "setWebhook": webhooks.set_webhook,
    "deleteWebhook": webhooks.delete_webhook,
    "getWebhookInfo": webhooks.get_webhook_info,
    "close": webhooks.agree,
    "logOut": webhooks.agree,
}

POLLING = "getUpdates"
METHODS: Mapping[str, tuple[str, Method]] = MappingProxyType(
    {name.lower(): (name, method) for name, method in _NAMED.items()}
)
SENDING = frozenset({"sendMessage"})
