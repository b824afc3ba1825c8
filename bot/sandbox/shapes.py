"""JSON values as they cross the wire, and narrow ways to read them."""

from __future__ import annotations

from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = "dict[str, Json]"


def as_object(value: Json | None) -> JsonObject:
    """The value when it is a JSON object, otherwise an empty one."""
    return value if isinstance(value, dict) else {}


def as_array(value: Json | None) -> list[Json]:
    """The value when it is a JSON array, otherwise an empty one."""
    return value if isinstance(value, list) else []


def as_text(value: Json | None) -> str:
    """The value when it is a string, otherwise an empty one."""
    return value if isinstance(value, str) else ""


def as_integer(value: Json | None) -> int | None:
    """The value as a whole number, also when written as a string; otherwise nothing."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.lstrip("-").isdecimal():
        return int(value)
    return None


def as_flag(value: Json | None) -> bool:
    """The value as Telegram reads booleans: true, "true", "yes" and "1" hold."""
    if isinstance(value, str):
        return value.strip().lower() in {"true", "yes", "1"}
    return bool(value) and not isinstance(value, list | dict)


def without_nothing(**fields: Json) -> JsonObject:
    """A JSON object of the fields that have a value, as Telegram leaves the others out."""
    return {name: value for name, value in fields.items() if value is not None}
