"""The sandbox as a municipality tries it: in a browser, with a phone-sized window."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.phone_page import FLAGS, START_MS, PhonePage, phone_page

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
MOST_SCREENS = 120
MOST_TAPS = 5
"""From the command to a sentence that can be said."""
ENDED = {"nl": "Je antwoorden zijn bij mij gewist", "en": "Your answers"}
DONE = {"nl": "Klaar", "en": "Done"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A running Chromium."""
    if not CHROMIUM.exists():
        missing = f"no Chromium at {CHROMIUM}; name one in CHROMIUM"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a sandbox that runs as a child, as `duider sandbox` starts it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: text for name, text in os.environ.items() if not name.startswith("DUIDER_")}
    folder = tmp_path_factory.mktemp("sandbox")
    command = [sys.executable, "-m", "bot", "sandbox"]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(  # noqa: S603 - our own program
            command,
            cwd=ROOT,
            env={**kept, "DUIDER_SANDBOX_PORT": str(port), "TMPDIR": str(folder)},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as child,
    ):
        assert child.stdout is not None
        line = child.stdout.readline()
        assert line.startswith("Sandbox: "), (folder / "log").read_text()
        yield line.removeprefix("Sandbox: ").strip()
        child.terminate()
        assert child.wait(20) == 0
        child.stdout.read()
    assert not list(folder.glob("duider-sandbox-*")), "the temporary folder is left behind"


def _come_on_board(phone: PhonePage) -> None:
    """Start, and through the four screens by the first button of each."""
    phone.start()
    phone.picture("welcome")
    while phone.buttons():
        phone.tap(_first(phone.buttons()))


def _first(labels: list[str]) -> str:
    return next(label for label in labels if re.match(r"1\. ", label))


def _answer(labels: list[str], language: str) -> str:
    """The first thing that can be answered: a button that is not marked yet, then "Klaar"."""
    numbered = [label for label in labels if re.match(r"\d+\. ", label)]
    marked = [label for label in labels if label.startswith("✓")]
    if marked and DONE[language] in labels:
        return DONE[language]
    return numbered[0] if numbered else labels[0]


def _walk(phone: PhonePage, language: str, *, typing: bool) -> list[str]:
    """Answer until there is nothing left to answer; all screens in order."""
    screens: list[str] = []
    while labels := phone.buttons():
        screens.append(phone.screen())
        assert len(screens) < MOST_SCREENS
        if len(screens) == 1:
            label = next(label for label in labels if label.startswith("3. "))
        else:
            label = _answer(labels, language)
        if typing:
            number = re.match(r"(\d+)\. ", label)
            phone.type(number[1] if number else label)
        else:
            phone.tap(label)
        if len(screens) in {1, 2, 3, 15, 30}:
            phone.picture(f"screen-{len(screens)}")
    phone.until(ENDED[language])
    phone.picture("end")
    return screens


def _check_steps(screens: list[str], words: str) -> None:
    """All five steps were walked through."""
    found = {match[0] for screen in screens if (match := re.match(words, screen))}
    assert len(found) == 5, found


def test_route_by_taps(browser: Browser, url: str) -> None:
    """A youth worker walks the whole route in Dutch, tapping only."""
    with phone_page(browser, "taps") as phone:
        phone.open(url, "sanne")
        _come_on_board(phone)
        phone.picture("on-board")
        phone.type("/duiden")
        screens = _walk(phone, "nl", typing=False)
        _check_steps(screens, r"Stap \d van 5")
        cards = phone.page.locator("#messages pre").all_inner_texts()
        assert any("BESLUITEN EN AFSPRAKEN" in card for card in cards)
        phone.page.locator("#scroll").evaluate("(one) => { one.scrollTop = one.scrollHeight / 2 }")
        phone.picture("card")


def test_route_by_typing(browser: Browser, url: str) -> None:
    """Somebody else walks the whole route typing only: numbers and words."""
    with phone_page(browser, "typing") as phone:
        phone.open(url, "noor")
        phone.start()
        for text in ("Nederlands", "verder", "1", "begrepen"):
            phone.type(text)
        phone.type("/duiden")
        screens = _walk(phone, "nl", typing=True)
        _check_steps(screens, r"Stap \d van 5")


def test_route_in_english(browser: Browser, url: str) -> None:
    """A police officer walks the route in English."""
    with phone_page(browser, "english") as phone:
        phone.open(url, "bram", "en")
        phone.start()
        phone.tap("2. English")
        while phone.buttons():
            phone.tap(_first(phone.buttons()))
        phone.type("/interpret")
        screens = _walk(phone, "en", typing=False)
        _check_steps(screens, r"Step \d of 5")


def test_beside_the_question(browser: Browser, url: str) -> None:
    """Why, pause, review and a photo, each as a person meets them in the street."""
    with phone_page(browser, "beside") as phone:
        phone.open(url, "kees")
        _come_on_board(phone)
        phone.type("/duiden")
        phone.tap("Waarom?")
        phone.picture("why")
        phone.tap("1. Naar de vraag")
        phone.tap("3. Nee, nu niet")
        phone.tap("2. Kort: op straat")
        phone.tap("Pauze")
        phone.picture("paused")
        phone.tap("2. Bekijk of wijzig")
        phone.picture("review")
        phone.tap("Naar de vraag")
        phone.page.locator("#attach").click()
        phone.page.get_by_role("menuitem").first.click()
        phone.until("foto")
        phone.picture("photo")
        phone.type("/help")
        phone.picture("help")


def test_script_for_a_conversation(browser: Browser, url: str) -> None:
    """A youth worker has a first sentence within five taps, and then the whole script to copy."""
    with phone_page(browser, "script") as phone:
        phone.open(url, "sanne")
        phone.page.locator("#start:enabled, #messages li[data-bot]").first.wait_for(
            timeout=START_MS
        )
        if not phone.seen():
            _come_on_board(phone)
        phone.type("/deescaleren")
        taps = 0
        while "Stel je vriendelijk voor" not in phone.screen():
            labels = phone.buttons()
            phone.tap("Sla over" if "Sla over" in labels else _first(labels))
            taps += 1
            assert taps <= MOST_TAPS
        phone.picture("first-sentence")
        assert "heb je een minuut?" in phone.screen()
        while phone.buttons():
            labels = phone.buttons()
            offered = any(label.startswith("1. ") for label in labels)
            phone.tap(_first(labels) if offered else "Sla over")
            taps += 1
            assert taps < MOST_SCREENS
        phone.until(ENDED["nl"])
        phone.picture("script")
        script = phone.page.locator("#messages pre").last.inner_text()
        assert script.startswith("Hoi, hoe is het hier?")
        assert "Ik ben jongerenwerker" in script


def test_stranger(browser: Browser, url: str) -> None:
    """A stranger gets one answer and no buttons."""
    with phone_page(browser, "stranger") as phone:
        phone.open(url, "stranger")
        phone.start()
        assert "uitgenodigde professionals" in phone.seen()
        assert phone.buttons() == []
        phone.picture("answer")


def test_reset(browser: Browser, url: str) -> None:
    """Reset empties every chat and invites everybody again."""
    with phone_page(browser, "reset") as phone:
        phone.page.goto(url)
        phone.picture("people")
        phone.page.locator("#reset").click()
        phone.page.locator("dialog[open]").wait_for()
        phone.picture("question")
        phone.page.locator("dialog[open] button").last.click()
        phone.page.locator("dialog[open]").wait_for(state="detached")
        phone.page.locator("[data-person=sanne]").click()
        phone.page.locator("#start").wait_for()
        assert phone.seen() == ""
        phone.start()
        assert "1. Nederlands" in phone.buttons()
