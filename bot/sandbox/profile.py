"""What the bot says about itself: names, descriptions, menu button and command lists."""

from __future__ import annotations

from typing import Literal

from bot.sandbox.model import Command
from bot.sandbox.shapes import JsonObject

TextField = Literal["name", "description", "short_description"]
Scope = tuple[str, int | None, int | None]

DEFAULT_SCOPE: Scope = ("default", None, None)


class Profile:
    """The bot's texts per language and its commands per scope and language."""

    def __init__(self, name: str) -> None:
        """Starts with a name only."""
        self._name = name
        self._texts: dict[tuple[TextField, str], str] = {}
        self._commands: dict[tuple[Scope, str], tuple[Command, ...]] = {}
        self._menu_buttons: dict[int | None, JsonObject] = {}

    def text(self, field: TextField, language: str) -> str:
        """The text in that language, else the one without a language."""
        fallback = self._name if field == "name" else ""
        return self._texts.get((field, language)) or self._texts.get((field, ""), fallback)

    def set_text(self, field: TextField, language: str, text: str) -> None:
        """Keeps a text; an empty one takes it away."""
        if text:
            self._texts[field, language] = text
        else:
            self._texts.pop((field, language), None)

    def commands(self, scope: Scope, language: str) -> tuple[Command, ...]:
        """Exactly the list of that scope and language."""
        return self._commands.get((scope, language), ())

    def set_commands(self, scope: Scope, language: str, commands: tuple[Command, ...]) -> None:
        """Keeps a list; an empty one takes it away."""
        if commands:
            self._commands[scope, language] = commands
        else:
            self._commands.pop((scope, language), None)

    def menu(self, chat_id: int, language: str, private: bool) -> tuple[Command, ...]:
        """The list that someone sees in a chat: the nearest scope, own language first."""
        everyone = "all_private_chats" if private else "all_group_chats"
        scopes: tuple[Scope, ...] = (
            ("chat", chat_id, None),
            (everyone, None, None),
            DEFAULT_SCOPE,
        )
        for scope in scopes:
            for code in (language, ""):
                if found := self._commands.get((scope, code)):
                    return found
        return ()

    def menu_button(self, chat_id: int | None) -> JsonObject:
        """The menu button of a chat, else the one of all chats."""
        general = self._menu_buttons.get(None, {"type": "commands"})
        return self._menu_buttons.get(chat_id, general)

    def set_menu_button(self, chat_id: int | None, button: JsonObject) -> None:
        """Keeps a menu button for one chat or for all."""
        self._menu_buttons[chat_id] = button
