"""Every way in for somebody's words, as Telegram hands them to a bot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.sandbox import Phone
from bot.sandbox.attachments import KINDS
from bot.sandbox.shapes import Json, JsonObject
from tests.marks import ACCENTED, PLAIN
from tests.scene import Scene

NUMBER = 918_273_645_546
"""A marked number: too large for any answer, and for four bytes."""
BSN = "123456782"


def rename(scene: Scene, phone: Phone) -> None:
    """Give somebody names, a user name and a language that are marked."""
    account = replace(
        phone.account,
        first_name=f"{ACCENTED} voornaam",
        last_name=f"{ACCENTED} achternaam",
        username=f"{PLAIN}_naam",
        language=f"{PLAIN}-taal",
    )
    scene.sandbox.world.people[phone.id] = replace(phone.person, account=account)


def texts() -> Iterator[str]:
    """What may be typed on any screen; no screen takes one of these as an answer."""
    yield f"{ACCENTED} tekst"
    yield f"{PLAIN} bel {BSN}"
    yield f"{NUMBER}"
    yield f"3 {PLAIN}"
    yield f"31-12-{PLAIN}"
    yield f"{ACCENTED} lang " * 30


async def send_everything(scene: Scene, phone: Phone) -> None:
    """What somebody can do with a phone, without waiting for answers."""
    for text in texts():
        await phone.send(text)
    for command in (f"/{PLAIN}", f"/start {PLAIN}", f"/start {PLAIN}_", f"/taal {ACCENTED}"):
        await phone.send(command)
    for kind in KINDS:
        await phone.attach(kind, f"{ACCENTED} {kind}")
    await phone.forward(f"{ACCENTED} doorgestuurd")
    for data in (PLAIN, ACCENTED, f"{PLAIN * 4}"[:64], f"{PLAIN * 9}", f"v|{PLAIN}|1|{NUMBER}"):
        await phone.tap_data(data)
        await phone.tap_inline(data, inline_message_id=PLAIN)
    number = await phone.send(f"{ACCENTED} eerst")
    await phone.edit(number, f"{ACCENTED} gewijzigd")
    captioned = await phone.attach("photo", f"{ACCENTED} bijschrift")
    await phone.edit(captioned, f"{ACCENTED} ander bijschrift")
    for update in (*updates(phone), *malformed(phone)):
        scene.sandbox.inject(update)
    group = await scene.sandbox.create_group(phone, f"{ACCENTED} groep")
    await phone.send(f"{ACCENTED} in een groep", chat=group.id)
    await phone.send(f"/duiden {ACCENTED}", chat=group.id)
    # A number that is no number is let go by the next one, so something must follow.
    scene.sandbox.inject({"update_id": PLAIN, **_message(phone, text=ACCENTED)})
    scene.sandbox.inject(_message(phone, text=f"{ACCENTED} het laatste"))


def updates(phone: Phone) -> Iterator[JsonObject]:
    """What the sandbox's phones do not send: marked words in every other field."""
    person: JsonObject = {"id": NUMBER, "is_bot": False, "first_name": ACCENTED}
    robot: JsonObject = {**person, "is_bot": True, "username": PLAIN}
    channel: JsonObject = {"id": -1009990000001, "type": "channel", "title": ACCENTED}
    file: JsonObject = {"file_id": PLAIN, "file_unique_id": PLAIN, "file_size": 3}
    yield _message(phone, document={**file, "file_name": f"{ACCENTED}.pdf", "mime_type": PLAIN})
    yield _message(phone, audio={**file, "duration": 1, "title": ACCENTED, "performer": ACCENTED})
    yield _message(
        phone, contact={"phone_number": str(NUMBER), "first_name": ACCENTED, "vcard": ACCENTED}
    )
    place: JsonObject = {"latitude": 52.0, "longitude": 5.0}
    yield _message(phone, location=place)
    yield _message(phone, venue={"location": place, "title": ACCENTED, "address": ACCENTED})
    yield _message(phone, text=ACCENTED, via_bot=robot)
    yield _message(phone, text=ACCENTED, sender_chat=channel, author_signature=ACCENTED)
    link: JsonObject = {"type": "text_link", "offset": 0, "length": 3, "url": f"https://{PLAIN}.nl"}
    yield _message(phone, text="hier", entities=[link])
    yield _message(phone, text="zie", quote={"text": ACCENTED, "position": 0})
    quoted = _message(phone, text=f"{ACCENTED} eerder")["message"]
    yield _message(phone, text="ja", reply_to_message=quoted)
    origins: tuple[JsonObject, ...] = (
        {"type": "user", "date": 1, "sender_user": person},
        {"type": "hidden_user", "date": 1, "sender_user_name": ACCENTED},
        {"type": "channel", "date": 1, "chat": channel, "message_id": 4, "author_signature": PLAIN},
    )
    for origin in origins:
        yield _message(phone, text=f"{ACCENTED} van", forward_origin=origin)
    yield {"inline_query": {"id": PLAIN, "from": person, "query": ACCENTED, "offset": ""}}
    yield {"channel_post": {"message_id": 7, "date": 1, "chat": channel, "text": ACCENTED}}
    query: JsonObject = {"id": PLAIN, "from": phone.account.wire(), "chat_instance": PLAIN}
    yield {"callback_query": {**query, "data": ACCENTED}}
    yield {"callback_query": {**query, "game_short_name": PLAIN}}


def malformed(phone: Phone) -> Iterator[JsonObject]:
    """What is no update at all, or a broken one."""
    yield {}
    yield {PLAIN: {ACCENTED: ACCENTED}}
    yield {"message": ACCENTED}
    yield {"message": {"message_id": PLAIN, "text": ACCENTED}}
    yield _message(phone, date=ACCENTED, text=ACCENTED)
    yield _message(phone, text={"verzonnen": ACCENTED})
    yield _message(phone, text=ACCENTED, entities=ACCENTED)
    yield {"callback_query": {"id": PLAIN, "data": ACCENTED}}
    yield {"my_chat_member": {"chat": {"id": PLAIN, "title": ACCENTED}}}


def _message(phone: Phone, **more: Json) -> JsonObject:
    chat: JsonObject = {"id": phone.id, "type": "private", "first_name": ACCENTED}
    base: JsonObject = {"message_id": 900_000, "date": 1, "chat": chat}
    return {"message": {**base, "from": phone.account.wire(), **more}}
