"""Named guards over a person's answers; content refers to them by name, never by expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flows.model import Condition, Organisation
from flows.session import SKIPPED, Answer, AnswerKind, Speed

SMALL_SIGNALS = "signals"
NO_SIGNAL = frozenset({"nothing_seen", "drill_only_music"})
SEVERAL = 2


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions may look at: the answers so far, the organisation and the speed."""

    answers: Mapping[str, Answer]
    organisation: Organisation
    speed: Speed

    def said(self, state: str) -> tuple[str, ...]:
        """The choices answered at a state; none when it was skipped or not answered."""
        answer = self.answers.get(state)
        return answer.choices if answer is not None and answer.kind is AnswerKind.CHOICES else ()

    def holds(self, condition: Condition) -> bool:
        """Whether a condition holds."""
        return self.matches(condition) and self.rules(condition)

    def matches(self, condition: Condition) -> bool:
        """Whether the organisation and the answers that a condition lists are there."""
        if condition.organisations and self.organisation not in condition.organisations:
            return False
        for state in condition.answered:
            if self.answers.get(state, SKIPPED) == SKIPPED:
                return False
        for state, wanted in condition.when.items():
            if not any(choice in wanted for choice in self.said(state)):
                return False
        return True

    def rules(self, condition: Condition) -> bool:
        """Whether the named rule of a condition, if any, agrees."""
        return condition.rule is None or RULES[condition.rule](self)


def several_signals(facts: Facts) -> bool:
    """Two or more signals were marked; alone each may mean little (HV-V-5.0a)."""
    return len(set(facts.said(SMALL_SIGNALS)) - NO_SIGNAL) >= SEVERAL


def drill_rising(facts: Facts) -> bool:
    """A long history of conflict together with both rising drill flags (HV-V-9.1)."""
    wanted = {"drill_history", "drill_personal", "drill_weapons"}
    return wanted <= set(facts.said(SMALL_SIGNALS))


def minor_or_unknown(facts: Facts) -> bool:
    """The poster is under age, or may be."""
    return "adult" not in facts.said("age")


def not_closed(facts: Facts) -> bool:
    """The message is not known to be closed."""
    return "closed" not in facts.said("visibility")


def not_urgent(facts: Facts) -> bool:
    """Nothing has to be done at once."""
    return "now" not in facts.said("urgency")


def urgent_or_unknown(facts: Facts) -> bool:
    """It cannot wait, or that is not known."""
    return "later" not in facts.said("urgency")


def no_danger(facts: Facts) -> bool:
    """Neither the safety gate nor step 3 was answered with serious harm (RK-R.9)."""
    return "danger" not in facts.said("gate") and "yes" not in facts.said("serious_likely")


def can_wait(facts: Facts) -> bool:
    """No serious harm is near and nothing has to be done at once."""
    return no_danger(facts) and not_urgent(facts)


def street_speed(facts: Facts) -> bool:
    """The person asked for the few questions of the street."""
    return facts.speed is Speed.STREET


def full_speed(facts: Facts) -> bool:
    """The person takes the full route."""
    return facts.speed is Speed.FULL


RULES: Mapping[str, Callable[[Facts], bool]] = {
    rule.__name__: rule
    for rule in (
        several_signals,
        drill_rising,
        minor_or_unknown,
        not_closed,
        not_urgent,
        urgent_or_unknown,
        no_danger,
        can_wait,
        street_speed,
        full_speed,
    )
}

SPEED_RULES = {"street_speed": Speed.STREET, "full_speed": Speed.FULL}
"""Rules that only hide a screen at the other speed; what was answered there stays."""
