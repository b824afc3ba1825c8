"""The form of the database, step by step; a released step is never changed.

Integers, times and blobs of one fixed length only. The single text column is ``vocabulary.word``,
filled at start from the released content and closed to every later write.
"""

from __future__ import annotations

import sqlite_utils
from sqlite_utils.migrations import Migrations

_TIME = "BETWEEN 0 AND 8589934591"
_MESSAGE = "BETWEEN 1 AND 2147483647"
_WORD = "BETWEEN 1 AND 999999"
# Dates as ordinals fit; a phone number or BSN does not.
_VALUE = "BETWEEN 0 AND 3999999"


class NumberedMigrations(Migrations):
    """sqlite-utils' migrations, recorded as bare numbers: its own record would be text."""

    migrations_table = "migrations"

    def applied(self, db: sqlite_utils.Database) -> list[Migrations._AppliedMigration]:
        """The steps done so far, in order."""
        return [self._AppliedMigration(str(number), "") for number in applied_numbers(db)]

    def ensure_migrations_table(self, db: sqlite_utils.Database) -> None:
        """Make the record of steps."""
        db.execute("CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY) STRICT")

    def _record_applied(self, db: sqlite_utils.Database, name: str) -> None:
        db.execute("INSERT INTO migrations (number) VALUES (?)", [int(name)])


def applied_numbers(database: sqlite_utils.Database) -> tuple[int, ...]:
    """The numbers of the steps this database has been through."""
    if not database.table("migrations").exists():
        return ()
    rows = database.execute("SELECT number FROM migrations ORDER BY number").fetchall()
    return tuple(number for (number,) in rows)


def migrate(database: sqlite_utils.Database) -> None:
    """Take the steps that are still to do; call it inside a transaction."""
    _STEPS.apply(database)


_STEPS = NumberedMigrations("duider")


@_STEPS(name="1")
def _first_form(db: sqlite_utils.Database) -> None:
    for statement in _FIRST_FORM.split(";\n"):
        db.execute(statement)


_FIRST_FORM = f"""
CREATE TABLE vocabulary (
    number INTEGER PRIMARY KEY CHECK (number {_WORD}),
    word TEXT NOT NULL UNIQUE
        CHECK (length(word) <= 160 AND word NOT GLOB '*[^a-z0-9_:.]*' AND word GLOB '[a-z]*:*')
) STRICT;
CREATE TABLE meta (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    key_check BLOB NOT NULL CHECK (length(key_check) = 16),
    bot_key BLOB CHECK (length(bot_key) = 16)
) STRICT;
CREATE TABLE teams (
    id INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL CHECK (organisation BETWEEN 1 AND 99),
    name BLOB NOT NULL CHECK (length(name) = 156),
    name_key BLOB NOT NULL UNIQUE CHECK (length(name_key) = 16),
    created INTEGER NOT NULL CHECK (created {_TIME})
) STRICT;
CREATE TABLE people (
    id INTEGER PRIMARY KEY,
    person_key BLOB NOT NULL UNIQUE CHECK (length(person_key) = 16),
    address BLOB NOT NULL CHECK (length(address) = 36),
    team_id INTEGER REFERENCES teams (id),
    role INTEGER NOT NULL CHECK (role BETWEEN 1 AND 99),
    language INTEGER NOT NULL CHECK (language BETWEEN 1 AND 99),
    status INTEGER NOT NULL CHECK (status BETWEEN 1 AND 99),
    onboarded INTEGER NOT NULL CHECK (onboarded BETWEEN 0 AND 1),
    created INTEGER NOT NULL CHECK (created {_TIME}),
    touched INTEGER NOT NULL CHECK (touched {_TIME})
) STRICT;
CREATE INDEX people_by_team ON people (team_id);
CREATE TABLE invites (
    id INTEGER PRIMARY KEY,
    code_key BLOB NOT NULL UNIQUE CHECK (length(code_key) = 16),
    team_id INTEGER REFERENCES teams (id) ON DELETE CASCADE,
    role INTEGER NOT NULL CHECK (role BETWEEN 1 AND 99),
    created INTEGER NOT NULL CHECK (created {_TIME}),
    expires INTEGER NOT NULL CHECK (expires {_TIME}),
    used_at INTEGER CHECK (used_at {_TIME})
) STRICT;
CREATE INDEX invites_by_team ON invites (team_id);
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    nonce BLOB NOT NULL CHECK (length(nonce) = 8),
    visit INTEGER NOT NULL CHECK (visit BETWEEN 0 AND 2147483647),
    live_message INTEGER CHECK (live_message {_MESSAGE}),
    status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 1),
    touched INTEGER NOT NULL CHECK (touched {_TIME}),
    expires INTEGER NOT NULL CHECK (expires {_TIME})
) STRICT;
CREATE UNIQUE INDEX one_running_session ON sessions (person_id) WHERE status = 0;
CREATE INDEX sessions_by_person ON sessions (person_id);
CREATE TABLE frames (
    session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    depth INTEGER NOT NULL CHECK (depth BETWEEN 0 AND 2),
    flow INTEGER NOT NULL CHECK (flow {_WORD}),
    version INTEGER NOT NULL CHECK (version BETWEEN 1 AND 999999),
    state INTEGER NOT NULL CHECK (state {_WORD}),
    speed INTEGER NOT NULL CHECK (speed BETWEEN 0 AND 99),
    mode INTEGER NOT NULL CHECK (mode BETWEEN 0 AND 99),
    page INTEGER NOT NULL CHECK (page BETWEEN 0 AND 999),
    called INTEGER NOT NULL CHECK (called BETWEEN 0 AND 1),
    proposed_kind INTEGER CHECK (proposed_kind BETWEEN 0 AND 99),
    proposed_number INTEGER NOT NULL CHECK (proposed_number {_VALUE}),
    PRIMARY KEY (session_id, depth)
) STRICT, WITHOUT ROWID;
CREATE TABLE entries (
    session_id INTEGER NOT NULL,
    depth INTEGER NOT NULL,
    kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 4),
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 999999),
    value INTEGER NOT NULL CHECK (value {_VALUE}),
    answer_kind INTEGER NOT NULL CHECK (answer_kind BETWEEN 0 AND 99),
    place INTEGER NOT NULL CHECK (place BETWEEN 0 AND 999),
    PRIMARY KEY (session_id, depth, kind, state, value),
    FOREIGN KEY (session_id, depth) REFERENCES frames (session_id, depth) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 99),
    template INTEGER NOT NULL CHECK (template BETWEEN 0 AND 999999),
    argument INTEGER NOT NULL CHECK (argument BETWEEN 0 AND 99999999),
    message_id INTEGER CHECK (message_id {_MESSAGE}),
    session_id INTEGER REFERENCES sessions (id) ON DELETE SET NULL,
    visit INTEGER NOT NULL CHECK (visit BETWEEN 0 AND 2147483647),
    created INTEGER NOT NULL CHECK (created {_TIME}),
    due INTEGER NOT NULL CHECK (due {_TIME}),
    attempts INTEGER NOT NULL CHECK (attempts BETWEEN 0 AND 999999),
    status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 2),
    sent_at INTEGER CHECK (sent_at {_TIME})
) STRICT;
CREATE INDEX outbox_waiting ON outbox (person_id, id) WHERE status = 0;
CREATE INDEX outbox_due ON outbox (due) WHERE status = 0;
CREATE INDEX outbox_by_session ON outbox (session_id, status);
CREATE TABLE updates (
    update_id INTEGER PRIMARY KEY CHECK (update_id >= 0),
    received INTEGER NOT NULL CHECK (received {_TIME})
) STRICT;
CREATE TABLE quarantine (
    update_id INTEGER PRIMARY KEY CHECK (update_id >= 0),
    attempts INTEGER NOT NULL CHECK (attempts BETWEEN 1 AND 999999),
    first_seen INTEGER NOT NULL CHECK (first_seen {_TIME})
) STRICT;
CREATE TABLE messages (
    person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    message_id INTEGER NOT NULL CHECK (message_id {_MESSAGE}),
    sent_at INTEGER NOT NULL CHECK (sent_at {_TIME}),
    PRIMARY KEY (person_id, message_id)
) STRICT, WITHOUT ROWID"""

NEWEST = 1
"""The number of the newest step."""
