"""Teams for the invented people and an invite for each, made with the product's own commands."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_PATIENCE_SECONDS = 60.0

TEAMS = (
    ("Jongerenwerk Oefenstad", "youth_work"),
    ("Politie Oefenstad", "police"),
    ("OOV Oefenstad", "municipality"),
)
"""Name and organisation of each team."""

INVITED = (
    ("sanne", "professional", "Jongerenwerk Oefenstad"),
    ("bram", "professional", "Politie Oefenstad"),
    ("noor", "professional", "OOV Oefenstad"),
    ("kees", "shift_leader", "Politie Oefenstad"),
)
"""Key of the person, role, and team; a shift leader shares the team of the police officer."""


class EnrolmentFailed(Exception):
    """A short command did not do its work; the words are its own last line."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Runs the product's short commands beside the bot."""

    command: Sequence[str]
    environment: Mapping[str, str]

    async def teams(self) -> None:
        """Makes the teams; the first one alone, because it also makes the database and its key."""
        first, *others = TEAMS
        await self._team(*first)
        await asyncio.gather(*(self._team(*team) for team in others))

    async def invites(self) -> dict[str, str]:
        """A one-time code per key of a person."""
        codes = await asyncio.gather(*(self._invite(role, team) for _, role, team in INVITED))
        return {key: code for (key, _, _), code in zip(INVITED, codes, strict=True)}

    async def _team(self, name: str, organisation: str) -> None:
        await self._run("team", "create", name, "--organisation", organisation)

    async def _invite(self, role: str, team: str) -> str:
        output = await self._run("invite", "--role", role, "--team", team)
        code = output.splitlines()[0].strip() if output else ""
        if not code:
            raise EnrolmentFailed("the invite command printed no code")
        return code

    async def _run(self, *arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *self.command,
            *arguments,
            env=dict(self.environment),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                output, complaint = await process.communicate()
        except TimeoutError:
            raise EnrolmentFailed(f"{arguments[0]} took too long") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            lines = complaint.decode(errors="replace").strip().splitlines()
            raise EnrolmentFailed(lines[-1] if lines else f"{arguments[0]} failed")
        return output.decode(errors="replace")
