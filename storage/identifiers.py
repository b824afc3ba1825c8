"""Keyed hashes and sealed values: the only form in which a person, a name or a code is stored."""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from collections.abc import Callable
from typing import NewType

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.keys import Keys

PersonKey = NewType("PersonKey", bytes)
"""16 bytes: keyed hash of a Telegram user id."""
CodeKey = NewType("CodeKey", bytes)
"""16 bytes: keyed hash of an invite code."""
NameKey = NewType("NameKey", bytes)
"""16 bytes: keyed hash of a team name, the same for every spelling that differs only in case."""
BotKey = NewType("BotKey", bytes)
"""16 bytes: keyed hash of the bot's id."""
SealedAddress = NewType("SealedAddress", bytes)
"""36 bytes: an encrypted chat id, bound to its person."""
SealedName = NewType("SealedName", bytes)
"""156 bytes: an encrypted team name, bound to its keyed hash."""

NONCE_BYTES = 12
NAME_BYTES = 128
SHORTEST_NAME, LONGEST_NAME = 2, 32


class NameProblem(ValueError):
    """The name has fewer than 2 or more than 32 characters, or invisible ones."""


def tidy_name(name: str) -> str:
    """A name in one normal form, with single spaces; raises NameProblem."""
    tidy = " ".join(unicodedata.normalize("NFKC", name).split())
    if not SHORTEST_NAME <= len(tidy) <= LONGEST_NAME or not tidy.isprintable():
        raise NameProblem(
            f"A name has {SHORTEST_NAME} to {LONGEST_NAME} characters, all of them visible."
        )
    return tidy


class Identifiers:
    """Derives and seals with sub-keys of the master key; keeps nothing it is given."""

    def __init__(
        self, keys: Keys, randomness: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._randomness = randomness
        self._person = keys.derive("person")
        self._code = keys.derive("invite code")
        self._name = keys.derive("team name")
        self._bot = keys.derive("bot")
        self._address_box = AESGCM(keys.derive("address"))
        self._name_box = AESGCM(keys.derive("sealed team name"))

    def person_key(self, user: int) -> PersonKey:
        """The keyed hash of a Telegram user id."""
        return PersonKey(_tag(self._person, _number(user)))

    def seal_address(self, chat: int, person: PersonKey) -> SealedAddress:
        """Encrypt a chat id so that it opens only in this person's row."""
        nonce = self._randomness(NONCE_BYTES)
        return SealedAddress(nonce + self._address_box.encrypt(nonce, _number(chat), person))

    def open_address(self, sealed: SealedAddress, person: PersonKey) -> int:
        """The chat id; cryptography's InvalidTag when the row was tampered with."""
        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        return int.from_bytes(self._address_box.decrypt(nonce, rest, person), "big", signed=True)

    def code_key(self, code: str) -> CodeKey:
        """The keyed hash of an invite code, whatever was typed."""
        return CodeKey(_tag(self._code, code.strip().encode("utf-8", "surrogatepass")))

    def name_key(self, name: str) -> NameKey:
        """The keyed hash of a team name; raises NameProblem."""
        folded = unicodedata.normalize("NFKC", tidy_name(name).casefold())
        return NameKey(_tag(self._name, folded.encode()))

    def seal_name(self, name: str) -> SealedName:
        """Encrypt a team name, padded to one length; raises NameProblem."""
        key = self.name_key(name)
        nonce = self._randomness(NONCE_BYTES)
        padded = tidy_name(name).encode().ljust(NAME_BYTES, b"\0")
        return SealedName(nonce + self._name_box.encrypt(nonce, padded, key))

    def open_name(self, sealed: SealedName, key: NameKey) -> str:
        """The team name; cryptography's InvalidTag when the row was tampered with."""
        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        return self._name_box.decrypt(nonce, rest, key).rstrip(b"\0").decode()

    def bot_key(self, bot: int) -> BotKey:
        """The keyed hash of the bot's own Telegram id."""
        return BotKey(_tag(self._bot, _number(bot)))


def _tag(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")[:16]


def _number(value: int) -> bytes:
    return value.to_bytes(8, "big", signed=True)
