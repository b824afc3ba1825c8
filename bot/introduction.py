"""What Telegram shows of the bot before anybody has typed: commands and descriptions."""

from __future__ import annotations

from collections.abc import Mapping

from bot.i18n import Speech
from bot.ports import CommandEntry, Speaker
from flows.phrases import template

COMMANDS = (
    ("duiden", "interpret", "command_duiden"),
    ("deescaleren", "deescalate", "command_deescaleren"),
    ("oefenen", "practise", "command_oefenen"),
    ("taal", "language", "command_taal"),
    ("privacy", "privacy", "command_privacy"),
    ("wis", "wipe", "command_wis"),
    ("stop", "stop", "command_stop"),
    ("help", "help", "command_help"),
    ("start", "start", "command_start"),
)
"""Dutch name, English name, description; each name works in either language."""


def entries(speech: Speech) -> list[CommandEntry]:
    """The commands of a language: Dutch names in Dutch, English names elsewhere."""
    place = 0 if speech.language == "nl" else 1
    return [CommandEntry(names[place], speech.say(template(names[2]))) for names in COMMANDS]


async def introduce(speaker: Speaker, speeches: Mapping[str, Speech], default: str) -> None:
    """Register commands and texts in every language, and the default for all others."""
    await _register(speaker, "", speeches[default])
    for language, speech in speeches.items():
        await _register(speaker, language, speech)


async def _register(speaker: Speaker, code: str, speech: Speech) -> None:
    await speaker.introduce(
        code,
        entries(speech),
        speech.say(template("bot_description")),
        speech.say(template("bot_about")),
    )
