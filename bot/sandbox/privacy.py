"""What the bot may hear in a group: everything, or with privacy mode only what is meant for it."""

from __future__ import annotations

from bot.sandbox.model import Chat, Message
from bot.sandbox.world import World


def hears(world: World, chat: Chat, message: Message) -> bool:
    """Whether Telegram would hand this message to the bot."""
    if chat.kind == "private":
        return not chat.blocked
    if chat.bot in {"left", "kicked"}:
        return False
    if chat.bot == "administrator" or not world.privacy:
        return True
    replied = world.message(chat.id, message.reply_to)
    if replied is not None and replied.sender.id == world.bot.id:
        return True
    word = message.text.split(maxsplit=1)[0] if message.text else ""
    if not word.startswith("/") or len(word) < 2:
        return False
    _, at, addressed = word.partition("@")
    if at:
        return addressed.lower() == (world.bot.username or "").lower()
    return chat.bot_spoke_last
