"""What each role may do; asked at every update, never of Telegram's own command lists."""

from __future__ import annotations

from collections.abc import Mapping

from flows.session import Session
from storage.roles import Role

FLOW_ROLES: Mapping[str, frozenset[Role]] = {
    "interpret": frozenset({Role.PROFESSIONAL, Role.SHIFT_LEADER}),
    "act_now": frozenset({Role.PROFESSIONAL, Role.SHIFT_LEADER}),
}
"""Flows that are not for everyone: who sets up teams or keeps a calendar sees no case."""


def may_run(role: Role, flow: str) -> bool:
    """Whether a role may run a flow."""
    return flow not in FLOW_ROLES or role in FLOW_ROLES[flow]


def may_go_on(role: Role, session: Session) -> bool:
    """Whether a role may run every open flow of a session."""
    return all(may_run(role, frame.flow) for frame in session.frames)
