"""A strict local stand-in for Telegram, with a web chat: to try the bot and to test it."""

from bot.sandbox.clock import Clock, ManualClock, SystemClock
from bot.sandbox.group import Group
from bot.sandbox.phone import Phone
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.screen import Screen, Tap

__all__ = ["Clock", "Group", "ManualClock", "Phone", "Sandbox", "Screen", "SystemClock", "Tap"]
