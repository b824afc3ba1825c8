"""The control API, and the gate that keeps foreign pages out."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox import Sandbox
from bot.sandbox.shapes import Json, as_array, as_object
from tests.sandbox_client import Control, control, raw_bot


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox on a free port."""
    async with Sandbox.started(seed=1, invites={"sanne": "CODE"}) as started:
        yield started


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[Control]:
    """The control API of that sandbox."""
    async with control(sandbox.url) as opened:
        yield opened


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example:80"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({}, 200),
    ],
)
async def test_foreign_pages_drive_nothing(
    sandbox: Sandbox, headers: dict[str, str], status: int
) -> None:
    """Acts and Bot API calls are refused when a browser says that another site asks."""
    paths = ("/sandbox/people/sanne/start", "/bot42:x/getMe")
    async with aiohttp.ClientSession() as session:
        for path in paths:
            async with session.post(f"{sandbox.url}{path}", headers=headers) as response:
                assert response.status == status
        own = {"Origin": sandbox.url}
        async with session.post(f"{sandbox.url}{paths[0]}", headers=own) as response:
            assert response.status == 200


async def test_the_page_is_served_strictly(sandbox: Sandbox) -> None:
    """The page may be opened from a link; it comes with a policy that allows only itself."""
    async with aiohttp.ClientSession() as session:
        headers = {"Sec-Fetch-Site": "cross-site"}
        async with session.get(sandbox.url, headers=headers) as response:
            assert response.status == 200
            policy = response.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert response.headers["X-Content-Type-Options"] == "nosniff"
        async with session.get(f"{sandbox.url}/static/app.js") as response:
            assert response.content_type.endswith("javascript")
        async with session.get(f"{sandbox.url}/static/../server.py") as response:
            assert response.status == 404


async def test_people_act_through_the_control_api(sandbox: Sandbox, client: Control) -> None:
    """Every act of a person has its path."""
    status, started = await client.post("people/sanne/start")
    assert status == 200
    await client.post("people/sanne/send", text="hallo", reply_to=started["message_id"])
    _, sent = await client.post("people/sanne/send", text="typefout")
    await client.post("people/sanne/edit", message_id=sent["message_id"], text="beter")
    await client.post("people/sanne/attach", kind="photo", caption="kijk")
    await client.post("people/sanne/forward", text="door", origin="channel")
    async with raw_bot(sandbox.url) as bot:
        markup: Json = {"inline_keyboard": [[{"text": "Ja", "callback_data": "y"}]]}
        chat_id = sandbox.people["sanne"].id
        await bot.result("sendMessage", chat_id=chat_id, text="Vraag", reply_markup=markup)
    for tap in ({"label": "Ja"}, {"data": "x"}, {"data": "x", "inline_message_id": "i"}):
        status, tapped = await client.post("people/sanne/tap", **tap)
        assert tapped["query_id"]
    await client.post("people/sanne/delete", message_id=sent["message_id"])
    texts = [message.text for message in await sandbox.people["sanne"].messages()]
    assert texts == ["/start CODE", "hallo", "kijk", "door", "Vraag"]
    for act in ("block", "unblock", "clear"):
        status, _ = await client.post(f"people/sanne/{act}")
        assert status == 200
    assert await sandbox.people["sanne"].messages() == ()


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("people/nobody/start", {}, 404),
        ("people/sanne/fly", {}, 404),
        ("people/sanne/send", {"text": ""}, 400),
        ("people/sanne/attach", {"kind": "moon"}, 400),
        ("people/sanne/forward", {"text": "a", "origin": "moon"}, 400),
        ("people/sanne/edit", {"text": "a"}, 400),
        ("people/sanne/delete", {"message_id": 999}, 400),
        ("people/sanne/tap", {"label": "Ja"}, 400),
        ("groups", {"by": "nobody"}, 400),
        ("groups/1/upgrade", {"by": "sanne"}, 404),
        ("faults", {"kind": "moon"}, 400),
    ],
)
async def test_senseless_requests_are_explained(
    client: Control, path: str, body: dict[str, str], status: int
) -> None:
    """A request that makes no sense is answered with words."""
    answered, answer = await client.post(path, **body)
    assert answered == status
    assert answer["error"]


async def test_groups_settings_and_the_ledger(sandbox: Sandbox, client: Control) -> None:
    """Groups, faults, limits, raw updates, languages and calls are all within reach."""
    _, made = await client.post("groups", by="kees", title="Team", members=["sanne"])
    for act in ("remove_bot", "add_bot", "promote", "upgrade"):
        status, answer = await client.post(f"groups/{made['chat_id']}/{act}", by="kees")
        assert status == 200
    assert answer["chat_id"] != made["chat_id"]
    await client.post("faults", method="getMe", kind="server_error")
    await client.post("limits", enabled=True)
    await client.post("privacy", enabled=False)
    await client.post("language", language="en")
    await client.post("updates", message={"odd": True})
    assert sandbox.limits.enabled
    assert not sandbox.world.privacy
    assert sandbox.people["bram"].account.language == "en"
    async with raw_bot(sandbox.url) as bot:
        assert (await bot.refusal("getMe"))[0] == 500
        updates = await bot.result("getUpdates", offset=-1)
        assert as_object(as_array(updates)[0])["message"] == {"odd": True}
    calls = [as_object(call) for call in as_array(await client.get("calls?method=getMe"))]
    assert [call["status"] for call in calls] == [500]
    late = as_object(await client.get("settled?within=0.01"))
    assert "not settled" in str(late["error"])
    assert "error" in as_object(await client.get("settled?within=soon"))


async def test_news_and_reset(sandbox: Sandbox, client: Control) -> None:
    """The stream tells of messages; reset empties the chats and keeps the invites."""
    async with client.news() as news:
        await client.post("people/sanne/send", text="hallo")
        async for event in news:
            if event["type"] == "message":
                assert as_object(event["message"])["text"] == "hallo"
                break
        await client.post("reset")
        async for event in news:
            if event["type"] == "reset":
                break
    assert await sandbox.people["sanne"].messages() == ()
    assert sandbox.people["sanne"].person.start == "CODE"
