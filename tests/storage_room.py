"""What the tests of storage share: an invented key, a small vocabulary, a filled database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.model import Organisation
from flows.session import Answer, AnswerKind, Frame, Session
from flows.vocabulary import Vocabulary
from storage import connection, invites, people, teams
from storage.connection import Store
from storage.errand import opened
from storage.identifiers import Identifiers
from storage.keys import Keys
from storage.people import Person
from storage.roles import Role

NOW = 1_800_000_000
KEYS = Keys(bytes(range(32)))
IDENTIFIERS = Identifiers(KEYS)
FLOWS = ("interpret", "aftercare", "deescalate")
STATES = ("reach", "visibility", "language", "emoji", "recheck")
CHOICES = ("closed", "public", "unsure", "both")


def _words() -> Iterator[str]:
    for flow in FLOWS:
        yield f"flow:{flow}"
        for state in STATES:
            yield f"state:{flow}.{state}"
            for choice in CHOICES:
                yield f"choice:{flow}.{state}.{choice}"
    yield "template:unexpected_photo"


VOCABULARY = Vocabulary({word: number for number, word in enumerate(_words(), 1)})
WORDS = VOCABULARY.numbers


@contextmanager
def store_in(folder: Path) -> Iterator[Store]:
    """A store in a database, each statement a transaction of its own, for speed not forced to
    the disk."""
    with opened(folder, KEYS, WORDS) as errand:
        connection.thaw(errand.store)
        errand.store.execute("PRAGMA synchronous = OFF").close()
        connection.freeze(errand.store)
        yield errand.store


def make_person(store: Store, user: int = 1001, *, role: Role = Role.PROFESSIONAL) -> Person:
    """A person who has joined, in a police team made when it does not exist yet."""
    team = teams.find(store, IDENTIFIERS, "Team Noord")
    if team is None:
        team = teams.create(store, IDENTIFIERS, "Team Noord", Organisation.POLICE, NOW)
    in_team = None if role is Role.ADMINISTRATOR else team.id
    code = invites.issue(store, IDENTIFIERS, role, in_team, NOW)
    person = people.join(store, IDENTIFIERS, user, user, code, "nl", NOW)
    assert person is not None
    return person


def make_session(*, visit: int = 1, organisation: Organisation = Organisation.POLICE) -> Session:
    """A session with one flow and one answer."""
    answers = {"reach": Answer(AnswerKind.CHOICES, ("public", "closed"))}
    return Session(organisation, (Frame("interpret", 1, "visibility", answers=answers),), visit)
