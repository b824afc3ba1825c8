"""What a person was promised, to be compared with what they see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tests.window import Window


class Account:
    """Counts new messages, and the texts that must be there; a remark above a text may differ."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._texts: Counter[str] = Counter()
        self.messages = 0
        """New messages that the bot must have sent; beyond these are repeats."""
        self.walks = 0

    def expect(self, *, screens: int) -> None:
        """Screens that come as new messages."""
        self.messages += screens

    def expect_end(self, screen: str, summary: Iterable[str] = ()) -> None:
        """A conversation's last screen, which an earlier one becomes, and its summary."""
        parts = list(summary)
        self._texts.update([screen, *parts])
        self.messages += len(parts)
        self.walks += bool(parts)

    def retract_end(self, screen: str, summary: Iterable[str]) -> None:
        """The end is put off: the bot asks once more."""
        parts = list(summary)
        self._texts.subtract([screen, *parts])
        self.messages -= len(parts)
        self.walks -= 1

    @property
    def missing(self) -> list[str]:
        """Texts that have not come."""
        wanted = self._texts.items()
        return [text for text, count in wanted if self._window.count(text) < count]

    @property
    def repeats(self) -> int:
        """Messages beyond those promised."""
        return len(self._window.messages) - self.messages
