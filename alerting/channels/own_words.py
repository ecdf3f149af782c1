"""A chat told in the channel's own words, or in Vigie's where those are none, break, or are refused."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from alerting.own import TextTemplate, Words, own_text
from news.alert import Delivery, Receipt
from news.errors import DeliveryError


async def told(
    delivery: Delivery,
    template: TextTemplate | None,
    words: Words,
    post: Callable[[str], Awaitable[Receipt]],
) -> Receipt:
    """What the receiver says to the message; `post` gets the channel's own text, or nothing for the built-in message.

    Raises DeliveryError as `post` does, but for a refusal of the own text: no alert is lost to a template.
    """
    written, trouble = own_text(delivery.alert, "", template, words, delivery.links)
    if written:
        try:
            return await post(written)
        except DeliveryError as error:
            if error.advice.pause_channel or not error.advice.permanent:
                raise
            trouble = f"the receiver refuses what the text template of this channel makes: {error.message}"
    return replace(await post(""), trouble=trouble)
