"""What one stage needs of another, as protocols: `service` hands each stage the other's hands."""

from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

from news.alert import Delivery, Receipt
from news.article import Article, NoArticle, Page

P = ParamSpec("P")
T = TypeVar("T")


class Extractor(Protocol):
    """Pages in, articles out; never raises for a bad page."""

    async def extract(self, page: Page) -> Article | NoArticle:
        """The article of a page, or the verdict why it is none."""
        ...


class Workers(Protocol):
    """Runs a picklable function in a killable process."""

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result. Raises what it raised, TimeoutError past the limit, WorkerDiedError."""
        ...


class Sender(Protocol):
    """One kind of channel, able to send."""

    async def send(self, delivery: Delivery) -> Receipt:
        """Send it once. Raises DeliveryError, which says whether and when to try again."""
        ...
