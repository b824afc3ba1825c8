"""The rooms of the house keep to their doors."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("bot", "flows", "storage", "tests")
LONGEST = 300
NAMELESS = {"utils", "util", "helpers", "helper", "base", "manager", "common", "misc"}
DOORS = {
    "aiogram": {"bot/listener.py", "bot/incoming.py"},
    "telegram": {"bot/speaker.py", "bot/transport.py", "bot/schedule.py", "bot/refusals.py"},
    "sqlite_utils": {"storage/"},
    "transitions": {"flows/machine.py"},
}
"""Which modules may import a library that has one job."""

STORAGE_MAY_KNOW = {"flows.session", "flows.model", "flows.vocabulary"}


def modules(*rooms: str) -> list[Path]:
    """The modules of some rooms."""
    return [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]


def name_of(path: Path) -> str:
    """The path of a module inside the house."""
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """Every module that a module imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def roots(path: Path) -> set[str]:
    """The packages that a module imports."""
    return {name.partition(".")[0] for name in imports(path)}


@pytest.mark.parametrize("library", DOORS)
def test_a_library_has_one_door(library: str) -> None:
    """A library that has one job is imported only where that job is done."""
    found = {name_of(path) for path in modules("bot", "flows", "storage") if library in roots(path)}
    strangers = {name for name in found if not name.startswith(tuple(DOORS[library]))}
    assert strangers == set()
    assert found


@pytest.mark.parametrize("path", modules("flows"), ids=name_of)
def test_flows_know_nobody(path: Path) -> None:
    """Flows import nothing of ours, no network and no clock."""
    assert roots(path) & {"bot", "storage", "tests"} == set()
    assert roots(path) & {"asyncio", "socket", "time", "datetime", "random", "sqlite3"} == set()


@pytest.mark.parametrize("path", modules("storage"), ids=name_of)
def test_storage_knows_only_what_is_stored(path: Path) -> None:
    """Storage imports from flows only sessions, models and the vocabulary, and never the bot."""
    known = {name for name in imports(path) if name.startswith("flows")}
    strangers = {
        name for name in known if not any(name.startswith(may) for may in STORAGE_MAY_KNOW)
    }
    assert strangers <= {"flows"}
    assert roots(path) & {"bot", "tests"} == set()


@pytest.mark.parametrize("path", modules("bot"), ids=name_of)
def test_the_bot_needs_no_tests(path: Path) -> None:
    """The product does not import its tests."""
    assert "tests" not in roots(path)


@pytest.mark.parametrize("path", modules("bot", "flows", "storage"), ids=name_of)
def test_a_module_is_one_idea(path: Path) -> None:
    """A module of the product is short."""
    assert path.read_text(encoding="utf-8").count("\n") <= LONGEST


@pytest.mark.parametrize("path", modules(*OURS), ids=name_of)
def test_a_module_has_a_name_of_its_own(path: Path) -> None:
    """The name of a module says what it is about, not that it helps."""
    assert set(path.stem.split("_")) & NAMELESS == set()


@pytest.mark.parametrize("path", modules(*OURS), ids=name_of)
def test_a_module_says_its_purpose(path: Path) -> None:
    """Every module has a docstring."""
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("test_*.py")), ids=name_of)
def test_a_test_says_its_purpose(path: Path) -> None:
    """Every test has a docstring of one sentence."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            told = (ast.get_docstring(node) or "").rstrip().endswith(".")
            assert told or not node.name.startswith("test_"), node.name
