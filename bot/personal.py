"""Recognises typed personal data, so that the answer can say so; nothing found is kept or shown."""

from __future__ import annotations

import re

import phonenumbers
from stdnum import iban
from stdnum.exceptions import ValidationError
from stdnum.nl import bsn

LONGEST = 256
_MAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,80}\.[a-z]{2,12}\b", re.IGNORECASE)
_BSN = re.compile(r"(?<!\d)\d(?:[ .-]?\d){7,8}(?!\d)")
_DATE = re.compile(r"(?:\d{1,2}[-/. ]\d{1,2}[-/. ]\d{4}|\d{4}[-/. ]\d{1,2}[-/. ]\d{1,2})")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b", re.IGNORECASE)


def looks_personal(text: str) -> bool:
    """Whether text holds what looks like a citizen number, phone number, e-mail or bank account.

    Looks at the first 256 characters. Dates are no citizen numbers.
    """
    text = text[:LONGEST]
    return bool(_MAIL.search(text)) or _has_bsn(text) or _has_iban(text) or _has_phone(text)


def _has_bsn(text: str) -> bool:
    return any(
        not _DATE.fullmatch(match[0]) and bsn.is_valid(match[0].replace(".", ""))
        for match in _BSN.finditer(text)
    )


def _has_iban(text: str) -> bool:
    for match in _IBAN.finditer(text):
        try:
            iban.validate(match[0])
        except ValidationError:
            continue
        return True
    return False


def _has_phone(text: str) -> bool:
    return any(True for _ in phonenumbers.PhoneNumberMatcher(text, "NL"))
