"""Transcripts: conversations that anyone can read, played through the real product.

A file opens with what must be known before:

    # as: youth_work          the organisation, or "stranger"
    # language: nl
    # at: 2026-11-21 22:30    local time
    # role: administrator     who is no professional
    # onboarded: no           for somebody who still has to join

Then what a person does, at the edge, and what is seen because of it, after each act:

    > /duiden                 types
    > [Nee, nu niet]          taps a button, by its words
    >> [Verder]               the same without showing what is seen
    ! photo                   sends something odd: photo, voice, sticker, forward, location,
                              contact, document, other; or edits an old message: edit
    ! tap old [Ja]            taps a button of an earlier screen
    ! kill                    the process is gone; a new one starts, its memory empty
    ! content v2              the same, on changed content
    ! wait 23h                time passes
    ! block, ! unblock        the person blocks the bot, or lets it in again
    ! telegram away, ! telegram back
    # a note for the reader

`* message 2` is a new message of the bot, `* message 2 changes` an edit, with text and buttons
below it; `~` is a short answer that appears over the chat, `~!` one to be closed. `{invite}` in
what is typed stands for a fresh invite.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.ports import Kind, Media
from flows.model import Organisation
from storage.roles import Role
from tests.actor import Actor
from tests.changed_content import changed
from tests.stage import AMSTERDAM, Stage, staged

SPANS = {"m": "minutes", "h": "hours", "d": "days"}
KINDS = {"block": Kind.BLOCKED, "unblock": Kind.UNBLOCKED, "edit": Kind.EDITED}
MEDIA = {media.name.lower(): media for media in Media}
_HEADER = re.compile(r"# (as|language|at|role|onboarded): (.+)")
_TAP = re.compile(r"\[(.+)\]")


@dataclass(frozen=True)
class Transcript:
    """A file: its header, and its lines after that."""

    header: dict[str, str]
    opening: list[str]
    lines: list[str]


def read(path: Path) -> Transcript:
    """A transcript from a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    end = next((i for i, line in enumerate(lines) if line[:1] in {">", "!"}), len(lines))
    while end and lines[end - 1].startswith("# ") and not _HEADER.fullmatch(lines[end - 1]):
        end -= 1
    header = {found[1]: found[2] for line in lines[:end] if (found := _HEADER.fullmatch(line))}
    return Transcript(header, lines[:end], lines[end:])


async def play(transcript: Transcript, folder: Path) -> str:
    """The transcript as it goes today."""
    header = transcript.header
    at = datetime.fromisoformat(header["at"]).replace(tzinfo=AMSTERDAM)
    language = header["language"]
    played = [line.rstrip() for line in transcript.opening]
    async with staged(folder, at=at) as stage:
        stranger = header["as"] == "stranger"
        if stranger or header.get("onboarded") == "no":
            actor = stage.somebody(language)
        else:
            role = Role[header.get("role", "professional").upper()]
            actor = await stage.join(Organisation(header["as"]), language=language, role=role)
        for line in _acts(transcript.lines):
            if line.startswith("# "):
                played.append(line)
                continue
            played += [line]
            try:
                await _perform(line, actor, stage, header["as"])
            except AssertionError as fault:
                raise AssertionError(f"{line}: {fault}") from None
            seen = [one for _, lines in stage.phone.happened for one in lines]
            stage.phone.happened.clear()
            if not line.startswith(">> "):
                played += [*(seen or ["(nothing)"]), ""]
    return "\n".join(_with_gaps(played)).strip() + "\n"


def _acts(lines: list[str]) -> Iterator[str]:
    return (line for line in lines if line.startswith(("> ", ">> ", "! ", "# ")))


def _with_gaps(lines: list[str]) -> Iterator[str]:
    """An empty line before a shown act that follows silent ones, and before a note."""
    before = ""
    for line in lines:
        shown = line.startswith(("> ", "! ", "# "))
        if shown and before.startswith(">> "):
            yield ""
        yield line
        before = line


async def _perform(line: str, actor: Actor, stage: Stage, organisation: str) -> None:
    mark, _, what = line.partition(" ")
    tapped = _TAP.fullmatch(what)
    if mark != "!" and tapped:
        await actor.taps(tapped[1])
    elif mark != "!":
        if "{invite}" in what:
            what = what.format(invite=await stage.invite(Organisation(organisation)))
        await actor.types(what)
    else:
        await _happen(what, actor, stage)


async def _happen(what: str, actor: Actor, stage: Stage) -> None:
    name, _, rest = what.partition(" ")
    if name in MEDIA:
        await actor.sends(MEDIA[name])
    elif name in KINDS:
        await actor.does(KINDS[name])
    elif what == "kill":
        await stage.kill()
    elif what == "content v2":
        await stage.kill(changed(stage.library))
    elif name == "telegram":
        stage.phone.away = rest == "away"
    elif name == "wait":
        await stage.wait(timedelta(**{SPANS[rest[-1]]: int(rest[:-1])}))
    elif name == "tap" and (old := re.fullmatch(r"old \[(.+)\]", rest)):
        await actor.taps_old(old[1])
    else:
        raise ValueError(f"a transcript cannot: {what}")
