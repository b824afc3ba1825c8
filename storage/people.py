"""The people who may use the bot, known only by keyed hash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flows.model import Organisation
from storage import invites, outbox, sessions
from storage.connection import Store
from storage.identifiers import Identifiers, PersonKey
from storage.roles import LANGUAGES, Role, Status, language_number, organisation_of


class LastAdministrator(Exception):
    """The last administrator cannot be revoked."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person; ``language`` is a two-letter code, ``team`` is None for administrators."""

    id: int
    team: int | None
    organisation: Organisation
    role: Role
    language: str
    status: Status
    onboarded: bool


_SELECT = (
    "SELECT p.id, p.team_id, t.organisation, p.role, p.language, p.status, p.onboarded "
    "FROM people p LEFT JOIN teams t ON t.id = p.team_id "
)


def find(store: Store, key: PersonKey) -> Person | None:
    """The person behind a Telegram user id's key (``identifiers.person_key``); None: a stranger."""
    return _person(store.execute(_SELECT + "WHERE p.person_key = ?", (key,)).fetchone())


def get(store: Store, person: int) -> Person | None:
    """The person with this row id."""
    return _person(store.execute(_SELECT + "WHERE p.id = ?", (person,)).fetchone())


def _person(row: Sequence[Any] | None) -> Person | None:
    if row is None:
        return None
    id_, team, organisation, role, language, status, onboarded = row
    return Person(
        id_,
        team,
        organisation_of(organisation),
        Role(role),
        LANGUAGES[language - 1],
        Status(status),
        bool(onboarded),
    )


def join(
    store: Store,
    identifiers: Identifiers,
    user: int,
    chat: int,
    code: str,
    language: str,
    now: int,
) -> Person | None:
    """Claim an invite and become, or move as, its role in its team; None when the code is no good.

    Somebody who changes team or role loses a running conversation, whose wording and choices
    follow the organisation; language and onboarding stay.
    """
    grant = invites.claim(store, identifiers, code, now)
    if grant is None:
        return None
    key = identifiers.person_key(user)
    before = find(store, key)
    if before is not None and (before.team, before.role) != (grant.team, grant.role):
        sessions.erase_of(store, before.id, now)
    store.execute(
        "INSERT INTO people (person_key, address, team_id, role, language, status, onboarded, "
        "created, touched) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?) "
        "ON CONFLICT (person_key) DO UPDATE SET address = excluded.address, "
        "team_id = excluded.team_id, role = excluded.role, status = excluded.status, "
        "touched = excluded.touched",
        (
            key,
            identifiers.seal_address(chat, key),
            grant.team,
            grant.role,
            language_number(language),
            Status.ACTIVE,
            now,
            now,
        ),
    )
    return find(store, key)


def address(store: Store, identifiers: Identifiers, person: int) -> int | None:
    """The Telegram chat id to write to; None when the person is gone."""
    row = store.execute("SELECT address, person_key FROM people WHERE id = ?", (person,)).fetchone()
    return None if row is None else identifiers.open_address(*row)


def set_language(store: Store, person: int, language: str) -> None:
    """Choose the language, a two-letter code of storage.roles.LANGUAGES."""
    store.execute(
        "UPDATE people SET language = ? WHERE id = ?", (language_number(language), person)
    )


def set_onboarded(store: Store, person: int) -> None:
    """Remember that the person has seen what is stored."""
    store.execute("UPDATE people SET onboarded = 1 WHERE id = ?", (person,))


def mark_unreachable(store: Store, person: int, now: int) -> None:
    """The person blocked the bot: give up what waits to be sent; the access stays."""
    store.execute(
        "UPDATE people SET status = ?, touched = ? WHERE id = ? AND status = ?",
        (Status.UNREACHABLE, now, person, Status.ACTIVE),
    )
    outbox.withdraw_all(store, person, now)


def mark_reachable(store: Store, person: int, now: int) -> None:
    """The person unblocked the bot or wrote again; a revoked access stays revoked."""
    store.execute(
        "UPDATE people SET status = ?, touched = ? WHERE id = ? AND status = ?",
        (Status.ACTIVE, now, person, Status.UNREACHABLE),
    )


def revoke(store: Store, person: int, now: int) -> None:
    """End the access: conversation and waiting messages go at once; raises LastAdministrator."""
    others = store.execute(
        "SELECT count(*) FROM people WHERE role = ? AND status <> ? AND id <> ?",
        (Role.ADMINISTRATOR, Status.REVOKED, person),
    ).fetchone()[0]
    found = get(store, person)
    if found is not None and found.role is Role.ADMINISTRATOR and not others:
        raise LastAdministrator("The last administrator cannot be revoked.")
    store.execute(
        "UPDATE people SET status = ?, touched = ? WHERE id = ?", (Status.REVOKED, now, person)
    )
    sessions.erase_of(store, person, now)
    outbox.withdraw_all(store, person, now)
