"""A group of invented people: making it, inviting the bot, sending it away, upgrading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.sandbox import membership
from bot.sandbox.model import Chat, Membership
from bot.sandbox.phone import Phone
from bot.sandbox.screen import Screen, screen
from bot.sandbox.world import World


class Group:
    """A group; `id` follows it when it becomes a supergroup."""

    def __init__(self, world: World, chat_id: int) -> None:
        """Holds the group with that chat id."""
        self._world = world
        self.id = chat_id

    @property
    def chat(self) -> Chat:
        """The group as it is now."""
        return self._world.chats[self.id]

    async def add_bot(self, by: Phone, *, administrator: bool = False) -> None:
        """Invites the bot."""
        status: Membership = "administrator" if administrator else "member"
        membership.change_bot(self._world, by.account, self.chat, status)

    async def remove_bot(self, by: Phone) -> None:
        """Sends the bot away."""
        membership.change_bot(self._world, by.account, self.chat, "kicked")

    async def promote(self, person: Phone) -> None:
        """Makes a member administrator."""
        administrators = self.chat.administrators | {person.id}
        self._world.put_chat(replace(self.chat, administrators=administrators))

    async def upgrade(self, by: Phone) -> int:
        """Makes it a supergroup; returns the new chat id."""
        self.id = membership.upgrade_group(self._world, by.account, self.chat).id
        return self.id

    async def another_bot_speaks(self) -> None:
        """Another bot writes, so that bare commands no longer reach ours."""
        self._world.put_chat(replace(self.chat, bot_spoke_last=False))

    async def screen(self) -> Screen:
        """The newest message of the bot; raises LookupError when there is none."""
        shown = screen(self._world, self.id)
        if shown is None:
            raise LookupError("the bot has not written anything in this group")
        return shown


async def create_group(
    world: World, by: Phone, title: str, members: Iterable[Phone] = (), *, supergroup: bool = False
) -> Group:
    """Makes a group that has the bot in it; `by` becomes its administrator."""
    number = 4_000_000_000 + len(world.chats)
    chat = Chat(
        id=-1_000_000_000_000 - number if supergroup else -number,
        kind="supergroup" if supergroup else "group",
        title=title,
        members=frozenset({by.id, *(phone.id for phone in members)}),
        administrators=frozenset({by.id}),
    )
    membership.create_group(world, by.account, chat)
    return Group(world, chat.id)
