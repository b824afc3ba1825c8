"""What a button carries: small, sealed, and of no use to anybody else."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.buttons import Buttons, Pressed
from flows.engine import Engine
from flows.events import Action, Verb
from flows.model import Organisation
from flows.session import Frame
from tests.stage import released

LIBRARY = released()
BUTTONS = Buttons(bytes(range(32)), LIBRARY.vocabulary)
FRAME = Engine(LIBRARY).begin("interpret", Organisation.YOUTH_WORK).frame
NONCE = b"nonce 8b"
ACTIONS = [
    *(
        Action(verb)
        for verb in Verb
        if verb not in {Verb.CHOOSE, Verb.MARK, Verb.UNMARK, Verb.CHANGE}
    ),
    Action(Verb.CHOOSE, choice="calm"),
    Action(Verb.MARK, state="visibility"),
    Action(Verb.UNMARK, choice="danger"),
    Action(Verb.CHANGE, state="reach"),
    Action(Verb.PAGE, number=7),
    Action(Verb.DAYS, number=14),
]


def _written(action: Action, *, person: int = 1, chat: int = 2, frame: Frame = FRAME) -> str:
    return BUTTONS.write(action, frame, NONCE, 2**32 - 1, person, chat)


@pytest.mark.parametrize("action", ACTIONS, ids=str)
def test_read_as_written(action: Action) -> None:
    """A payload comes back as what it asks, and fits Telegram's 64 bytes."""
    payload = _written(action)
    assert len(payload.encode()) <= 64
    assert BUTTONS.read(payload, 1, 2) == Pressed(NONCE, 2**32 - 1, action)


def test_same_every_time() -> None:
    """A screen shown twice has the same buttons, so that an unchanged edit is unchanged."""
    assert _written(Action(Verb.BACK)) == _written(Action(Verb.BACK))


@pytest.mark.parametrize(("person", "chat"), [(2, 2), (1, 3), (2, 1), (-1, 2)])
def test_another_person_or_chat(person: int, chat: int) -> None:
    """A payload taken along to another person or chat is refused."""
    assert BUTTONS.read(_written(Action(Verb.BACK)), person, chat) is None


def test_another_key() -> None:
    """A payload made with another key is refused."""
    other = Buttons(bytes(32), LIBRARY.vocabulary)
    assert other.read(_written(Action(Verb.BACK)), 1, 2) is None


def test_every_changed_byte() -> None:
    """Changing any byte of a payload spoils it."""
    raw = base64.urlsafe_b64decode(_written(Action(Verb.CHOOSE, choice="calm")))
    for place in range(len(raw)):
        forged = bytearray(raw)
        forged[place] ^= 1
        assert BUTTONS.read(base64.urlsafe_b64encode(forged).decode(), 1, 2) is None


@given(st.text(max_size=64))
def test_anything_else(payload: str) -> None:
    """Whatever else arrives is refused without a fault."""
    assert BUTTONS.read(payload, 1, 2) is None


@given(st.binary(max_size=48))
def test_any_bytes(raw: bytes) -> None:
    """Neither do well-formed but unsealed bytes pass."""
    assert BUTTONS.read(base64.urlsafe_b64encode(raw).decode(), 1, 2) is None
