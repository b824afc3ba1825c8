"""Reads content files into models; every fault names the file and the place.

A flow is one file ``<flow>.toml``, or a folder ``<flow>/`` of files that are read as one:
``flow.toml`` opens it, the others add states and considerations.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from flows.model import Consideration, Flow, Ident, Source, State, Template

CONTENT = Path(__file__).parent / "content"
"""The folder of the content that ships with the product."""

M = TypeVar("M", bound=BaseModel)

APART = frozenset({"history.toml", "sources.toml", "templates.toml"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in content: which file, where in it, what is wrong and how to mend it."""

    file: str
    place: str
    what: str
    mend: str

    def __str__(self) -> str:
        where = f"{self.file}: {self.place}" if self.place else self.file
        return f"{where}: {self.what} — {self.mend}"


class ContentError(Exception):
    """Content that cannot be read at all; carries every fault found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Content:
    """Everything the content folder holds, and which file each state came from."""

    flows: Mapping[str, Flow]
    templates: Mapping[str, Template]
    sources: Mapping[str, Source]
    numbers: Mapping[str, int]
    shapes: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


class _Part(BaseModel):
    """What a further file of a flow folder may hold."""

    model_config = ConfigDict(extra="forbid")
    states: dict[Ident, dict[str, Any]] = {}
    considerations: list[dict[str, Any]] = []


def load(folder: Path = CONTENT) -> Content:
    """Read a content folder; raises ContentError with every fault that stops reading."""
    faults: list[Fault] = []
    flows: dict[str, Flow] = {}
    files: dict[str, str] = {}
    for flow_id, paths in _flow_files(folder):
        parts = [
            (path, read) for path in paths if (read := _read(path, folder, faults)) is not None
        ]
        flow = _assemble(flow_id, parts, folder, faults, files)
        if flow is not None:
            flows[flow.id] = flow
    templates = _entries(folder, "templates", Template, faults)
    sources = _entries(folder, "sources", Source, faults)
    history = _read(folder / "history.toml", folder, faults) or {}
    numbers = {str(word): int(number) for word, number in history.get("numbers", {}).items()}
    shapes = {
        str(flow): (int(entry["version"]), str(entry["shape"]))
        for flow, entry in history.get("shapes", {}).items()
    }
    if faults:
        raise ContentError(faults)
    return Content(flows, templates, sources, numbers, shapes, files)


def _flow_files(folder: Path) -> Iterator[tuple[str, list[Path]]]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            first = path / "flow.toml"
            others = [part for part in sorted(path.glob("*.toml")) if part != first]
            yield path.name, [first, *others]
        elif path.suffix == ".toml" and path.name not in APART:
            yield path.stem, [path]


def _read(path: Path, folder: Path, faults: list[Fault]) -> dict[str, Any] | None:
    name = path.relative_to(folder).as_posix()
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.append(Fault(name, "", "the file is missing", "add it"))
    except UnicodeDecodeError:
        faults.append(Fault(name, "", "the file is not UTF-8 text", "save it as UTF-8"))
    except tomllib.TOMLDecodeError as error:
        faults.append(Fault(name, "", f"this is not TOML: {error}", "mend the named line"))
    return None


def _assemble(
    flow_id: str,
    parts: list[tuple[Path, dict[str, Any]]],
    folder: Path,
    faults: list[Fault],
    files: dict[str, str],
) -> Flow | None:
    if not parts:
        return None
    first_path, head = parts[0]
    first = first_path.relative_to(folder).as_posix()
    before = len(faults)
    states: dict[str, Any] = {}
    considerations: list[Any] = []
    for path, part in parts:
        name = path.relative_to(folder).as_posix()
        if path is not first_path:
            faults += _misfits(_Part, part, name, "")
        for state_id, state in part.get("states", {}).items():
            if state_id in states:
                faults.append(Fault(name, state_id, "this state exists already", "rename one"))
            states[state_id] = state
            files[f"{flow_id}.{state_id}"] = name
            faults += _misfits(State, state, name, state_id)
        for entry in part.get("considerations", []):
            place = f"consideration {entry.get('id', '?')}"
            files[f"{flow_id}.considerations.{entry.get('id')}"] = name
            faults += _misfits(Consideration, entry, name, place)
            considerations.append(entry)
    whole = {**head, "states": states, "considerations": considerations}
    if len(faults) > before:
        bare = {**head, "states": {}, "considerations": []}
        faults += _misfits(Flow, bare, first, "")
        return None
    found = _misfits(Flow, whole, first, "")
    if found:
        faults += found
        return None
    flow = Flow.model_validate(whole)
    if flow.id != flow_id:
        faults.append(
            Fault(first, "", f"the flow calls itself {flow.id}", f"name it {flow_id}, as its file")
        )
    return flow


def _entries(folder: Path, name: str, model: type[M], faults: list[Fault]) -> dict[str, M]:
    file = f"{name}.toml"
    if not (folder / file).exists():
        return {}
    read = _read(folder / file, folder, faults) or {}
    entries: dict[str, M] = {}
    for key, value in read.get(name, {}).items():
        found = _misfits(model, value, file, key)
        faults += found
        if not found:
            entries[key] = model.model_validate(value)
    return entries


def _misfits(model: type[BaseModel], value: object, file: str, place: str) -> list[Fault]:
    """Pydantic's complaints in plain words."""
    try:
        model.model_validate(value)
    except ValidationError as error:
        faults = []
        for item in error.errors(include_url=False, include_input=False, include_context=False):
            where = ".".join(str(part) for part in (place, *item["loc"]) if part != "")
            faults.append(Fault(file, where, *_plain(item["type"], item["msg"])))
        return faults
    return []


def _plain(kind: str, message: str) -> tuple[str, str]:
    match kind:
        case "extra_forbidden":
            return "this key is not known", "remove it, or mend its spelling"
        case "missing":
            return "this key is needed and not there", "add it"
        case "string_pattern_mismatch":
            return "this name has characters that names may not have", "use a-z, 0-9 and _"
        case "enum" | "literal_error":
            return f"this value is not one of the possible ones ({message.lower()})", "choose one"
        case _:
            return message[0].lower() + message[1:], "mend the value"
