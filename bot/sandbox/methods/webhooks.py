"""Webhooks, which the sandbox does not have, and the ends of a session."""

from __future__ import annotations

from bot.sandbox.parameters import Parameters
from bot.sandbox.refusals import bad
from bot.sandbox.shapes import Json
from bot.sandbox.world import World


def get_webhook_info(world: World, _parameters: Parameters) -> Json:
    """Answers getWebhookInfo."""
    return {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.pending),
    }


def set_webhook(_world: World, parameters: Parameters) -> Json:
    """Answers setWebhook: only taking it away is possible here."""
    if parameters.text("url"):
        raise bad("bad webhook: the sandbox delivers updates by getUpdates only")
    return True


def delete_webhook(world: World, parameters: Parameters) -> Json:
    """Answers deleteWebhook."""
    if parameters.flag("drop_pending_updates"):
        world.updates.clear()
    return True


def agree(_world: World, _parameters: Parameters) -> Json:
    """Answers close and logOut, for which there is nothing to do."""
    return True
