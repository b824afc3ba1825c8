"""The numbers under which ids are stored: given once, for ever, in ``content/history.toml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flows.model import Flow, Template


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words such as ``state:interpret.visibility`` and the numbers that stand for them."""

    numbers: Mapping[str, int]
    words: Mapping[int, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", {number: word for word, number in self.numbers.items()})

    def number(self, word: str) -> int:
        """The number of a word; KeyError when it was never released."""
        return self.numbers[word]

    def word(self, number: int) -> str:
        """The word of a number; KeyError when there is none."""
        return self.words[number]


def words_of(flows: Mapping[str, Flow], templates: Mapping[str, Template]) -> Iterator[str]:
    """Every word that content needs a number for, in a stable order."""
    for flow in flows.values():
        yield f"flow:{flow.id}"
        for state_id, state in flow.states.items():
            yield f"state:{flow.id}.{state_id}"
            for choice in state.choices:
                yield f"choice:{flow.id}.{state_id}.{choice.id}"
    for template_id in templates:
        yield f"template:{template_id}"
