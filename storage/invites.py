"""One-time invites that fix a role and a team; only the keyed hash of a code is kept."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from storage.connection import Store
from storage.identifiers import Identifiers
from storage.roles import Role

INVITE_SECONDS = 72 * 3600
ADMINISTRATOR_SECONDS = 15 * 60
CODE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Grant:
    """What a claimed invite gives."""

    role: Role
    team: int | None


def lifetime(role: Role) -> int:
    """How many seconds an invite to a role holds."""
    return ADMINISTRATOR_SECONDS if role is Role.ADMINISTRATOR else INVITE_SECONDS


def issue(
    store: Store,
    identifiers: Identifiers,
    role: Role,
    team: int | None,
    now: int,
    randomness: Callable[[int], bytes] = secrets.token_bytes,
) -> str:
    """Make an invite and return its code: 22 characters that fit a t.me start parameter.

    ValueError: an administrator has no team, everybody else has one.
    """
    if (team is None) is not (role is Role.ADMINISTRATOR):
        raise ValueError("An administrator has no team, everybody else has one.")
    code = base64.urlsafe_b64encode(randomness(CODE_BYTES)).rstrip(b"=").decode()
    store.execute(
        "INSERT INTO invites (code_key, team_id, role, created, expires) VALUES (?, ?, ?, ?, ?)",
        (identifiers.code_key(code), team, role, now, now + lifetime(role)),
    )
    return code


def claim(store: Store, identifiers: Identifiers, code: str, now: int) -> Grant | None:
    """Use up an invite; None alike for an unknown, used or expired code."""
    rows = store.execute(
        "UPDATE invites SET used_at = ? WHERE code_key = ? AND used_at IS NULL AND expires > ? "
        "RETURNING role, team_id",
        (now, identifiers.code_key(code), now),
    ).fetchall()
    return Grant(Role(rows[0][0]), rows[0][1]) if rows else None
