"""Text as Telegram reads it: HTML, entities, automatic links, limits."""

from __future__ import annotations

import pytest

from bot.sandbox.entities import Formatted, finished, read_entities
from bot.sandbox.markup import parse_html
from bot.sandbox.refusals import Refusal
from bot.sandbox.shapes import Json


def _marks(formatted: Formatted) -> list[tuple[str, int, int]]:
    return [(mark.kind, mark.offset, mark.length) for mark in formatted.entities]


@pytest.mark.parametrize(
    ("source", "text", "marks"),
    [
        ("<b>a</b><strong>b</strong>", "ab", [("bold", 0, 1), ("bold", 1, 1)]),
        ("<i>a</i><em>b</em>", "ab", [("italic", 0, 1), ("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [("underline", 0, 1), ("underline", 1, 1)]),
        ("<s>a</s><strike>b</strike><del>c</del>", "abc",
         [("strikethrough", 0, 1), ("strikethrough", 1, 1), ("strikethrough", 2, 1)]),
        ("<tg-spoiler>a</tg-spoiler><span class='tg-spoiler'>b</span>", "ab",
         [("spoiler", 0, 1), ("spoiler", 1, 1)]),
        ("🏟<B>➡️</B >", "🏟➡️", [("bold", 2, 2)]),
        ("<blockquote>a</blockquote><blockquote expandable>b</blockquote>", "ab",
         [("blockquote", 0, 1), ("expandable_blockquote", 1, 1)]),
        ('<pre><code class="language-py">a</code></pre>', "a", [("pre", 0, 1)]),
        ("<pre>a</pre><code>b</code>", "ab", [("pre", 0, 1), ("code", 1, 1)]),
        ('<a href="https://voorbeeld.example/?a&amp;b">x</a>', "x", [("text_link", 0, 1)]),
        ("<a>geen adres</a>", "geen adres", []),
        ('<tg-time unix="1767225600" format="wDT">nu</tg-time>', "nu", [("date_time", 0, 2)]),
        ('<tg-emoji emoji-id="5">👍</tg-emoji>', "👍", [("custom_emoji", 0, 2)]),
        ("<b>a<i>b</b", None, []),
        ("&lt;&#65;&#x42;&amp;&quot;&ge;& a<b></b>", '<AB&"&ge;& a', []),
    ],
)  # fmt: skip
def test_html_is_read(source: str, text: str | None, marks: list[tuple[str, int, int]]) -> None:
    """Each tag gives its entity, counted in UTF-16 units."""
    if text is None:
        with pytest.raises(Refusal):
            parse_html(source)
        return
    formatted = parse_html(source)
    assert formatted.text == text
    assert _marks(formatted) == marks


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("🏟 🏟&lt;<abac>", 'Unsupported start tag "abac" at byte offset 13'),
        ("🏟 🏟&lt;<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'),
        ("🏟 🏟&lt;<i    aba>", 'Can\'t find end tag corresponding to start tag "i"'),
        ("🏟 🏟&lt;<i    aba  =  ", 'Unclosed start tag "i" at byte offset 13'),
        ("🏟 🏟&lt;<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 27"),
        ("🏟 🏟&lt;<i    aba  =  '&lt;>", 'Unclosed start tag "i" at byte offset 13'),
        ("🏟 🏟&lt;</", "Unexpected end tag at byte offset 13"),
        ("🏟 🏟&lt;<b></b></", "Unexpected end tag at byte offset 20"),
        ("🏟 🏟&lt;<i>a</i   ", "Unclosed end tag at byte offset 17"),
        ("🏟 🏟&lt;<i>a</em   >",
         'Unmatched end tag at byte offset 17, expected "</i>", found "</em>"'),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("1 <2", "Unclosed start tag at byte offset 2"),
        ("<3 & co>", 'Unsupported start tag "3" at byte offset 0'),
    ],
)  # fmt: skip
def test_bad_html_is_refused_in_telegrams_words(source: str, words: str) -> None:
    """The refusal names the fault and its byte offset."""
    with pytest.raises(Refusal) as refused:
        parse_html(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {words}"


@pytest.mark.parametrize(
    ("entity", "words"),
    [
        ({"type": "bold", "offset": 0, "length": 9}, "ends after the end of the text"),
        ({"type": "bold", "offset": 9, "length": 1}, "begins outside the text"),
        ({"type": "bold", "offset": 1, "length": 2}, "in a middle of a UTF-16 symbol"),
        ({"type": "fat", "offset": 0, "length": 1}, "Unsupported type"),
        ({"type": "bold"}, "must be of type Number"),
        ({"type": "text_link", "offset": 0, "length": 2}, "must be non-empty"),
    ],
)
def test_entities_outside_the_text_are_refused(entity: Json, words: str) -> None:
    """Bounds are those of the text in UTF-16 units."""
    with pytest.raises(Refusal, match=words):
        read_entities([entity], "🏟 ab")


def test_text_is_trimmed_and_entities_follow() -> None:
    """Space around the text goes, and entities keep what they cover."""
    draft = Formatted("  \n🏟 vet  \n", parse_html("  \n🏟 <b>vet  </b>\n").entities)
    kept = finished(draft)
    assert kept.text == "🏟 vet"
    assert _marks(kept) == [("bold", 3, 3)]


def test_limits_of_text() -> None:
    """1 to 4096 UTF-16 units after parsing, at most 100 entities."""
    assert finished(Formatted("a" * 4096)).text
    with pytest.raises(Refusal, match="message is too long"):
        finished(Formatted("a" * 4097))
    with pytest.raises(Refusal, match="message is too long"):
        finished(Formatted("👍" * 2049))
    with pytest.raises(Refusal, match="message text is empty"):
        finished(parse_html("<b> </b>\n"))
    many = parse_html("<b>a</b>b" * 101)
    with pytest.raises(Refusal, match="ENTITIES_TOO_LONG"):
        finished(many)
    with pytest.raises(Refusal, match="UTF-8"):
        finished(Formatted("\ud800"))


def test_automatic_entities() -> None:
    """Commands, mentions, links, addresses and hashtags are marked, but not inside code."""
    text = "/duiden en /stop@duider_bot @sanne_v x@y.nl https://a.nl/b. #oefening 1/2 a/b"
    assert [(mark.kind, text[mark.offset :][: mark.length]) for mark in
            finished(Formatted(text)).entities] == [
        ("bot_command", "/duiden"),
        ("bot_command", "/stop@duider_bot"),
        ("mention", "@sanne_v"),
        ("email", "x@y.nl"),
        ("url", "https://a.nl/b"),
        ("hashtag", "#oefening"),
    ]  # fmt: skip
    assert _marks(finished(parse_html("<code>/stop</code>"))) == [("code", 0, 5)]
