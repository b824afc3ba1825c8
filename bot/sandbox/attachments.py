"""Made-up attachments and origins, in shapes that the Bot API prescribes."""

from __future__ import annotations

from typing import Literal, get_args

from bot.sandbox.model import Account
from bot.sandbox.shapes import Json, JsonObject, as_object

AttachmentKind = Literal[
    "photo", "voice", "sticker", "document", "location", "contact", "video", "animation",
    "video_note", "poll", "dice",
]  # fmt: skip
OriginKind = Literal["user", "hidden_user", "channel"]

KINDS: tuple[AttachmentKind, ...] = get_args(AttachmentKind)
CAPTIONED: frozenset[str] = frozenset({"photo", "voice", "document", "video", "animation"})

_AUTHOR = Account(5_550_000_999, "Verzonnen", "Afzender")
_MP4 = "video/mp4"
_BODIES: dict[AttachmentKind, JsonObject] = {
    "photo": {
        "photo": [
            {"file_size": 1_400, "width": 90, "height": 67},
            {"file_size": 52_000, "width": 800, "height": 600},
        ]
    },
    "voice": {"voice": {"file_size": 9_000, "duration": 4, "mime_type": "audio/ogg"}},
    "sticker": {
        "sticker": {
            "file_size": 18_000, "width": 512, "height": 512, "emoji": "🙂", "type": "regular",
            "is_animated": False, "is_video": False,
        }
    },
    "document": {
        "document": {
            "file_size": 21_000, "file_name": "voorbeeld.pdf", "mime_type": "application/pdf",
        }
    },
    "location": {"location": {"latitude": 52.0, "longitude": 5.0}},
    "contact": {
        "contact": {
            "phone_number": "+31600000000", "first_name": "Verzonnen", "last_name": "Contact",
        }
    },
    "video": {
        "video": {
            "file_size": 400_000, "width": 640, "height": 480, "duration": 6, "mime_type": _MP4,
        }
    },
    "animation": {
        "animation": {
            "file_size": 90_000, "width": 320, "height": 240, "duration": 2, "mime_type": _MP4,
        }
    },
    "video_note": {"video_note": {"file_size": 120_000, "length": 240, "duration": 5}},
    "poll": {
        "poll": {
            "id": "8420", "question": "Verzonnen vraag?", "type": "regular",
            "options": [
                {"persistent_id": "0", "text": "Ja", "voter_count": 0},
                {"persistent_id": "1", "text": "Nee", "voter_count": 0},
            ],
            "total_voter_count": 0, "is_closed": False, "is_anonymous": True,
            "allows_multiple_answers": False, "allows_revoting": False, "members_only": False,
        }
    },
    "dice": {"dice": {"emoji": "🎲", "value": 4}},
}  # fmt: skip


def attachment(kind: AttachmentKind, number: int) -> JsonObject:
    """The body of a message with that attachment; `number` makes its file ids its own."""
    body = as_object(_with_ids(_BODIES[kind], f"{kind}-{number}"))
    if kind == "animation":
        body["document"] = body["animation"]
    return body


def _with_ids(part: Json, name: str) -> Json:
    """The part with an id at every file in it, which is what has a size."""
    if isinstance(part, list):
        return [_with_ids(item, f"{name}-{place}") for place, item in enumerate(part)]
    if not isinstance(part, dict):
        return part
    whole = {key: _with_ids(value, name) for key, value in part.items()}
    if "file_size" in whole:
        whole.update(file_id=f"sandbox-{name}", file_unique_id=f"unique-{name}")
    return whole


def forward_origin(kind: OriginKind, date: int) -> JsonObject:
    """Where a forwarded message says it came from."""
    if kind == "user":
        return {"type": "user", "date": date, "sender_user": _AUTHOR.wire()}
    if kind == "hidden_user":
        return {"type": "hidden_user", "date": date, "sender_user_name": "Verborgen Voorbeeld"}
    channel: JsonObject = {"id": -1009990000001, "type": "channel", "title": "Verzonnen Kanaal"}
    return {"type": "channel", "date": date, "chat": channel, "message_id": 42}
