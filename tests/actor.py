"""A person on the stage: types, taps, and sends what the bot cannot use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.ports import Incoming, Key, Kind, Media
from storage import people
from storage.identifiers import Identifiers
from storage.keys import Keys
from storage.people import Person
from tests.phone import Shown

if TYPE_CHECKING:
    from tests.stage import Stage

KEYS = Keys(bytes(range(32)))
LABEL = re.compile(r"(?:✓ )?(?:\d+\. )?(.*?)(?: \(\d+/\d+\))?", re.DOTALL)
"""A button's words without mark, number and page count."""


@dataclass(frozen=True)
class Actor:
    """A person with a phone; the private chat has the person's own number."""

    stage: Stage
    user: int
    language: str

    @property
    def messages(self) -> list[Shown]:
        """What the bot has in this chat now."""
        return self.stage.phone.messages(self.user)

    @property
    def screen(self) -> Shown:
        """The last message of the bot."""
        return self.messages[-1]

    async def person(self) -> Person:
        """The bot's own record of this person."""
        key = Identifiers(KEYS).person_key(self.user)
        found = await self.stage.run(lambda store: people.find(store, key))
        assert found is not None
        return found

    async def goes(self, *acts: str) -> None:
        """Taps where it says [so], types elsewhere."""
        for act in acts:
            if act.startswith("["):
                await self.taps(act[1:-1])
            else:
                await self.types(act)

    async def types(self, text: str) -> None:
        """Send a text or a command."""
        name, _, argument = text.removeprefix("/").partition(" ")
        if text.startswith("/"):
            incoming = self._incoming(Kind.COMMAND, command=name.lower(), text=argument.strip())
        else:
            incoming = self._incoming(Kind.TEXT, text=text)
        await self.stage.give(incoming)

    async def sends(self, media: Media) -> None:
        """Send something that is no text."""
        await self.stage.give(self._incoming(Kind.MEDIA, media=media))

    async def does(self, kind: Kind) -> None:
        """Block, unblock or edit an old message."""
        await self.stage.give(self._incoming(kind))

    async def taps(self, label: str) -> None:
        """Tap a button that is there now."""
        for shown in reversed(self.messages):
            for key in (key for row in shown.keys for key in row):
                if _named(key, label):
                    await self.presses(shown.number, key.payload)
                    return
        there = [shown.labels() for shown in self.messages if shown.keys]
        raise AssertionError(f"there is no button {label!r}; there are {there}")

    async def taps_old(self, label: str) -> None:
        """Tap a button that was there before, as it was then: a tap that comes late or twice."""
        for shown in reversed(self.messages):
            for key in reversed(shown.former):
                if _named(key, label):
                    await self.presses(shown.number, key.payload)
                    return
        raise AssertionError(f"there never was a button {label!r}")

    async def presses(self, message: int, payload: str) -> None:
        """Send a payload as if it were under a message."""
        update = self.stage.update()
        query = f"query-{update}"
        self.stage.phone.asked[query] = self.user
        await self.stage.give(
            Incoming(
                update,
                Kind.TAP,
                self.user,
                self.user,
                private=True,
                message=message,
                tap=payload,
                query=query,
                language=self.language,
            )
        )

    def _incoming(
        self, kind: Kind, *, command: str = "", text: str = "", media: Media | None = None
    ) -> Incoming:
        silent = kind in (Kind.BLOCKED, Kind.UNBLOCKED)
        return Incoming(
            self.stage.update(),
            kind,
            self.user,
            self.user,
            private=True,
            message=0 if silent else self.stage.phone.number(self.user),
            command=command,
            text=text,
            media=media,
            language=self.language,
        )


def _named(key: Key, label: str) -> bool:
    found = LABEL.fullmatch(key.label)
    assert found is not None
    return label in (key.label, found[1])
