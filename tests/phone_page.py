"""The sandbox's page in a real browser, used as a person would: on a phone-sized window."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Error, Page

WIDTH, HEIGHT = 390, 844
PATIENCE_MS = 15_000
START_MS = 60_000
"""Until the bot runs and everybody is invited."""
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update"
).split()
SCREENSHOTS = os.environ.get("BROWSER_SCREENSHOTS", "")
"""A folder for pictures to look at; none are made without it."""

# What the bot shows: text and buttons of its messages, without those on their way out.
_SEEN = """() => [...document.querySelectorAll('#messages li[data-bot]:not(.leaving)')]
    .map((one) => one.textContent).join('\\n')"""
_BUTTONS = """() => {
    const with_keys = [...document.querySelectorAll('#messages li[data-bot]:not(.leaving)')]
        .filter((one) => one.querySelector('[data-button]'));
    const last = with_keys.at(-1);
    return last ? [...last.querySelectorAll('[data-button]')].map((b) => b.dataset.button) : [];
}"""


class PhonePage:
    """One person's phone on the page."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name
        self.faults: list[str] = []
        self._pictures = 0
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._console)
        page.on("pageerror", self._error)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(message.text)

    def _error(self, error: Error) -> None:
        self.faults.append(str(error))

    def open(self, url: str, person: str, language: str = "nl") -> None:
        """Choose the page's language, then a person from the list."""
        self.page.goto(url)
        self.page.locator(f"[data-language={language}]").click()
        self.page.locator(f"[data-person={person}]").click()

    def start(self) -> None:
        """The start button, once the person's invite is there."""
        self.page.locator("#start:enabled").wait_for(timeout=START_MS)
        self._and_wait(lambda: self.page.locator("#start").click())

    def seen(self) -> str:
        """All that the bot shows."""
        return str(self.page.evaluate(_SEEN))

    def screen(self) -> str:
        """The text of the bot's last message."""
        return self.page.locator("#messages li[data-bot]:not(.leaving) .text").last.inner_text()

    def buttons(self) -> list[str]:
        """The labels of the last message that has buttons."""
        return [str(label) for label in self.page.evaluate(_BUTTONS)]

    def tap(self, label: str) -> None:
        """Tap the last button with that label, and wait for what it does."""
        button = self.page.locator(f'#messages li:not(.leaving) [data-button="{label}"]').last
        self._and_wait(button.click)

    def type(self, text: str) -> None:
        """Type and send, and wait for what it does."""
        self.page.locator("#composer").fill(text)
        self._and_wait(lambda: self.page.locator("#composer").press("Enter"))

    def until(self, text: str) -> None:
        """Wait until the bot shows a text."""
        self.page.locator("#messages li[data-bot] .text", has_text=text).last.wait_for()

    def picture(self, what: str) -> None:
        """A screenshot for people, when somebody asked for them."""
        if SCREENSHOTS:
            self._pictures += 1
            file = f"{self.name}-{self._pictures:02d}-{what}.png"
            self.page.screenshot(path=Path(SCREENSHOTS) / file, animations="disabled")

    def _and_wait(self, act: Callable[[], object]) -> None:
        before = self.seen()
        act()
        self.page.wait_for_function(f"(before) => ({_SEEN})() !== before", arg=before)


@contextmanager
def phone_page(browser: Browser, name: str) -> Iterator[PhonePage]:
    """A fresh window; nothing may have gone wrong on the page by the end."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="nl-NL")
    try:
        phone = PhonePage(context.new_page(), name)
        yield phone
        assert phone.faults == []
    finally:
        context.close()
