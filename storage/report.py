"""What is stored, for how long, and the proof that none of it is text."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from storage.connection import Store
from storage.retention import LIMITS, Limit
from storage.tables import TABLES, Column, Table

# Letters, digits and what stands between them, in UTF-8; shorter runs occur by chance.
_TEXT = re.compile(rb"(?:[A-Za-z0-9 .,:;'@+_-]|[\xc3-\xf4][\x80-\xbf]{1,3}){12,}")
_EDGE = 3
"""How many bytes of a neighbouring row can look like part of a run."""


@dataclass(frozen=True, slots=True)
class TableReport:
    """One table: what it is for, how long a row is kept, how many rows there are."""

    name: str
    purpose: str
    retention: str
    columns: tuple[Column, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not be there; ``place`` is a column, a table or the file: no value."""

    place: str
    fault: str


def tables(store: Store) -> tuple[TableReport, ...]:
    """Every table, in the order of storage.tables."""
    limits = {limit.table: limit for limit in LIMITS}
    return tuple(
        TableReport(
            table.name,
            table.purpose,
            _retention(limits[table.name]),
            table.columns,
            store.database.table(table.name).count,
        )
        for table in TABLES
    )


def scan(store: Store, file: Path) -> tuple[Finding, ...]:
    """Read every stored value and every byte of the file; empty when no text is found.

    Call it inside a unit of work, which keeps writers away from the file. Takes a few times the
    file's size in memory.
    """
    findings = [*_unknown(store)]
    for table in TABLES:
        for column in table.columns:
            findings += _values(store, table.name, column)
    return (*findings, *_residue(file.read_bytes()))


def _retention(limit: Limit) -> str:
    if limit.seconds is None:
        return limit.since
    hours = limit.seconds // 3600
    return (
        f"{hours} hours after {limit.since}"
        if hours <= 72
        else (f"{hours // 24} days after {limit.since}")
    )


def _unknown(store: Store) -> Iterator[Finding]:
    """Tables and columns that are not described, or have another type than described."""
    known = {table.name: table for table in TABLES}
    names = store.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    for (name,) in names.fetchall():
        table = known.get(name)
        if table is None:
            yield Finding(name, "is not a table of duider")
            continue
        yield from _unknown_columns(store, table)


def _unknown_columns(store: Store, table: Table) -> Iterator[Finding]:
    types = {column.name: column.type for column in table.columns}
    for row in store.execute(f"PRAGMA table_xinfo({table.name})").fetchall():
        if types.get(row[1]) != row[2]:
            yield Finding(f"{table.name}.{row[1]}", "is not a column of duider, or of another type")


def _values(store: Store, table: str, column: Column) -> Iterator[Finding]:
    """Values of another kind or length than the column's."""
    name = column.name
    # Table and column names are ours, from storage.tables.
    if column.type == "TEXT":
        wrong = f"typeof({name}) <> 'text' OR {name} GLOB '*[^a-z0-9_:.]*'"
    elif column.type == "BLOB":
        wrong = f"typeof({name}) NOT IN ('blob', 'null') OR length({name}) <> {column.length}"
    else:
        wrong = f"typeof({name}) NOT IN ('integer', 'null')"
    (count,) = store.execute(f"SELECT count(*) FROM {table} WHERE {wrong}").fetchone()  # noqa: S608
    if count:
        yield Finding(f"{table}.{name}", f"{count} values are not what the column is for")


def _residue(raw: bytes) -> Iterator[Finding]:
    """Text in the bytes of the file that belongs to no stored value.

    Of the same bytes a copy is rewritten in memory, which keeps the stored values alone; a run
    of letters that the copy does not have was left behind.
    """
    with closing(sqlite3.connect(":memory:")) as copy:
        copy.deserialize(raw)
        copy.execute("VACUUM")
        clean = copy.serialize()
    left = sum(1 for run in _TEXT.finditer(raw) if run.group()[_EDGE:-_EDGE] not in clean)
    if left:
        yield Finding("the database file", f"{left} runs of letters outside the stored values")
