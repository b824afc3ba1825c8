"""The parameters of one Bot API call, however the client encoded them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from aiohttp import web

from bot.sandbox.refusals import bad
from bot.sandbox.shapes import Json, JsonObject, as_flag, as_integer


class Parameters(Mapping[str, Json]):
    """Named values; strings that hold JSON are read as JSON where an object is expected."""

    def __init__(self, values: JsonObject) -> None:
        """Keeps the values as the client sent them."""
        self._values = values

    def __getitem__(self, name: str) -> Json:
        """The value as it was sent."""
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        """The names that were sent."""
        return iter(self._values)

    def __len__(self) -> int:
        """How many values were sent."""
        return len(self._values)

    def text(self, name: str) -> str:
        """A string, empty when absent."""
        value = self._values.get(name)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str | int | float):
            return str(value)
        return json.dumps(value)

    def integer(self, name: str) -> int | None:
        """A whole number, or nothing when absent or not a number."""
        return as_integer(self._values.get(name))

    def flag(self, name: str) -> bool:
        """A boolean as Telegram reads it; absent means false."""
        return as_flag(self._values.get(name))

    def structure(self, name: str) -> Json:
        """An object or array, also when it was sent as a JSON string."""
        value = self._values.get(name)
        if isinstance(value, str):
            if not value.strip():
                return None
            try:
                parsed: Json = json.loads(value)
            except ValueError:
                raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None
            return parsed
        return value


async def read_parameters(request: web.Request) -> Parameters:
    """Reads the query string and a JSON, form or multipart body, the body going first.

    Raises a refusal with code 400 when a JSON body cannot be read.
    """
    values: JsonObject = dict(request.query)
    if request.method != "POST":
        return Parameters(values)
    if request.content_type == "application/json":
        try:
            body: Json = await request.json()
        except ValueError:
            raise bad("can't parse request JSON object") from None
        if not isinstance(body, dict):
            raise bad("can't parse request JSON object")
        values.update(body)
    else:
        for name, value in (await request.post()).items():
            values[name] = value if isinstance(value, str) else None
    return Parameters(values)
