"""The web page: safe, complete in both languages, readable, and usable in a real browser."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import product

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from bot.sandbox import Sandbox
from bot.sandbox.server import STATIC
from bot.sandbox.shapes import Json, as_array, as_integer, as_object, as_text
from tests.sandbox_client import RawBot, raw_bot

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here")

HOSTILE = '<img src=x onerror="document.title=1"> & <b>vet</b>'


def _scripts() -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in STATIC.glob("*.js")}


def test_the_page_never_parses_text_as_html() -> None:
    """No script uses a way to turn text into elements or code."""
    for name, script in _scripts().items():
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script
        ), name


def test_the_page_is_complete_in_itself() -> None:
    """Nothing is fetched from elsewhere and nothing is inline, so the policy can be strict."""
    page = (STATIC / "index.html").read_text("utf-8")
    for address in re.findall(r'(?:src|href)="([^"]*)"', page):
        assert (STATIC / address.removeprefix("/static/")).is_file(), address
    assert not re.search(r"<style|style=|\son\w+=|<script(?! type=\"module\" src)", page)
    for sheet in STATIC.glob("*.css"):
        for address in re.findall(r'url\("([^"]*)"\)', sheet.read_text("utf-8")):
            assert (STATIC / address.removeprefix("/static/")).is_file(), address


def test_scripts_find_the_elements_they_ask_for() -> None:
    """Each id that a script looks up is in the page."""
    page = (STATIC / "index.html").read_text("utf-8")
    known = set(re.findall(r'\bid="([\w-]+)"', page))
    for name, script in _scripts().items():
        for asked in re.findall(r'(?:getElementById|\bat)\("([\w-]+)"\)', script):
            assert asked in known, (name, asked)


def test_both_languages_have_every_word() -> None:
    """Dutch and English have the same words, and the page asks for no others."""
    scripts = _scripts()
    block = re.compile(r"^const \w\w = \{\n(.*?)^\};", re.DOTALL | re.MULTILINE)
    dutch, english = block.findall(scripts["words.js"])
    key = re.compile(r"^ {2,4}(\w+):", re.MULTILINE)
    assert key.findall(dutch) == key.findall(english)
    page = (STATIC / "index.html").read_text("utf-8")
    asked = re.findall(r'data-(?:word|label)="(\w+)"', page)
    for script in scripts.values():
        asked += re.findall(r'\bword\("(\w+)"', script)
    assert set(asked) <= set(key.findall(dutch))


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_colours_reach_contrast_aa(theme: int) -> None:
    """Text on every ground it stands on has a contrast of at least 4.5."""
    sheet = (STATIC / "theme.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)
    colour = dict(re.findall(r"--([\w-]+): (#\w{6});", blocks[theme]))
    pairs = [
        *product(["ink", "soft", "accent"], ["surface", "raised", "bubble", "accent-tint", "wall"]),
        *product(["ink", "soft"], ["ground", "bubble-mine"]),
        ("accent", "key"),
        ("accent-ink", "accent"),
        ("danger", "danger-tint"),
        ("danger", "raised"),
        ("success", "success-tint"),
        ("warn", "warn-tint"),
    ]
    for text, ground in pairs:
        dark, light = sorted((_luminance(colour[text]), _luminance(colour[ground])))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox with a small scripted bot on it."""
    async with Sandbox.started(seed=1, invites={"sanne": "CODE"}) as started:
        started.show_bot("running")
        async with raw_bot(started.url) as bot:
            work = asyncio.create_task(_answer(bot))
            yield started
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work


async def _answer(bot: RawBot) -> None:
    """Greets, and answers each button in its own way."""
    commands: list[Json] = [
        {"command": "duiden", "description": "Een bericht duiden"},
        {"command": "help", "description": "Hulp"},
    ]
    await bot.result("setMyCommands", commands=commands)
    keys: list[Json] = [
        [{"text": label, "callback_data": label} for label in ("Verder", "Waarom?", "Weg")],
        [{"text": "Kopieer", "copy_text": {"text": "tekst"}}],
    ]
    markup: Json = {"inline_keyboard": keys}
    offset = 0
    while True:
        updates = await bot.result("getUpdates", offset=offset, timeout=30)
        for item in as_array(updates):
            update = as_object(item)
            offset = (as_integer(update["update_id"]) or 0) + 1
            query = as_object(update.get("callback_query"))
            message = as_object(query.get("message") or update.get("message"))
            chat_id = as_object(message.get("chat")).get("id")
            if not query and not message:
                continue
            if not query:
                text = f"{HOSTILE}\n{as_text(message.get('text'))}"
                await bot.result("sendMessage", chat_id=chat_id, text=text, reply_markup=markup)
                continue
            alert = query.get("data") == "Waarom?"
            await bot.result(
                "answerCallbackQuery",
                callback_query_id=query.get("id"),
                text="Daarom" if alert else "Genoteerd",
                show_alert=alert,
            )
            place: dict[str, Json] = {"chat_id": chat_id, "message_id": message["message_id"]}
            if query.get("data") == "Verder":
                await bot.result("editMessageText", **place, text="Stap 2", reply_markup=markup)
            elif query.get("data") == "Weg":
                await bot.result("deleteMessage", **place)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a window."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        await opened.close()


@asynccontextmanager
async def _page(browser: Browser, sandbox: Sandbox, width: int, height: int) -> AsyncIterator[Page]:
    """The page at that size, failing on anything that the browser complains about."""
    context = await browser.new_context(viewport={"width": width, "height": height}, locale="nl")
    page = await context.new_page()

    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(sandbox.url)
    yield page
    assert complaints == []


@pytest.mark.browser
@needs_browser
async def test_a_conversation_on_a_wide_screen(sandbox: Sandbox, browser: Browser) -> None:
    """Start, tap, toast, edit, alert, copy, delete: as on a phone."""
    async with _page(browser, sandbox, 1280, 800) as page:
        await page.click("#start")
        message = page.locator("[data-message-id][data-bot]").last
        await expect(message).to_contain_text(HOSTILE)
        await expect(message).to_contain_text("/start CODE")
        assert await page.locator("#messages img").count() == 0
        await page.click("[data-button='Verder']")
        await expect(page.locator(".toast").first).to_have_text("Genoteerd")
        await expect(message).to_contain_text("Stap 2")
        await expect(message).to_contain_text("bewerkt")
        assert await page.locator(".key.busy").count() == 0
        await page.click("[data-button='Waarom?']")
        await expect(page.locator("dialog[open]")).to_contain_text("Daarom")
        await page.keyboard.press("Escape")
        await page.click("[data-button='Weg']")
        await expect(page.locator("[data-bot]")).to_have_count(0)
        await page.fill("#composer", "hallo")
        await page.press("#composer", "Enter")
        await expect(page.locator("[data-bot]").last).to_contain_text("hallo")
        await page.click("#attach")
        await page.click("[data-item=photo]")
        await expect(page.locator(".attachment.photo")).to_have_count(1)


@pytest.mark.browser
@needs_browser
async def test_everything_by_keyboard(sandbox: Sandbox, browser: Browser) -> None:
    """Arrow keys choose people and commands, Escape closes, and an own message can be changed."""
    async with _page(browser, sandbox, 1280, 800) as page:
        await page.focus("[data-person=sanne]")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(page.locator("#as")).to_have_text("als Bram Testman")
        await expect(page.locator("[data-person=bram]")).to_be_focused()
        await sandbox.people["bram"].send("typefout")
        await expect(page.locator("[data-bot]")).to_have_count(1)
        await page.focus("#composer")
        await page.keyboard.type("/")
        await expect(page.locator("[data-command]")).to_have_count(2)
        await page.keyboard.press("Escape")
        await expect(page.locator("#palette")).to_have_count(0)
        await page.keyboard.type("h")
        await page.keyboard.press("Enter")
        await expect(page.locator(".mine").last).to_contain_text("/help")
        await expect(page.locator("[data-bot]")).to_have_count(2)
        await page.locator(".own-menu").first.press("Enter")
        await page.keyboard.press("Enter")
        await expect(page.locator("#composer")).to_have_value("typefout")
        await page.fill("#composer", "beter")
        await page.keyboard.press("Enter")
        await expect(page.locator(".mine").first).to_contain_text("beter")
        await expect(page.locator(".mine").first).to_contain_text("bewerkt")


@pytest.mark.browser
@needs_browser
async def test_on_a_phone_in_english(sandbox: Sandbox, browser: Browser) -> None:
    """The list comes first, the back arrow returns to it, nothing sticks out, unread shows."""
    async with _page(browser, sandbox, 390, 844) as page:
        await page.click("[data-language=en]")
        await expect(page.locator("#people-title")).to_have_text("Who are you?")
        await page.click("[data-person=stranger]")
        await expect(page.locator("#start-hint")).to_have_text(
            "Vreemde Vogel has no invite. Start sends only /start."
        )
        await page.click("#start")
        await expect(page.locator("[data-bot]")).to_contain_text("/start")
        assert await page.evaluate("document.documentElement.scrollWidth") == 390
        assert sandbox.people["stranger"].account.language == "en"
        await page.click("#back")
        await sandbox.people["noor"].start()
        await expect(page.locator("[data-person=noor] .dot")).to_be_visible()


@pytest.mark.browser
@needs_browser
async def test_reset_asks_first(sandbox: Sandbox, browser: Browser) -> None:
    """Reset asks, and then the chat is empty with its Start button back."""
    async with _page(browser, sandbox, 1024, 768) as page:
        await page.click("#start")
        await expect(page.locator("[data-bot]")).to_have_count(1)
        await page.click("#reset")
        await page.click("[data-choice=quiet]")
        await expect(page.locator("[data-bot]")).to_have_count(1)
        await page.click("#reset")
        await page.click("[data-choice=strong]")
        await expect(page.locator("#start")).to_be_visible()
        await expect(page.locator("[data-message-id]")).to_have_count(0)
