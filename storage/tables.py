"""What each table and column is for: the description that ``duider report`` prints."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type (INTEGER, BLOB or TEXT), its fixed length in bytes, its purpose."""

    name: str
    type: str
    length: int | None
    purpose: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table and its columns."""

    name: str
    purpose: str
    columns: tuple[Column, ...]


def _number(name: str, purpose: str) -> Column:
    return Column(name, "INTEGER", None, purpose)


def _blob(name: str, length: int, purpose: str) -> Column:
    return Column(name, "BLOB", length, purpose)


_ID = _number("id", "row number")
_PERSON = _number("person_id", "row number of the person")
_SESSION = _number("session_id", "row number of the conversation")
_DEPTH = _number("depth", "place in the pile of open flows, 0 to 2")

TABLES = (
    Table(
        "vocabulary",
        "released ids of flows, states, choices and templates; filled at start, then closed",
        (
            _number("number", "the number that stands for the id everywhere else"),
            Column("word", "TEXT", None, "the id, from the released content"),
        ),
    ),
    Table(
        "migrations",
        "which steps the form of the database has been through",
        (_number("number", "number of the step"),),
    ),
    Table(
        "meta",
        "which key and which bot the data belong to",
        (
            _number("id", "always 1"),
            _blob("key_check", 16, "recognises the master key without telling it"),
            _blob("bot_key", 16, "keyed hash of the bot's Telegram id"),
        ),
    ),
    Table(
        "teams",
        "teams of professionals",
        (
            _ID,
            _number("organisation", "kind of organisation"),
            _blob("name", 156, "team name, encrypted"),
            _blob("name_key", 16, "keyed hash of the team name"),
            _number("created", "time of making"),
        ),
    ),
    Table(
        "people",
        "professionals who may use the bot",
        (
            _ID,
            _blob("person_key", 16, "keyed hash of the Telegram user id"),
            _blob("address", 36, "Telegram chat id, encrypted"),
            _number("team_id", "row number of the team; none for administrators"),
            _number("role", "what the person may do"),
            _number("language", "language chosen"),
            _number("status", "active, unreachable or revoked"),
            _number("onboarded", "1 once the person has seen what is stored"),
            _number("created", "time of joining"),
            _number("touched", "time of the last change of role, team or status"),
        ),
    ),
    Table(
        "invites",
        "one-time invites",
        (
            _ID,
            _blob("code_key", 16, "keyed hash of the code"),
            _number("team_id", "row number of the team it gives; none for administrators"),
            _number("role", "role it gives"),
            _number("created", "time of making"),
            _number("expires", "time after which it is refused"),
            _number("used_at", "time of use; none while unused"),
        ),
    ),
    Table(
        "sessions",
        "conversations in progress",
        (
            _ID,
            _PERSON,
            _blob("nonce", 8, "random number that buttons are bound to"),
            _number("visit", "how many screens there have been"),
            _number("live_message", "Telegram's number of the message being edited"),
            _number("status", "running, or waiting for its last message"),
            _number("touched", "time of the last step"),
            _number("expires", "time of erasure"),
        ),
    ),
    Table(
        "frames",
        "open flows of a conversation",
        (
            _SESSION,
            _DEPTH,
            _number("flow", "vocabulary number of the flow"),
            _number("version", "version of the content"),
            _number("state", "vocabulary number of the question"),
            _number("speed", "full or street"),
            _number("mode", "what the screen is for"),
            _number("page", "page of the screen"),
            _number("called", "1 when another flow waits for the outcome"),
            _number("proposed_kind", "kind of an answer that waits for a yes"),
            _number("proposed_number", "number or date of that answer"),
        ),
    ),
    Table(
        "entries",
        "answers of a conversation, as numbers",
        (
            _SESSION,
            _DEPTH,
            _number("kind", "answer, mark, proposal or check"),
            _number("state", "vocabulary number of the question"),
            _number("value", "vocabulary number of the choice, or the number or date answered"),
            _number("answer_kind", "skipped, choices, number, date, or words (which are not kept)"),
            _number("place", "place of the choice in its answer"),
        ),
    ),
    Table(
        "outbox",
        "messages that are still to be sent, or were just sent",
        (
            _ID,
            _PERSON,
            _number("kind", "screen, card, template, deletion or removal of buttons"),
            _number("template", "vocabulary number of the text"),
            _number("argument", "number shown in the text"),
            _number("message_id", "Telegram's number of the message to change"),
            _SESSION,
            _number("visit", "screen of the conversation it belongs to"),
            _number("created", "time of making"),
            _number("due", "time of the next try"),
            _number("attempts", "failed tries"),
            _number("status", "waiting, sent or given up"),
            _number("sent_at", "time of sending or giving up"),
        ),
    ),
    Table(
        "messages",
        "numbers of sent messages, so that /wis can delete them",
        (
            _PERSON,
            _number("message_id", "Telegram's number of the message"),
            _number("sent_at", "time of sending"),
        ),
    ),
    Table(
        "updates",
        "numbers of handled updates, so that none counts twice",
        (
            _number("update_id", "Telegram's number of the update"),
            _number("received", "time of receipt"),
        ),
    ),
    Table(
        "quarantine",
        "numbers of updates that keep failing",
        (
            _number("update_id", "Telegram's number of the update"),
            _number("attempts", "failed tries"),
            _number("first_seen", "time of the first failure"),
        ),
    ),
)
