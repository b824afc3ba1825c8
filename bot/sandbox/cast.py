"""The invented people of the sandbox: names that cannot be mistaken for real ones."""

from __future__ import annotations

from bot.sandbox.model import Account, Person

BOT = Account(
    id=8420000001, first_name="Duider (oefenomgeving)", username="duider_sandbox_bot", is_bot=True
)
ANONYMOUS_ADMINISTRATOR = Account(
    id=1087968824, first_name="Group", username="GroupAnonymousBot", is_bot=True
)


def _person(number: int, key: str, role: str, first: str, last: str) -> Person:
    account = Account(
        id=5_550_000_000 + number,
        first_name=first,
        last_name=last,
        username=f"{first}_{last}".lower(),
        language="nl",
    )
    return Person(key, account, role, first[0] + last[0])


CAST = (
    _person(101, "sanne", "youth_work", "Sanne", "Voorbeeld"),
    _person(102, "bram", "police", "Bram", "Testman"),
    _person(103, "noor", "municipality", "Noor", "Proefstad"),
    _person(104, "kees", "shift_leader", "Kees", "Oefening"),
    _person(105, "stranger", "stranger", "Vreemde", "Vogel"),
)
