"""Which button somebody taps: mostly one that brings them on."""

from __future__ import annotations

import random
from collections.abc import Callable, Container

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


Choose = Callable[[Mirror, Session, Reflection, random.Random], tuple[str, Action]]
STRAIGHT = (Verb.SKIP, Verb.DONE, Verb.CHOOSE, Verb.MARK, Verb.RESUME, Verb.APPLY, Verb.RIGHT)


def choose(
    mirror: Mirror, session: Session, shown: Reflection, chance: random.Random
) -> tuple[str, Action]:
    """A label of the screen, and what it asks; a button that changes nothing is not chosen."""
    offered = _offered(mirror, session, shown, EAGERNESS)
    weights = [EAGERNESS[action.verb] for _, action in offered]
    return chance.choices(offered, weights)[0]


def straight(
    mirror: Mirror, session: Session, shown: Reflection, chance: random.Random
) -> tuple[str, Action]:
    """The button that brings somebody on with the least ado; nothing is left to chance."""
    del chance
    offered = _offered(mirror, session, shown, STRAIGHT)
    return min(offered, key=lambda one: STRAIGHT.index(one[1].verb))


def curious() -> Choose:
    """Every kind of button once, as soon as it is there; apart from that, straight on."""
    tried: set[Verb] = set()

    def choose_new(
        mirror: Mirror, session: Session, shown: Reflection, chance: random.Random
    ) -> tuple[str, Action]:
        for label, action in _offered(mirror, session, shown, EAGERNESS.keys() - tried):
            tried.add(action.verb)
            return label, action
        return straight(mirror, session, shown, chance)

    return choose_new


def _offered(
    mirror: Mirror, session: Session, shown: Reflection, verbs: Container[Verb]
) -> list[tuple[str, Action]]:
    return [
        (label, action)
        for label, action in shown.actions.items()
        if action.verb in verbs and mirror.step(session, action).session != session
    ]
