"""What a person sees, and what became of a tap."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.keyboards import Button, labels
from bot.sandbox.model import Answer, Message
from bot.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Screen:
    """The newest message of the bot: its text and the labels of its buttons, row by row."""

    message_id: int
    text: str
    buttons: tuple[tuple[str, ...], ...]
    message: Message

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels in reading order."""
        return tuple(label for row in self.buttons for label in row)


@dataclass(frozen=True, slots=True)
class Tap:
    """A tap; `query_id` is empty when the button carried no data for the bot."""

    world: World
    query_id: str
    button: Button | None = None

    @property
    def answer(self) -> Answer | None:
        """The bot's answer, once there is one."""
        query = self.world.queries.get(self.query_id)
        return query.answer if query else None

    @property
    def copied(self) -> str | None:
        """What a copy button put on the clipboard."""
        copies = self.button is not None and self.button.action == "copy_text"
        return self.button.value if self.button is not None and copies else None


def screen(world: World, chat_id: int) -> Screen | None:
    """The newest message of the bot that can be seen in a chat."""
    for message in reversed(world.messages(chat_id)):
        if message.sender.is_bot and message.sender_chat_id is None and message.text:
            return Screen(message.id, message.text, labels(message.keyboard), message)
    return None


def find_button(
    world: World, chat_id: int, label: str, message_id: int | None
) -> tuple[Message, Button]:
    """The newest visible button with that label, or on one message only.

    Raises LookupError naming the buttons that there are.
    """
    seen: list[str] = []
    for message in reversed(world.messages(chat_id)):
        if message.keyboard is None or message_id not in {None, message.id}:
            continue
        for button in message.keyboard.buttons:
            if button.label == label:
                return message, button
            seen.append(button.label)
    raise LookupError(f"no button {label!r}; there is: {', '.join(map(repr, seen)) or 'none'}")
