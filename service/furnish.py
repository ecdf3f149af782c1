"""Furnish: a delivery gets its readers' links and clock; that its channel's template broke is written down."""

from dataclasses import replace

import structlog

from alerting.clocks import by_the_clock_of
from alerting.routing import NO_WATCH
from news.alert import Channel, Delivery, Receipt
from news.errors import NotFoundError
from news.feedback import Feedback
from news.ports import Sender
from service.keys import instance_key
from service.situation import routing_of
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
        receipt = await self._sender.send(replace(await self._dated(delivery), feedback=self._feedback))
        if receipt.trouble:
            log.warning("template broke", channel=delivery.channel.name, delivery=delivery.id, trouble=receipt.trouble)
        if receipt.trouble != delivery.channel.trouble:
            await self._tell(delivery.channel, receipt.trouble)
        return receipt

    async def _dated(self, delivery: Delivery) -> Delivery:
        """The delivery with its times by the reader's clock; programs, which webhooks tell, have them in UTC."""
        channel, alert = delivery.channel, delivery.alert
        if channel.kind == "webhook":
            return delivery
        async with self._database.read() as tx:
            routes = await routing_of(tx)
            try:
                watch = await tx.watches.by_id(alert.watch_id)
            except NotFoundError:
                watch = NO_WATCH
        return replace(delivery, alert=by_the_clock_of(routes.rules(watch, channel).zone, alert))

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
