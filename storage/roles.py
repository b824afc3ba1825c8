"""Who may do what, and the permanent numbers under which that is stored."""

from __future__ import annotations

from enum import IntEnum

from flows.model import Organisation


class Role(IntEnum):
    """What a person may do; the numbers are permanent."""

    ADMINISTRATOR = 1
    SHIFT_LEADER = 2
    CALENDAR_KEEPER = 3
    PROFESSIONAL = 4


class Status(IntEnum):
    """Whether a person can be reached and may take part; the numbers are permanent."""

    ACTIVE = 1
    UNREACHABLE = 2
    REVOKED = 3


LANGUAGES = ("nl", "en")
"""Languages by number less one; only ever add at the end."""

ORGANISATIONS = (
    Organisation.YOUTH_WORK,
    Organisation.POLICE,
    Organisation.MUNICIPALITY,
    Organisation.ENFORCEMENT,
    Organisation.OTHER,
)
"""Organisations by number less one; only ever add at the end."""


def language_number(language: str) -> int:
    """The stored number of a two-letter language; ValueError for one we do not speak."""
    return LANGUAGES.index(language) + 1


def organisation_number(organisation: Organisation) -> int:
    """The stored number of a kind of organisation."""
    return ORGANISATIONS.index(organisation) + 1


def organisation_of(number: int | None) -> Organisation:
    """The kind of organisation behind a stored number; people without a team are "other"."""
    return Organisation.OTHER if number is None else ORGANISATIONS[number - 1]
