"""What typed text asks of a session: events, or the remark that answers it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.memory import Words
from bot.personal import looks_personal
from bot.typed import CONTROLS, NOT_READ, Typed
from flows.events import Event, Given
from flows.library import Library
from flows.session import Answer, AnswerKind, Mode
from flows.view import view
from storage.sessions import StoredSession

LONGEST_WORDS = 200


class Reading:
    """Reads text on the screen a session is at; words asked for are kept in memory."""

    def __init__(self, library: Library, typed: Typed, words: Words) -> None:
        self._library = library
        self._typed = typed
        self._words = words

    def read(self, text: str, stored: StoredSession, today: int) -> Sequence[Event] | str:
        """The events that text asks for, or the template of the remark when it asks for none."""
        seen = view(stored.session, self._library)
        actions = self._typed.actions(text, seen)
        if seen.wants and stored.session.frame.mode is Mode.ASK:
            options = {option.action for option in seen.options}
            asked = [one for one in actions if one in options or one.verb in CONTROLS]
            return asked or self._value(text, seen.wants, stored, today)
        if actions:
            return actions
        return "text_personal" if looks_personal(text) else "notice_not_understood"

    def _value(
        self, text: str, wants: str, stored: StoredSession, today: int
    ) -> Sequence[Event] | str:
        if wants == "words":
            return self._own_words(text, stored)
        if wants == "number":
            number = self._typed.number(text)
            answer = None if number is None else Answer(AnswerKind.NUMBER, number=number)
        else:
            day = self._typed.day(text, today)
            answer = None if day is None else Answer(AnswerKind.DATE, number=day)
        if answer is not None:
            return (Given(answer),)
        return "text_personal" if looks_personal(text) else NOT_READ[wants]

    def _own_words(self, text: str, stored: StoredSession) -> Sequence[Event] | str:
        if len(text) > LONGEST_WORDS:
            return "notice_too_long"
        if looks_personal(text):
            return "notice_personal"
        frame = stored.session.frame
        self._words.keep(stored.nonce, f"{frame.flow}.{frame.state}", text.strip())
        return (Given(Answer(AnswerKind.WORDS)),)


def lost_words(stored: StoredSession, words: Words) -> frozenset[str]:
    """The states of the running flow whose words were given and are no longer in memory."""
    frame = stored.session.frame
    held = words.of(stored.nonce)
    return frozenset(
        state
        for state, answer in frame.answers.items()
        if answer.kind is AnswerKind.WORDS and f"{frame.flow}.{state}" not in held
    )
