"""What lives in memory only: typed words until they are used, and strangers already answered."""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Collection, Mapping

MOST_STRANGERS = 10_000
MOST_SESSIONS = 10_000


class Words:
    """Words that people typed, by session nonce and ``flow.state``; never written anywhere."""

    def __init__(self, most: int = MOST_SESSIONS) -> None:
        self._most = most
        self._held: OrderedDict[bytes, dict[str, str]] = OrderedDict()

    def keep(self, nonce: bytes, state: str, text: str) -> None:
        """Hold words until the session is over."""
        held = self._held.setdefault(nonce, {})
        held[state] = text
        self._held.move_to_end(nonce)
        while len(self._held) > self._most:
            self._held.popitem(last=False)

    def of(self, nonce: bytes) -> Mapping[str, str]:
        """All words of a session."""
        return self._held.get(nonce, {})

    def hand_on(self, nonce: bytes, to: bytes, flows: Collection[str]) -> None:
        """Hold the words of flows that go on in another session."""
        for state, text in list(self.of(nonce).items()):
            if state.partition(".")[0] in flows:
                self.keep(to, state, text)

    def drop(self, nonce: bytes) -> None:
        """Let go of the words of a session."""
        self._held.pop(nonce, None)


class Strangers:
    """Who got the one answer that strangers get: keyed hashes in bounded memory, for this run."""

    def __init__(self, most: int = MOST_STRANGERS) -> None:
        self._key = secrets.token_bytes(32)
        self._most = most
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def is_new(self, user: int) -> bool:
        """True the first time a person is seen."""
        tag = hmac.digest(self._key, user.to_bytes(8, "big", signed=True), "sha256")[:16]
        if tag in self._seen:
            return False
        self._seen[tag] = None
        while len(self._seen) > self._most:
            self._seen.popitem(last=False)
        return True
