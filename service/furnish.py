"""Furnish: a delivery gets the links that readers answer by; that its channel's own template broke is written down."""

from dataclasses import replace

import structlog

from news.alert import Channel, Delivery, Receipt
from news.feedback import Feedback
from news.ports import Sender
from service.keys import instance_key
from storage import Database

log = structlog.get_logger()


class FurnishedSender:
    """Sends by another sender. That a template broke is logged, and shown on the channel until it works again."""

    def __init__(self, sender: Sender, database: Database, feedback: Feedback | None) -> None:
        self._sender = sender
        self._database = database
        self._feedback = feedback

    async def send(self, delivery: Delivery) -> Receipt:
        """Send it once. Raises DeliveryError."""
        receipt = await self._sender.send(replace(delivery, feedback=self._feedback))
        if receipt.trouble:
            log.warning("template broke", channel=delivery.channel.name, delivery=delivery.id, trouble=receipt.trouble)
        if receipt.trouble != delivery.channel.trouble:
            await self._tell(delivery.channel, receipt.trouble)
        return receipt

    async def _tell(self, channel: Channel, trouble: str) -> None:
        """The receiver has the message: whatever goes wrong from here on must not have it sent again."""
        try:
            async with self._database.write() as tx:
                await tx.channels.change(channel.id, trouble=trouble)
        except Exception:
            log.exception("template trouble not recorded", channel=channel.name)


async def feedback_at(database: Database, public_url: str) -> Feedback | None:
    """What makes links and reads them, under the instance's own key; None where nobody could follow them."""
    if not public_url:
        return None
    return Feedback(public_url, await instance_key(database, "feedback"))
