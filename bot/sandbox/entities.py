"""Formatted text: entities counted in UTF-16 units, checked as Telegram checks them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.sandbox.refusals import bad
from bot.sandbox.shapes import Json, JsonObject, as_array, as_integer, as_object, as_text

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
MOST_ENTITIES = 100

_KINDS = frozenset(
    "mention hashtag cashtag bot_command url email phone_number bold italic underline "
    "strikethrough spoiler blockquote expandable_blockquote code pre text_link text_mention "
    "custom_emoji date_time".split()
)
_DETAILS = ("url", "user", "language", "custom_emoji_id", "unix_time", "date_time_format")
_OPAQUE = frozenset({"code", "pre", "text_link", "text_mention", "date_time"})
_AUTOMATIC = (
    ("url", re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]]")),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("bot_command", re.compile(r"(?<![\w/@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{2,31})?(?![/\w])")),
    ("mention", re.compile(r"(?<![\w@/.])@[A-Za-z]\w{3,31}(?![\w@])")),
    ("hashtag", re.compile(r"(?<![\w#&])#(?=\w*[^\W\d])\w{1,256}")),
)


@dataclass(frozen=True, slots=True)
class Entity:
    """One stretch of formatting; offset and length in UTF-16 units."""

    kind: str
    offset: int
    length: int
    details: tuple[tuple[str, Json], ...] = ()

    @property
    def end(self) -> int:
        """The unit after the last one."""
        return self.offset + self.length

    def wire(self) -> JsonObject:
        """The entity as the Bot API writes it."""
        wire: JsonObject = {"type": self.kind, "offset": self.offset, "length": self.length}
        wire.update(self.details)
        return wire


@dataclass(frozen=True, slots=True)
class Formatted:
    """Text with its entities."""

    text: str
    entities: tuple[Entity, ...] = ()


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def read_entities(value: Json, text: str) -> Formatted:
    """The text with the entities a client sent beside it, bounds checked."""
    ends = {0}
    position = 0
    for character in text:
        position += 2 if ord(character) > 0xFFFF else 1
        ends.add(position)
    found: list[Entity] = []
    for item in as_array(value):
        entity = _read_entity(as_object(item))
        if entity.length <= 0:
            continue
        if entity.offset < 0 or entity.offset > position:
            raise bad(f"entity begins outside the text at UTF-16 offset {entity.offset}")
        if entity.end > position:
            raise bad(
                f"entity beginning at UTF-16 offset {entity.offset} ends after the end "
                f"of the text at UTF-16 offset {entity.end}"
            )
        if entity.offset not in ends or entity.end not in ends:
            raise bad("entity begins or ends in a middle of a UTF-16 symbol")
        found.append(entity)
    return Formatted(text, tuple(found))


def _read_entity(item: JsonObject) -> Entity:
    kind = as_text(item.get("type"))
    offset, length = as_integer(item.get("offset")), as_integer(item.get("length"))
    if offset is None or length is None:
        raise bad('can\'t parse MessageEntity: Field "offset" must be of type Number')
    if kind not in _KINDS:
        raise bad("can't parse MessageEntity: Unsupported type specified")
    if kind == "text_link" and not as_text(item.get("url")):
        raise bad('can\'t parse MessageEntity: Field "url" must be non-empty')
    details = tuple((name, item[name]) for name in _DETAILS if item.get(name) is not None)
    return Entity(kind, offset, length, details)


def finished(
    draft: Formatted,
    may_be_empty: bool = False,
    longest: int = LONGEST_TEXT,
    too_long: str = "message is too long",
) -> Formatted:
    """The draft as Telegram stores it: trimmed, with automatic entities, limits checked.

    The length counts UTF-16 units, which is never kinder than Telegram.
    """
    text = draft.text.replace("\r", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None
    kept = text.rstrip()
    leading = units(kept) - units(kept.lstrip())
    kept = kept.lstrip()
    if not kept and not may_be_empty:
        raise bad("message text is empty")
    size = units(kept)
    if size > longest:
        raise bad(too_long)
    clipped: list[Entity] = []
    for entity in draft.entities:
        start = min(max(entity.offset - leading, 0), size)
        end = min(max(entity.end - leading, 0), size)
        if end > start:
            clipped.append(replace(entity, offset=start, length=end - start))
    if len(clipped) > MOST_ENTITIES:
        raise bad("ENTITIES_TOO_LONG")
    return Formatted(kept, ordered([*clipped, *automatic(kept, clipped)])[:MOST_ENTITIES])


def ordered(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Entities in Telegram's order: by start, the longest first."""
    return tuple(sorted(entities, key=lambda entity: (entity.offset, -entity.length)))


def automatic(text: str, taken: Iterable[Entity] = ()) -> tuple[Entity, ...]:
    """The links, commands, mentions and hashtags that Telegram marks by itself."""
    occupied = [(entity.offset, entity.end) for entity in taken if entity.kind in _OPAQUE]
    found: list[Entity] = []
    for kind, pattern in _AUTOMATIC:
        for match in pattern.finditer(text):
            start = units(text[: match.start()])
            entity = Entity(kind, start, units(match.group()))
            if not any(start < end and begin < entity.end for begin, end in occupied):
                found.append(entity)
                occupied.append((start, entity.end))
    return ordered(found)
