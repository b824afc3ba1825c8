"""The writer of the running bot, short commands beside it, and the files they share."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from storage import connection, ownership, updates
from storage.connection import Store
from storage.database import Database
from storage.errand import opened
from storage.faults import AlreadyRunning, AnotherBot, NewerData, StartProblem, StorageError
from storage.folder import DATABASE
from tests.storage_room import IDENTIFIERS, KEYS, NOW, WORDS, store_in


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Where the data go."""
    return tmp_path / "data"


@pytest.fixture
async def database(data: Path) -> AsyncIterator[Database]:
    """The running bot's database; it hardly waits for foreign locks."""
    async with Database.open(data, KEYS, WORDS, wait_ms=50) as opened_database:
        yield opened_database


def count_updates(store: Store) -> int:
    """How many updates are recorded."""
    return int(store.execute("SELECT count(*) FROM updates").fetchone()[0])


def test_files_are_closed_to_others(data: Path) -> None:
    """The folder is its owner's alone, and so is the database file."""
    with store_in(data):
        pass
    assert data.stat().st_mode & 0o777 == 0o700
    assert (data / DATABASE).stat().st_mode & 0o777 == 0o600


def record(update: int) -> Callable[[Store], bool]:
    """A unit that records an update and says whether it was new."""
    return lambda store: updates.first_time(store, update, NOW)


async def test_many_units_at_once(database: Database) -> None:
    """Two hundred units of many tasks all commit, in each task's own order, whatever fails."""
    seen: list[tuple[int, int]] = []

    async def submit(task: int) -> None:
        for turn in range(10):

            def unit(store: Store, turn: int = turn) -> bool:
                seen.append((task, turn))
                fresh = updates.first_time(store, task * 10 + turn, NOW)
                if turn == 5:
                    raise ValueError("this one fails")
                return fresh

            if turn == 5:
                with pytest.raises(ValueError, match="this one fails"):
                    await database.run(unit)
            else:
                assert await database.run(unit) is True

    await asyncio.gather(*(submit(task) for task in range(20)))
    assert await database.run(count_updates) == 180
    for task in range(20):
        assert [turn for owner, turn in seen if owner == task] == list(range(10))


async def test_units_given_at_once_keep_their_order(database: Database) -> None:
    """Units queued together run in the order in which they were given."""
    seen: list[int] = []

    def unit(number: int) -> Callable[[Store], None]:
        return lambda _: seen.append(number)

    await asyncio.gather(*(database.run(unit(number)) for number in range(200)))
    assert seen == list(range(200))


async def test_a_failing_unit_leaves_no_trace(database: Database) -> None:
    """What a unit wrote before it failed is undone, and its neighbours are kept."""

    def fails(store: Store) -> None:
        updates.first_time(store, 2, NOW)
        store.execute("INSERT INTO updates (update_id, received) VALUES (-1, 0)")

    outcomes = await asyncio.gather(
        database.run(record(1)),
        database.run(fails),
        database.run(record(3)),
        return_exceptions=True,
    )
    assert isinstance(outcomes[1], StorageError)
    assert [outcomes[0], outcomes[2]] == [True, True]
    assert await database.run(record(2)) is True


async def test_stop_iteration_reaches_the_caller(database: Database) -> None:
    """Even the one exception that futures refuse comes back, as a RuntimeError."""
    with pytest.raises(RuntimeError, match="StopIteration"):
        await database.run(lambda _: next(iter(())))


async def test_a_failed_commit_is_told_to_all(database: Database, data: Path) -> None:
    """While another program reads, nothing commits: every unit fails, none is stored; later all
    goes on, and what nobody waited for is caught up."""
    reader = sqlite3.connect(data / DATABASE, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM updates").fetchone()
    database.run_later(record(9))
    outcomes = await asyncio.gather(
        *(database.run(record(n)) for n in range(3)),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [StorageError] * 3
    reader.execute("COMMIT")
    assert await database.run(count_updates) == 1
    reader.close()


async def test_a_full_disk_fails_and_recovers(database: Database) -> None:
    """When the file cannot grow, units fail and nothing of them is stored; with room all works."""

    def set_room(pages: int) -> Callable[[Store], None]:
        def unit(store: Store) -> None:
            connection.thaw(store)
            # Of less than the present size SQLite makes the present size.
            store.execute(f"PRAGMA max_page_count = {pages}").close()
            connection.freeze(store)

        return unit

    def fill(store: Store) -> None:
        for update in range(5000):
            updates.first_time(store, update, NOW)

    await database.run(set_room(1))
    with pytest.raises(StorageError):
        await database.run(fill)
    assert await database.run(count_updates) == 0
    await database.run(set_room(10_000))
    await database.run(fill)
    assert await database.run(count_updates) == 5000


async def test_later_units_run_without_company(database: Database) -> None:
    """A unit that nobody waits for runs by itself after a moment."""
    done = threading.Event()
    database.run_later(lambda _: done.set())
    assert await asyncio.to_thread(done.wait, 10)


async def test_later_units_run_before_what_follows(database: Database) -> None:
    """A unit that is awaited sees what was given before it."""
    database.run_later(record(1))
    assert await database.run(record(1)) is False


async def test_later_units_survive_a_clean_close(data: Path) -> None:
    """Closing finishes everything queued; afterwards nothing more is taken."""
    database = Database.open(data, KEYS, WORDS)
    for update in range(50):
        database.run_later(record(update))
    await database.close()
    await database.close()
    with pytest.raises(StorageError, match="closed"):
        await database.run(count_updates)
    with store_in(data) as store:
        assert count_updates(store) == 50


async def test_a_failing_later_unit_is_logged_without_its_message(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Only the class of the exception reaches the log."""

    def fails(_: Store) -> None:
        raise ValueError("secret words")

    with caplog.at_level(logging.DEBUG):
        database.run_later(fails)
        await database.run(count_updates)
    assert "ValueError" in caplog.text
    assert "secret words" not in caplog.text


async def test_a_cancelled_wait_harms_nobody(database: Database) -> None:
    """When somebody stops waiting, the unit still runs and the others are answered."""
    held = threading.Event()
    blocked = asyncio.ensure_future(database.run(lambda _: held.wait(10)))
    given_up = asyncio.ensure_future(database.run(record(1)))
    await asyncio.sleep(0)
    given_up.cancel()
    held.set()
    assert await blocked is True
    assert await database.run(count_updates) == 1


async def test_a_second_bot_is_refused(database: Database, data: Path) -> None:
    """One folder, one bot; when it has stopped another may start."""
    with pytest.raises(AlreadyRunning, match="DUIDER_DATA"):
        Database.open(data, KEYS, WORDS)
    await database.close()
    await Database.open(data, KEYS, WORDS).close()


async def test_a_short_command_works_beside_the_bot(database: Database, data: Path) -> None:
    """A command writes and reads while the bot goes on writing."""

    def command() -> int:
        with opened(data, KEYS, WORDS) as errand:
            errand.execute_unit(record(1000))
            return errand.execute_unit(count_updates)

    running = asyncio.ensure_future(asyncio.to_thread(command))
    for update in range(100):
        await database.run(record(update))
    assert 1 <= await running <= 101
    assert await database.run(count_updates) == 101


async def test_a_command_of_another_version_is_refused_beside_the_bot(
    database: Database, data: Path
) -> None:
    """New words would change what the running bot relies on, so the command asks to restart it."""
    await database.run(count_updates)
    more = {**WORDS, "flow:new": 900}
    with pytest.raises(StartProblem, match="restart"), opened(data, KEYS, more):
        pass


def test_a_failing_command_leaves_no_trace(data: Path) -> None:
    """A command's unit is all or nothing."""

    def fails(store: Store) -> None:
        updates.first_time(store, 1, NOW)
        raise ValueError

    with opened(data, KEYS, WORDS) as errand:
        with pytest.raises(ValueError, match=r"^$"):
            errand.execute_unit(fails)
        assert errand.execute_unit(count_updates) == 0


def test_another_bot_is_refused(data: Path) -> None:
    """Data tied to one bot are refused by every other."""
    with store_in(data) as store:
        ownership.bind_bot(store, IDENTIFIERS, 42)
        ownership.bind_bot(store, IDENTIFIERS, 42)
        with pytest.raises(AnotherBot, match="DUIDER_TELEGRAM_TOKEN"):
            ownership.bind_bot(store, IDENTIFIERS, 43)


def test_a_renumbered_word_stops(data: Path) -> None:
    """A released id with another number would change the meaning of what is stored."""
    with store_in(data):
        pass
    with pytest.raises(StartProblem, match="restore"), opened(data, KEYS, {"flow:interpret": 999}):
        pass


def test_newer_data_stop(data: Path) -> None:
    """An older program leaves the data of a newer one alone."""
    with store_in(data) as store:
        connection.thaw(store)
        store.execute("INSERT INTO migrations (number) VALUES (99)")
    with pytest.raises(NewerData):
        Database.open(data, KEYS, WORDS)
    with pytest.raises(NewerData), opened(data, KEYS, WORDS):
        pass


def test_what_is_no_database_stops(data: Path) -> None:
    """A foreign file in place of the database is refused in one line."""
    data.mkdir()
    (data / DATABASE).write_bytes(b"no database at all, really" * 100)
    with pytest.raises(StartProblem, match=r"^DUIDER_DATA: "):
        Database.open(data, KEYS, WORDS)


def test_a_folder_that_cannot_be_made_stops(tmp_path: Path) -> None:
    """A file in place of the folder is refused in one line."""
    (tmp_path / "data").write_bytes(b"")
    with pytest.raises(StartProblem, match=r"^DUIDER_DATA: "):
        Database.open(tmp_path / "data", KEYS, WORDS)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE notes (text TEXT)",
        "CREATE TEMP TABLE notes (text TEXT)",
        "ALTER TABLE people ADD COLUMN name TEXT",
        "DROP TABLE entries",
        "ATTACH ':memory:' AS other",
        "VACUUM",
        "PRAGMA secure_delete = OFF",
        "PRAGMA journal_mode = WAL",
        "PRAGMA writable_schema = ON",
        "INSERT INTO vocabulary (number, word) VALUES (5000, 'flow:x')",
        "UPDATE vocabulary SET word = 'flow:y'",
        "DELETE FROM vocabulary",
        "UPDATE meta SET key_check = zeroblob(16)",
        "DELETE FROM meta",
        "INSERT INTO migrations (number) VALUES (2)",
        "UPDATE sqlite_master SET sql = ''",
    ],
)
def test_the_form_is_frozen(data: Path, sql: str) -> None:
    """After the start no statement changes tables, settings, vocabulary or key check."""
    with (
        store_in(data) as store,
        pytest.raises(sqlite3.DatabaseError, match=r"not auth|auth.* denied|may not"),
    ):
        store.execute(sql)
