"""What the chats have in common: their settings, and that the channel's own words never stand in an alert's way."""

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Generic, TypeVar

from pydantic import Field

from alerting.channels.call import Caller
from alerting.channels.settings import ChannelSettings, OwnText
from alerting.guard import GuardedDialler
from alerting.own import Words, own_text
from news.alert import Delivery, Receipt
from news.clock import Clock
from news.errors import DeliveryError


class ChatSettings(ChannelSettings):
    """What every chat may be told."""

    ca_file: str = Field(default="", description="PEM file of the CAs to trust instead of the system's")
    timeout: float = Field(default=20, gt=0, le=60, description="seconds for one attempt, all in all")
    template: OwnText = None


S = TypeVar("S", bound=ChatSettings)


class ChatSender(ABC, Generic[S]):
    """Sends each delivery over a connection of its own."""

    def __init__(self, settings: S, guard: GuardedDialler, clock: Clock, words: Words) -> None:
        self._settings = settings
        self._clock = clock
        self._words = words
        self._caller = Caller(guard, settings.timeout, settings.ca_file)

    async def send(self, delivery: Delivery) -> Receipt:
        """Tell the alert in the channel's own words, or in Vigie's where those are none, break, or are refused.

        Raises DeliveryError, which says whether and when to try again.
        """
        written, trouble = own_text(delivery.alert, "", self._settings.template, self._words, delivery.links)
        if written:
            try:
                return await self._post(delivery, written)
            except DeliveryError as error:
                if error.advice.pause_channel or not error.advice.permanent:
                    raise
                trouble = f"the receiver refuses what the text template of this channel makes: {error.message}"
        return replace(await self._post(delivery, ""), trouble=trouble)

    @abstractmethod
    async def _post(self, delivery: Delivery, own: str) -> Receipt:
        """Post the alert, as the text `own` if there is one. Raises DeliveryError."""
