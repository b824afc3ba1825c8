"""Which button somebody taps: mostly one that brings them on."""

from __future__ import annotations

import random

from flows.events import Action, Verb
from flows.session import Session
from tests.mirror import Mirror, Reflection

EAGERNESS = {
    Verb.CHOOSE: 10,
    Verb.MARK: 6,
    Verb.UNMARK: 1,
    Verb.DONE: 8,
    Verb.SKIP: 3,
    Verb.RESUME: 10,
    Verb.RESTART: 10,
    Verb.REVIEW: 2,
    Verb.CHANGE: 5,
    Verb.PAGE: 3,
    Verb.APPLY: 6,
    Verb.KEEP: 6,
    Verb.RIGHT: 5,
    Verb.OTHER: 3,
    Verb.DAYS: 5,
    Verb.BACK: 1,
    Verb.WHY: 1,
    Verb.PAUSE: 1,
    Verb.SPEED: 1,
    Verb.HELP: 1,
}
"""How likely each kind of button is tapped; what is not here is never tapped."""


def choose(
    mirror: Mirror, session: Session, shown: Reflection, chance: random.Random
) -> tuple[str, Action]:
    """A label of the screen, and what it asks; a button that changes nothing is not chosen."""
    offered = [
        (label, action)
        for label, action in shown.actions.items()
        if action.verb in EAGERNESS and mirror.step(session, action).session != session
    ]
    weights = [EAGERNESS[action.verb] for _, action in offered]
    return chance.choices(offered, weights)[0]
