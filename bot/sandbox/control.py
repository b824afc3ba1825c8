"""The control API of the page and of tests in another process.

All paths start with /sandbox; bodies and answers are JSON; `chat` is a chat id and means the
person's private chat when left out. Faults answer 400 with `{"error": "..."}`.

GET  state                     people, chats with their messages, commands, the bot
GET  events                    server-sent events: one JSON object per change
GET  calls?method=             finished Bot API calls
GET  settled?within=&quiet=    answers when the bot has handled everything, else 408
POST people/KEY/start          {payload?}
POST people/KEY/send           {text, chat?, reply_to?, anonymous?}
POST people/KEY/attach         {kind, caption?, chat?}
POST people/KEY/forward        {text, origin?, chat?}
POST people/KEY/edit           {message_id, text, chat?}
POST people/KEY/delete         {message_id, chat?}
POST people/KEY/tap            {label, message_id?, chat?} or {data, message_id?, chat?}
                               or {data, inline_message_id}
POST people/KEY/block, unblock, clear
POST language                  {language}: the Telegram language of all people
POST groups                    {by, title, members?, supergroup?} answers {chat_id}
POST groups/ID/ACT             {by}: add_bot, remove_bot, promote, upgrade
POST updates                   any object: handed to the bot as it is
POST faults                    {method, kind, times?, moment?, seconds?}
POST limits, privacy           {enabled}
POST reset                     empty chats, and with the launcher a new bot and new invites
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.acts import ACTS, GROUP_ACTS, BadAct
from bot.sandbox.faults import read_fault
from bot.sandbox.group import Group
from bot.sandbox.phone import Phone
from bot.sandbox.refusals import Refusal
from bot.sandbox.shapes import JsonObject, as_array, as_flag, as_integer, as_text
from bot.sandbox.snapshot import call_wire, snapshot
from bot.sandbox.stream import send_events

if TYPE_CHECKING:
    from bot.sandbox.sandbox import Sandbox


class Control:
    """The handlers of the control API over one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Binds the handlers to the sandbox."""
        self._sandbox = sandbox

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Adds all paths of the module's description."""
        router.add_get("/sandbox/state", self.state)
        router.add_get("/sandbox/events", self.events)
        router.add_get("/sandbox/calls", self.calls)
        router.add_get("/sandbox/settled", self.settled)
        router.add_post("/sandbox/people/{key}/{act}", self.act)
        router.add_post("/sandbox/groups", self.create_group)
        router.add_post("/sandbox/groups/{chat_id}/{act}", self.group_act)
        router.add_post("/sandbox/{setting:language|updates|faults|limits|privacy}", self.set)
        router.add_post("/sandbox/reset", self.reset)

    async def state(self, _request: web.Request) -> web.StreamResponse:
        """Everything the page shows."""
        return web.json_response(snapshot(self._sandbox.world, self._sandbox.bot_state))

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Changes as they happen."""
        return await send_events(request, self._sandbox.changes.stream())

    async def calls(self, request: web.Request) -> web.StreamResponse:
        """The ledger."""
        method = request.query.get("method")
        return web.json_response([call_wire(call) for call in self._sandbox.calls(method)])

    async def settled(self, request: web.Request) -> web.StreamResponse:
        """Waits until the bot has handled everything."""
        try:
            within = float(request.query.get("within", "10"))
            quiet = float(request.query.get("quiet", "0"))
        except ValueError:
            return _fault("within and quiet are numbers of seconds")
        try:
            await self._sandbox.settled(within=within, quiet=quiet)
        except TimeoutError as late:
            return _fault(str(late), status=408)
        return web.json_response({"settled": True})

    async def act(self, request: web.Request) -> web.StreamResponse:
        """What a person does."""
        phone = self._sandbox.people.get(request.match_info["key"])
        act = ACTS.get(request.match_info["act"])
        if phone is None or act is None:
            return _fault("no such person or act", status=404)
        try:
            return web.json_response(await act(phone, await _body(request)))
        except (BadAct, LookupError, RuntimeError) as fault:
            return _fault(str(fault))
        except Refusal as refusal:
            return _fault(refusal.description)

    async def create_group(self, request: web.Request) -> web.StreamResponse:
        """Makes a group."""
        try:
            body = await _body(request)
            by = self._phone(body)
            members = [
                self._sandbox.people[as_text(key)]
                for key in as_array(body.get("members"))
                if as_text(key) in self._sandbox.people
            ]
        except BadAct as fault:
            return _fault(str(fault))
        title = as_text(body.get("title")) or "Groep"
        group = await self._sandbox.create_group(
            by, title, members, supergroup=as_flag(body.get("supergroup"))
        )
        return web.json_response({"chat_id": group.id})

    async def group_act(self, request: web.Request) -> web.StreamResponse:
        """What someone does with a group."""
        chat = self._sandbox.world.chats.get(as_integer(request.match_info["chat_id"]) or 0)
        act = GROUP_ACTS.get(request.match_info["act"])
        if chat is None or chat.kind == "private" or act is None:
            return _fault("no such group or act", status=404)
        group = Group(self._sandbox.world, chat.id)
        try:
            await act(group, self._phone(await _body(request)))
        except BadAct as fault:
            return _fault(str(fault))
        return web.json_response({"chat_id": group.id})

    async def set(self, request: web.Request) -> web.StreamResponse:
        """Settings, raw updates and faults."""
        try:
            body = await _body(request)
            self._set(request.match_info["setting"], body)
        except (BadAct, ValueError) as fault:
            return _fault(str(fault))
        return web.json_response({"done": True})

    async def reset(self, _request: web.Request) -> web.StreamResponse:
        """Starts again with empty chats."""
        await self._sandbox.reset()
        return web.json_response({"done": True})

    def _set(self, setting: str, body: JsonObject) -> None:
        match setting:
            case "language":
                for phone in self._sandbox.people.values():
                    phone.speak("en" if body.get("language") == "en" else "nl")
            case "updates":
                self._sandbox.inject(body)
            case "faults":
                self._sandbox.faults.order(read_fault(body))
            case "limits":
                self._sandbox.limits.enabled = as_flag(body.get("enabled"))
            case _:
                self._sandbox.world.privacy = as_flag(body.get("enabled"))

    def _phone(self, body: JsonObject) -> Phone:
        phone = self._sandbox.people.get(as_text(body.get("by")))
        if phone is None:
            raise BadAct('"by" names no person')
        return phone


async def _body(request: web.Request) -> JsonObject:
    if not request.can_read_body:
        return {}
    if request.content_type != "application/json":
        raise BadAct("the body must be JSON")
    try:
        body = await request.json()
    except json.JSONDecodeError:
        raise BadAct("the body must be JSON") from None
    if not isinstance(body, dict):
        raise BadAct("the body must be a JSON object")
    return body


def _fault(words: str, status: int = 400) -> web.Response:
    return web.json_response({"error": words}, status=status)
