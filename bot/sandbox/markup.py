"""Telegram's HTML style, read with the refusals that Telegram gives."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.sandbox.entities import Entity, Formatted, ordered, units
from bot.sandbox.refusals import Refusal, bad
from bot.sandbox.shapes import Json

_SIMPLE = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline",
    "ins": "underline", "s": "strikethrough", "strike": "strikethrough",
    "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler", "code": "code",
    "pre": "pre", "blockquote": "blockquote", "a": "text_link", "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_SPACE = " \t\n\r\f\v"
_END = "\0"


def parse_html(source: str) -> Formatted:
    """The text and entities of an HTML-style message; raises a refusal with code 400."""
    return _Reader(source.replace(_END, "")).read()


def _fault(words: str) -> Refusal:
    return bad(f"can't parse entities: {words}")


@dataclass(slots=True)
class _Tag:
    """One tag that is still open."""

    name: str
    start: int
    attributes: dict[str, str]


@dataclass(slots=True)
class _Reader:
    """Walks the source once; `place` is the character under the finger."""

    source: str
    place: int = 0
    size: int = 0
    text: list[str] = field(default_factory=list)
    found: list[Entity] = field(default_factory=list)
    open: list[_Tag] = field(default_factory=list)

    def read(self) -> Formatted:
        """The whole message."""
        while (character := self._here()) != _END:
            if character == "<":
                self._tag()
            elif character == "&":
                self._write(self._reference())
            else:
                self._write(character)
                self.place += 1
        if self.open:
            name = self.open[-1].name
            raise _fault(f'Can\'t find end tag corresponding to start tag "{name}"')
        plain = (replace(mark, details=()) if mark.kind == "code" else mark for mark in self.found)
        return Formatted("".join(self.text), ordered(plain))

    def _here(self) -> str:
        return self.source[self.place] if self.place < len(self.source) else _END

    def _byte(self, place: int) -> int:
        return len(self.source[:place].encode("utf-8", "replace"))

    def _write(self, piece: str) -> None:
        self.text.append(piece)
        self.size += units(piece)

    def _reference(self) -> str:
        """One `&name;` or `&#number;`; anything else stands for itself."""
        end = self.source.find(";", self.place, self.place + 12)
        name = self.source[self.place + 1 : end] if end > 0 else ""
        character = _NAMED.get(name)
        if name.startswith("#"):
            digits, base = (name[2:], 16) if name[1:2] in {"x", "X"} else (name[1:], 10)
            try:
                number = int(digits, base)
            except ValueError:
                number = 0
            if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000:
                character = chr(number)
        if character is None:
            self.place += 1
            return "&"
        self.place = end + 1
        return character

    def _skip_space(self) -> None:
        while self._here() in _SPACE:
            self.place += 1

    def _until(self, stops: str) -> str:
        start = self.place
        while self._here() != _END and self._here() not in stops:
            self.place += 1
        return self.source[start : self.place]

    def _tag(self) -> None:
        begin = self.place
        self.place += 1
        if self._here() == "/":
            self._end_tag(begin)
            return
        name = self._until(_SPACE + ">").lower()
        if self._here() == _END:
            raise _fault(f"Unclosed start tag at byte offset {self._byte(begin)}")
        if name not in _SIMPLE:
            raise _fault(f'Unsupported start tag "{name}" at byte offset {self._byte(begin)}')
        attributes = self._attributes(name, begin)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _fault(
                f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}'
            )
        self.open.append(_Tag(name, self.size, attributes))

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            self._skip_space()
            if self._here() == ">":
                self.place += 1
                return attributes
            name = self._until(_SPACE + "=>")
            if not name and self._here() != _END:
                raise _fault(
                    f'Empty attribute name in the tag "{tag}" at byte offset {self._byte(begin)}'
                )
            self._skip_space()
            value = ""
            if self._here() == "=":
                self.place += 1
                self._skip_space()
                value = self._value()
            if self._here() == _END:
                raise _fault(f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}')
            attributes[name.lower()] = value

    def _value(self) -> str:
        quote = self._here()
        if quote not in "'\"":
            begin = self.place
            while self._here().isalnum() or self._here() in ".-_":
                self.place += 1
            if self._here() not in _SPACE + ">" + _END:
                raise _fault(f"Unexpected end of name token at byte offset {self._byte(begin)}")
            return self.source[begin : self.place].lower()
        self.place += 1
        pieces: list[str] = []
        while self._here() not in {quote, _END}:
            if self._here() == "&":
                pieces.append(self._reference())
            else:
                pieces.append(self._here())
                self.place += 1
        self.place += 1
        return "".join(pieces)

    def _end_tag(self, begin: int) -> None:
        if not self.open:
            raise _fault(f"Unexpected end tag at byte offset {self._byte(begin)}")
        self.place += 1
        name = self._until(_SPACE + ">").lower()
        self._skip_space()
        if self._here() != ">":
            raise _fault(f"Unclosed end tag at byte offset {self._byte(begin)}")
        self.place += 1
        tag = self.open.pop()
        if name and name != tag.name:
            raise _fault(
                f"Unmatched end tag at byte offset {self._byte(begin)}, "
                f'expected "</{tag.name}>", found "</{name}>"'
            )
        if self.size > tag.start:
            self._close(tag)

    def _close(self, tag: _Tag) -> None:
        length = self.size - tag.start
        kind, details = _meaning(tag, "".join(self.text)[-length:])
        if kind is None:
            return
        inner = self.found[-1] if self.found else None
        whole = ("code", tag.start, length)
        if kind == "pre" and inner and (inner.kind, inner.offset, inner.length) == whole:
            self.found.pop()
            details = inner.details
        self.found.append(Entity(kind, tag.start, length, details))


def _meaning(tag: _Tag, inner: str) -> tuple[str | None, tuple[tuple[str, Json], ...]]:
    """The kind of entity a closed tag stands for, with what it carries."""
    kind = _SIMPLE[tag.name]
    given = tag.attributes
    if tag.name == "a":
        url = given.get("href") or inner
        if "://" not in url and "." in url:
            url = f"http://{url}"
        valid = "://" in url or url.startswith(("mailto:", "tel:"))
        return (kind, (("url", url),)) if valid else (None, ())
    if tag.name == "blockquote" and "expandable" in given:
        return "expandable_blockquote", ()
    if tag.name == "code" and given.get("class", "").startswith("language-"):
        return kind, (("language", given["class"].removeprefix("language-")),)
    if tag.name == "tg-emoji":
        return kind, (("custom_emoji_id", given.get("emoji-id", "")),)
    if tag.name == "tg-time":
        if not given.get("unix", "").isdecimal():
            return None, ()
        shape = given.get("format", "")
        extra: tuple[tuple[str, Json], ...] = (("date_time_format", shape),) if shape else ()
        return kind, (("unix_time", int(given["unix"])), *extra)
    return kind, ()
