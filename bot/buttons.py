"""Packs, signs and reads what a button carries: at most 64 bytes, worthless to anyone else.

A payload binds person, chat, session (by its nonce, and so its expiry) and the visit of the
screen; it names what is asked by number only.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass

from flows.events import Action, Verb
from flows.session import Frame
from flows.vocabulary import Vocabulary

VERSION = 1
SEAL = 12
_FIELDS = struct.Struct(">B8sIBI")
_OF_STATE = frozenset({Verb.CHANGE})
_OF_CHOICE = frozenset({Verb.CHOOSE, Verb.MARK, Verb.UNMARK})


@dataclass(frozen=True, slots=True)
class Pressed:
    """What an untouched button of this person asks: in which session, at which visit, what."""

    nonce: bytes
    visit: int
    action: Action


class Buttons:
    """Writes and reads payloads with a key of 32 bytes."""

    def __init__(self, key: bytes, vocabulary: Vocabulary) -> None:
        self._key = key
        self._vocabulary = vocabulary

    def write(
        self, action: Action, frame: Frame, nonce: bytes, visit: int, person: int, chat: int
    ) -> str:
        """The payload of a button of a screen, about 40 characters."""
        number = action.number
        if action.state:
            number = self._vocabulary.number(f"state:{frame.flow}.{action.state}")
        elif action.choice:
            word = f"choice:{frame.flow}.{frame.state}.{action.choice}"
            number = self._vocabulary.number(word)
        body = _FIELDS.pack(VERSION, nonce, visit, action.verb, number)
        return base64.urlsafe_b64encode(body + self._seal(body, person, chat)).decode()

    def read(self, payload: str, person: int, chat: int) -> Pressed | None:
        """What a payload asks; None when it was changed, made up or meant for somebody else."""
        try:
            raw = base64.b64decode(payload.encode("ascii"), altchars=b"-_", validate=True)
        except (UnicodeEncodeError, binascii.Error):
            return None
        body, seal = raw[:-SEAL], raw[-SEAL:]
        if len(body) != _FIELDS.size or not hmac.compare_digest(
            seal, self._seal(body, person, chat)
        ):
            return None
        version, nonce, visit, verb, number = _FIELDS.unpack(body)
        if version != VERSION:
            return None
        return Pressed(nonce, visit, self._action(Verb(verb), number))

    def _action(self, verb: Verb, number: int) -> Action:
        if verb not in _OF_STATE | _OF_CHOICE:
            return Action(verb, number=number)
        kind, _, name = self._vocabulary.word(number).partition(":")
        last = name.rpartition(".")[2]
        return Action(verb, state=last) if kind == "state" else Action(verb, choice=last)

    def _seal(self, body: bytes, person: int, chat: int) -> bytes:
        bound = struct.pack(">qq", person, chat)
        return hashlib.blake2b(body + bound, key=self._key, digest_size=SEAL).digest()
