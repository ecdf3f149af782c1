"""Try: a real message over a channel, marked as a test, to see what its receiver answers."""

import uuid

from news.alert import Alert, Channel, Delivery, Receipt, Told
from news.article import Span
from news.clock import Clock
from news.ports import Sender

_TITLE = "This is a test of Vigie"
_TEXT = "Alerts that go to this channel will reach you here, with a passage such as this one and the hits marked in it."


async def try_out(channel: Channel, sender: Sender, clock: Clock) -> Receipt:
    """Send the test message, kept nowhere. Raises DeliveryError with the receiver's answer."""
    return await sender.send(_test_delivery(channel, clock))


def _test_delivery(channel: Channel, clock: Clock) -> Delivery:
    now = clock.now()
    told = Told(
        article_id=0,
        title=_TITLE,
        url="https://example.com/a-test-of-vigie",
        source="Vigie",
        excerpt=_TEXT,
        title_spans=(Span("title", _TITLE.index("test"), _TITLE.index("test") + len("test")),),
        excerpt_spans=(Span("text", 0, len("Alerts")),),
        found_at=now,
        language="en",
    )
    alert = Alert(watch="test", query="test OR alerts", decided_at=now, told=told, is_test=True)
    return Delivery(0, f"msg_{uuid.uuid4().hex}", alert, channel, "pending", 0, now)
