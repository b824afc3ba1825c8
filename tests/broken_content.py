"""Broken contents: each a file, or a folder of files, with what `duider check` says of it.

A file is one small flow called ``broken``; its first lines say ``# expected: …``. A folder holds
the files of a content folder, ``en.toml`` with English texts by context if any, and
``expected.txt``. Sources, templates and, unless the folder has one, the history are added.
"""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import replace
from pathlib import Path

from flows.checks import check, translations
from flows.history import extended, shape_of
from flows.loader import CONTENT, ContentError, load
from flows.places import Catalogues

BROKEN = Path(__file__).parent / "broken"
MARK = "# expected: "
BESIDE = ("en.toml", "expected.txt")


def names() -> list[str]:
    """The names of the broken contents."""
    return sorted(path.name for path in BROKEN.iterdir())


def expected(name: str) -> list[str]:
    """The messages that a broken content must give, in order."""
    path = BROKEN / name
    if path.is_dir():
        return (path / "expected.txt").read_text(encoding="utf-8").splitlines()
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix(MARK) for line in lines if line.startswith(MARK)]


def told(name: str, folder: Path) -> list[str]:
    """The messages that a broken content gives, made whole in an empty folder."""
    catalogues = _copied(BROKEN / name, folder)
    for beside in ("sources.toml", "templates.toml"):
        shutil.copy(CONTENT / beside, folder)
    own = (folder / "history.toml").exists()
    if not own:
        (folder / "history.toml").write_text("", encoding="utf-8")
    try:
        content = load(folder)
    except ContentError as error:
        return [str(fault) for fault in error.faults]
    if own:
        # Only what the history says of the broken flow is on trial.
        templates = {f"template:{name}": -n for n, name in enumerate(content.templates)}
        content = replace(content, numbers={**content.numbers, **templates})
    else:
        content = replace(content, numbers=extended(content))
    shapes = {flow.id: (flow.version, shape_of(flow)) for flow in content.flows.values()}
    content = replace(content, shapes={**shapes, **content.shapes})
    return [str(fault) for fault in check(content, catalogues)]


def _copied(source: Path, folder: Path) -> Catalogues:
    english = dict(translations()["en"])
    if source.is_file():
        shutil.copy(source, folder / "broken.toml")
        return {"en": english}
    for path in source.iterdir():
        if path.name not in BESIDE:
            shutil.copy(path, folder)
    if (source / "en.toml").exists():
        english |= tomllib.loads((source / "en.toml").read_text(encoding="utf-8"))
    return {"en": english}
