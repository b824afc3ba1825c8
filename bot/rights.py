"""What each role and organisation may do; asked at every update, never of Telegram's own lists."""

from __future__ import annotations

from flows.library import Library
from flows.session import Session
from storage.people import Person
from storage.roles import Role

CASE_ROLES = frozenset({Role.PROFESSIONAL, Role.SHIFT_LEADER})
OPEN_FLOWS = frozenset({"onboarding", "menu", "language", "privacy", "practise"})
"""Flows for everyone; who sets up teams or keeps a calendar runs no others."""


def may_run(person: Person, flow: str, library: Library) -> bool:
    """Whether a person's role and organisation may run a flow."""
    open_to = library.flows[flow].open_to
    if open_to and person.organisation not in open_to:
        return False
    return flow in OPEN_FLOWS or person.role in CASE_ROLES


def may_go_on(person: Person, session: Session, library: Library) -> bool:
    """Whether a person may run every open flow of a session."""
    return all(may_run(person, frame.flow, library) for frame in session.frames)
