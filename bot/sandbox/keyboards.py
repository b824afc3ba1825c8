"""Inline keyboards, checked as Telegram checks them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.refusals import bad
from bot.sandbox.shapes import Json, JsonObject, as_object, as_text

MOST_BUTTONS_IN_ROW = 8
MOST_BUTTONS = 100
LONGEST_DATA = 64
LONGEST_COPY = 256

_ACTIONS = (
    "callback_data", "url", "copy_text", "switch_inline_query",
    "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "login_url",
    "web_app", "callback_game", "pay", "disabled",
)  # fmt: skip
_STYLES = frozenset({"danger", "success", "primary"})


@dataclass(frozen=True, slots=True)
class Button:
    """One button: its label, what a tap does, and the value that goes with it."""

    label: str
    action: str
    value: str
    style: str | None
    wire: JsonObject


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Rows of buttons under a message."""

    rows: tuple[tuple[Button, ...], ...]

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All buttons, row by row."""
        return tuple(button for row in self.rows for button in row)

    def wire(self) -> JsonObject:
        """The keyboard as the Bot API writes it."""
        return {"inline_keyboard": [[button.wire for button in row] for row in self.rows]}


def read_keyboard(markup: Json) -> Keyboard | None:
    """The inline keyboard in a `reply_markup`; nothing for other or empty markups."""
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" not in markup:
        return None
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    read: list[tuple[Button, ...]] = []
    for row in rows:
        if not isinstance(row, list):
            raise bad(
                'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
            )
        if len(row) > MOST_BUTTONS_IN_ROW:
            raise bad("BUTTON_ROW_TOO_LONG")
        if row:
            read.append(tuple(_read_button(item) for item in row))
    if sum(len(row) for row in read) > MOST_BUTTONS:
        raise bad("reply markup is too long")
    return Keyboard(tuple(read)) if read else None


def _read_button(item: Json) -> Button:
    def fault(words: str) -> Exception:
        return bad(f"can't parse inline keyboard button: {words}")

    if not isinstance(item, dict):
        raise fault("InlineKeyboardButton must be an Object")
    label = item.get("text")
    if not isinstance(label, str):
        raise fault('Field "text" must be of type String')
    if not label.strip():
        raise bad("BUTTON_TEXT_INVALID")
    actions = [name for name in _ACTIONS if item.get(name) is not None]
    if not actions:
        raise fault("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise fault("exactly one action must be specified")
    style = item.get("style")
    if style is not None and style not in _STYLES:
        raise fault("invalid button style specified")
    action = actions[0]
    wire: JsonObject = {name: value for name, value in item.items() if value is not None}
    return Button(label, action, _value(action, item[action]), as_text(style) or None, wire)


def _value(action: str, value: Json) -> str:
    """What the tap carries, within Telegram's limits."""
    if action == "callback_data":
        if not isinstance(value, str) or not 1 <= len(value.encode()) <= LONGEST_DATA:
            raise bad("BUTTON_DATA_INVALID")
        return value
    if action == "url":
        if not as_text(value).startswith(("http://", "https://", "tg://")):
            raise bad("BUTTON_URL_INVALID")
        return as_text(value)
    if action == "copy_text":
        copied = as_object(value).get("text")
        if not isinstance(copied, str) or not 1 <= len(copied) <= LONGEST_COPY:
            raise bad("BUTTON_COPY_TEXT_INVALID")
        return copied
    return as_text(value)


def labels(keyboard: Keyboard | None) -> tuple[tuple[str, ...], ...]:
    """The labels of a keyboard, row by row."""
    if keyboard is None:
        return ()
    return tuple(tuple(button.label for button in row) for row in keyboard.rows)
