"""Teams: a kind of organisation and a sealed name."""

from __future__ import annotations

from dataclasses import dataclass

from flows.model import Organisation
from storage.connection import Store
from storage.identifiers import Identifiers, NameProblem, tidy_name
from storage.roles import organisation_number, organisation_of


class TeamExists(Exception):
    """A team with this name exists already."""


@dataclass(frozen=True, slots=True)
class Team:
    """A team; people of one team share an organisation, never answers."""

    id: int
    name: str
    organisation: Organisation


def create(
    store: Store, identifiers: Identifiers, name: str, organisation: Organisation, now: int
) -> Team:
    """Make a team; raises NameProblem or TeamExists."""
    made = store.execute(
        "INSERT INTO teams (organisation, name, name_key, created) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (name_key) DO NOTHING RETURNING id",
        (
            organisation_number(organisation),
            identifiers.seal_name(name),
            identifiers.name_key(name),
            now,
        ),
    ).fetchall()
    if not made:
        raise TeamExists("A team with this name exists already.")
    return Team(made[0][0], tidy_name(name), organisation)


def find(store: Store, identifiers: Identifiers, name: str) -> Team | None:
    """The team with this name, in whatever capitals; None also for what can be no name."""
    try:
        key = identifiers.name_key(name)
    except NameProblem:
        return None
    row = store.execute(
        "SELECT id, name, organisation FROM teams WHERE name_key = ?", (key,)
    ).fetchone()
    if row is None:
        return None
    return Team(row[0], identifiers.open_name(row[1], key), organisation_of(row[2]))


def every(store: Store, identifiers: Identifiers) -> tuple[Team, ...]:
    """All teams, in order of making."""
    rows = store.execute("SELECT id, name, name_key, organisation FROM teams ORDER BY id")
    return tuple(
        Team(id_, identifiers.open_name(name, key), organisation_of(number))
        for id_, name, key, number in rows.fetchall()
    )
