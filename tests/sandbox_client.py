"""Clients for the sandbox's tests: both libraries over HTTP, raw calls, and the control API."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telegram.ext import ExtBot

from bot.sandbox.shapes import Json, JsonObject, as_object

TOKEN = "42:invented-token"


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[Bot]:
    """An aiogram bot on the sandbox."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(url))
    bot = Bot(TOKEN, session=session)
    try:
        yield bot
    finally:
        await session.close()


@asynccontextmanager
async def speaking(url: str) -> AsyncIterator[ExtBot[None]]:
    """A python-telegram-bot bot on the sandbox."""
    bot: ExtBot[None] = ExtBot(TOKEN, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot")
    async with bot:
        yield bot


class RawBot:
    """Calls the Bot API without a library and sees the bare answers."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def call(self, method: str, **parameters: Json) -> JsonObject:
        """The whole body of the answer."""
        address = f"{self._url}/bot{TOKEN}/{method}"
        async with self._session.post(address, json=parameters) as response:
            body = as_object(await response.json())
            assert response.status == body.get("error_code", 200)
            return body

    async def result(self, method: str, **parameters: Json) -> Json:
        """The result of a call that must succeed."""
        body = await self.call(method, **parameters)
        assert body["ok"] is True, body
        return body["result"]

    async def refusal(self, method: str, **parameters: Json) -> tuple[int, str]:
        """The code and the words of a call that must fail."""
        body = await self.call(method, **parameters)
        assert body["ok"] is False, body
        code, words = body["error_code"], body["description"]
        assert isinstance(code, int)
        assert isinstance(words, str)
        return code, words


@asynccontextmanager
async def raw_bot(url: str) -> AsyncIterator[RawBot]:
    """A bot without a library."""
    async with aiohttp.ClientSession() as session:
        yield RawBot(session, url)


class Control:
    """The control API of a sandbox in another process."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def get(self, path: str) -> Json:
        """What a path answers."""
        async with self._session.get(f"{self._url}/sandbox/{path}") as response:
            answer: Json = await response.json()
            return answer

    async def post(self, path: str, **body: Json) -> tuple[int, JsonObject]:
        """Status and answer of an act."""
        async with self._session.post(f"{self._url}/sandbox/{path}", json=body) as response:
            return response.status, as_object(await response.json())

    @asynccontextmanager
    async def news(self) -> AsyncIterator[AsyncIterator[JsonObject]]:
        """The stream of changes, open from the moment the context begins."""
        async with self._session.get(f"{self._url}/sandbox/events") as response:
            await response.content.readline()
            yield _events(response.content)


async def _events(content: aiohttp.StreamReader) -> AsyncIterator[JsonObject]:
    async for line in content:
        if line.startswith(b"data: "):
            yield as_object(json.loads(line.removeprefix(b"data: ")))


@asynccontextmanager
async def control(url: str) -> AsyncIterator[Control]:
    """A client of the control API."""
    async with aiohttp.ClientSession() as session:
        yield Control(session, url)
