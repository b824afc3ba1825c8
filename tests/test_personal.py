"""Recognising typed personal data: invented numbers that are well formed."""

from __future__ import annotations

import pytest

from bot.personal import looks_personal


@pytest.mark.parametrize(
    "text",
    [
        "111222333",
        "111 222 333",
        "bsn 1112.22.333 van hem",
        "bel 06 12345678",
        "bel 06-12345678",
        "+31 6 12345678",
        "0031612345678",
        "020 624 1111",
        "iemand@voorbeeld.nl",
        "Iemand.Anders+oefening@voorbeeld.example.org!",
        "NL91 ABNA 0417 1643 00",
        "nl91abna0417164300",
    ],
)
def test_personal(text: str) -> None:
    """Citizen numbers, phone numbers, addresses of mail and bank accounts are recognised."""
    assert looks_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "1, 3 en 5",
        "9999",
        "12-3",
        "12-03-2027",
        "2027-03-12",
        "12.03.2027",
        "111222334",
        "Bellen met de mentor.",
        "om 14:30 op het plein",
        "@ zonder adres",
        "NL00 NIET ECHT 0000",
        "112",
        "bel 112",
    ],
)
def test_not_personal(text: str) -> None:
    """Answers, dates, times and ordinary lines are left alone."""
    assert not looks_personal(text)


def test_only_the_beginning() -> None:
    """A long text costs no more than its first 256 characters."""
    assert not looks_personal("a" * 300 + " iemand@voorbeeld.nl")
    assert looks_personal("iemand@voorbeeld.nl " + "1" * 100_000)
