"""What lives in memory only, and how long."""

from __future__ import annotations

from bot.memory import Words

BEFORE, AFTER = b"before", b"after"


def test_words_go_on_with_their_flow() -> None:
    """A flow that goes on in another session keeps its words; those of a flow that ended go."""
    words = Words()
    words.keep(BEFORE, "deescalate.name", "Sanne")
    words.keep(BEFORE, "interpret.own_line", "Ik bel maandag.")
    words.hand_on(BEFORE, AFTER, {"deescalate"})
    words.drop(BEFORE)
    assert dict(words.of(AFTER)) == {"deescalate.name": "Sanne"}
    assert not words.of(BEFORE)
