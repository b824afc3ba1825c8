"""A flow is drawn from its compiled machine."""

from __future__ import annotations

import re

import pytest

from flows.diagram import mermaid
from tests.talk import library


@pytest.mark.parametrize("flow", library().flows)
def test_every_state_and_road_is_drawn(flow: str) -> None:
    """Each state is a node, each transition of the machine a line."""
    compiled = library().compiled[flow]
    drawn = mermaid(compiled)
    for name in compiled.flow.states:
        assert re.search(rf"^    s_{name}\W", drawn, re.MULTILINE)
    for source, _, target, guarded in compiled.edges():
        arrow = r"-\.->" if guarded else "-->"
        assert re.search(rf"^    s_{source} {arrow}(\|[^|]*\|)? s_{target}$", drawn, re.MULTILINE)


def test_a_drawing_reads_like_the_flow() -> None:
    """The entry, the ends, and what each answer leads to are marked."""
    lines = mermaid(library().compiled["act_now"]).splitlines()
    assert lines[:2] == ["flowchart TD", '    entry(("act_now"))']
    assert "    entry --> s_now" in lines
    assert '    s_handled(["handled"])' in lines
    assert "    s_now -->|not_acute| s_soon" in lines
    assert lines[-1] == "    class s_handled,s_waiting over"


def test_a_call_is_a_subroutine() -> None:
    """A call shows which flow it runs."""
    assert '    s_act_now[["act_now: act_now"]]' in mermaid(library().compiled["interpret"])
