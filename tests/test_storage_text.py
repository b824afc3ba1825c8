"""No text, and nothing left of what is erased: here the bytes are the point."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from storage import connection, messages, outbox, people, report, sessions, updates
from storage.connection import Store
from storage.database import Database
from storage.errand import opened
from storage.faults import StartProblem
from storage.folder import DATABASE
from storage.outbox import OutboxKind
from storage.report import Finding
from storage.tables import TABLES
from tests.storage_room import (
    IDENTIFIERS,
    KEYS,
    NOW,
    VOCABULARY,
    WORDS,
    make_person,
    make_session,
    store_in,
)

SECRET = "Jayden van de Hoek"
WRITABLE = [table for table in TABLES if table.name != "migrations"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Where the data go."""
    return tmp_path / "data"


def fill(store: Store) -> None:
    """At least one row in every table."""
    person = make_person(store)
    stored = sessions.save(store, person.id, None, make_session(), VOCABULARY, NOW)
    outbox.put(store, person.id, OutboxKind.SCREEN, NOW, session=stored.id)
    messages.remember(store, person.id, 1, NOW)
    updates.first_time(store, 1, NOW)
    updates.failed_attempts(store, 1, NOW)


def test_no_column_takes_text(data: Path) -> None:
    """Text is refused by every column of every table, even with all guards but the tables' own
    lifted, and no error repeats it."""
    with store_in(data) as store:
        fill(store)
        connection.thaw(store)
        for table in TABLES:
            assert store.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0]  # noqa: S608 # our names
            for column in table.columns:
                for value in (SECRET, SECRET.encode(), b"", f"flow:{SECRET}"):
                    with pytest.raises(sqlite3.Error) as refused:
                        store.raw.execute(
                            f"UPDATE {table.name} SET {column.name} = ?",  # noqa: S608 # our names
                            (value,),
                        )
                    assert "Jayden" not in str(refused.value)


def test_no_number_column_takes_a_blob(data: Path) -> None:
    """A name of exactly sixteen bytes does not slip into a number."""
    with store_in(data) as store:
        fill(store)
        for table in WRITABLE:
            for column in (each for each in table.columns if each.type == "INTEGER"):
                with pytest.raises(sqlite3.DatabaseError):
                    store.raw.execute(
                        f"UPDATE {table.name} SET {column.name} = zeroblob(16)"  # noqa: S608 # our names
                    )


def test_an_answer_cannot_hold_a_phone_number(data: Path) -> None:
    """Values of answers are too small for a phone number or a BSN."""
    with store_in(data) as store:
        fill(store)
        for number in (612345678, 31612345678, 123456782):
            with pytest.raises(sqlite3.IntegrityError):
                store.execute("UPDATE entries SET value = ?", (number,))
            with pytest.raises(sqlite3.IntegrityError):
                store.execute("UPDATE outbox SET argument = ?", (number,))


def traces(store: Store, user: int) -> list[bytes]:
    """The bytes in the database that could lead to a person or their conversation."""
    key = IDENTIFIERS.person_key(user)
    row = store.execute(
        "SELECT p.address, s.nonce FROM people p JOIN sessions s ON s.person_id = p.id "
        "WHERE p.person_key = ?",
        (key,),
    ).fetchone()
    return [key, *row]


def test_nothing_is_left_after_erasing(data: Path) -> None:
    """Through thousands of mixed steps and erasures, the file never holds a byte string of an
    erased person, address or session nonce."""
    chance = random.Random(7)  # noqa: S311 # which step comes next, repeatable
    gone: list[bytes] = []
    with store_in(data) as store:
        store.raw.execute("BEGIN")
        for turn in range(1500):
            user = 1000 + turn
            person = make_person(store, user)
            stored = sessions.save(
                store, person.id, None, make_session(visit=chance.randrange(99999)), VOCABULARY, NOW
            )
            outbox.put(store, person.id, OutboxKind.SCREEN, NOW, session=stored.id)
            messages.remember(store, person.id, chance.randrange(1, 2**31), NOW + turn)
            if turn > 300:
                old = chance.randrange(1000, user)
                found = people.find(store, IDENTIFIERS.person_key(old))
                if found is not None:
                    gone += traces(store, old)
                    store.execute("DELETE FROM people WHERE id = ?", (found.id,))
        store.raw.execute("COMMIT")
        raw = (data / DATABASE).read_bytes()
        kept = traces(store, user)
        assert all(trace in raw for trace in kept)
        assert len(gone) > 2000
        assert [trace for trace in gone if trace in raw] == []
    assert not (data / f"{DATABASE}-journal").exists()


async def test_the_nightly_vacuum_keeps_all_and_stays_frozen(data: Path) -> None:
    """Vacuuming in the writer keeps the rows, and the denials are in force again."""
    async with Database.open(data, KEYS, WORDS) as database:
        await database.run(fill)
        await database.vacuum()
        key = IDENTIFIERS.person_key(1001)
        assert await database.run(lambda store: people.find(store, key)) is not None

        def forbidden(store: Store) -> None:
            with pytest.raises(sqlite3.DatabaseError, match="not authorized"):
                store.execute("DROP TABLE people")

        await database.run(forbidden)


def test_a_backup_is_clean_and_closed(data: Path, tmp_path: Path) -> None:
    """A copy holds the rows, no residue, and is its owner's alone; an existing file is spared."""
    copy = tmp_path / "copy.db"
    with opened(data, KEYS, WORDS) as errand:
        errand.execute_unit(fill)
        errand.backup(copy)
        with pytest.raises(StartProblem, match="exists already"):
            errand.backup(copy)
        with pytest.raises(StartProblem, match="cannot be made"):
            errand.backup(tmp_path / "nowhere" / "copy.db")
        with pytest.raises(sqlite3.DatabaseError, match="authorization denied"):
            errand.store.execute("VACUUM")
    assert copy.stat().st_mode & 0o777 == 0o600
    (tmp_path / "restored").mkdir()
    copy.rename(tmp_path / "restored" / DATABASE)
    with opened(tmp_path / "restored", KEYS, WORDS) as errand:
        assert people.find(errand.store, IDENTIFIERS.person_key(1001)) is not None
        scanned = errand.execute_unit(lambda store: report.scan(store, errand.file))
        assert scanned == ()


def test_the_report_describes_every_column(data: Path) -> None:
    """What is told to the privacy officer is what the database has: names, types, lengths."""
    with store_in(data) as store:
        fill(store)
        reported = {table.name: table for table in report.tables(store)}
        names = {
            name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        assert names == set(reported)
        for name, table in reported.items():
            described = [(column.name, column.type) for column in table.columns]
            actual = store.execute(f"PRAGMA table_xinfo({name})").fetchall()
            assert sorted(described) == sorted((row[1], row[2]) for row in actual)
            assert table.rows == store.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 # our names
            for column in (each for each in table.columns if each.type == "BLOB"):
                assert column.length is not None
                for wrong in (column.length - 1, column.length + 1):
                    connection.thaw(store)
                    with pytest.raises(sqlite3.IntegrityError):
                        store.execute(f"UPDATE {name} SET {column.name} = zeroblob({wrong})")  # noqa: S608 # our names
        assert reported["people"].retention == "7 days after the end of the access"
        assert [c.name for t in TABLES for c in t.columns if c.type == "TEXT"] == ["word"]


def test_the_scan_finds_nothing_in_use(data: Path) -> None:
    """A database in full use gives no false alarm."""
    with opened(data, KEYS, WORDS) as errand:

        def use(store: Store) -> None:
            for user in range(400):
                person = make_person(store, user + 1)
                sessions.save(store, person.id, None, make_session(), VOCABULARY, NOW + user * 977)
                outbox.put(store, person.id, OutboxKind.TEMPLATE, NOW + user * 1931)
            for user in range(0, 400, 3):
                found = people.find(store, IDENTIFIERS.person_key(user + 1))
                assert found is not None
                sessions.erase_of(store, found.id, NOW)

        errand.execute_unit(use)
        assert errand.execute_unit(lambda store: report.scan(store, errand.file)) == ()


def test_the_scan_finds_planted_text(data: Path) -> None:
    """Text in a foreign table, an added column, or only the bytes of the file is reported, and
    the report does not repeat it."""
    with opened(data, KEYS, WORDS) as errand:
        store = errand.store
        connection.thaw(store)
        store.execute("CREATE TABLE notes (text TEXT)")
        store.execute("ALTER TABLE teams ADD COLUMN remark TEXT")
        connection.freeze(store)
        found = errand.execute_unit(lambda each: report.scan(each, errand.file))
        assert {finding.place for finding in found} == {"notes", "teams.remark"}
        connection.thaw(store)
        store.execute("DROP TABLE notes")
        store.execute("ALTER TABLE teams DROP COLUMN remark")
        store.execute("VACUUM")
        connection.freeze(store)
        raw = bytearray(errand.file.read_bytes())
        hole = raw.rindex(bytes(200)) + 50
        raw[hole : hole + len(SECRET)] = SECRET.encode()
        errand.file.write_bytes(raw)
        found = errand.execute_unit(lambda each: report.scan(each, errand.file))
        assert found == (
            Finding("the database file", "1 runs of letters outside the stored values"),
        )
