"""What one stage needs of another, as protocols: `service` hands each stage the other's hands."""

from collections.abc import Callable, Sequence
from typing import ParamSpec, Protocol, TypeVar

from news.alert import Delivery, Receipt
from news.article import Article, NoArticle, Page
from news.guidance import UNGUIDED, Guidance

P = ParamSpec("P")
T = TypeVar("T")


class Resolve(Protocol):
    """Asks the system, or whatever stands in for it, for a host's addresses."""

    async def __call__(self, host: str, port: int, /) -> Sequence[str]:
        """All addresses of the host, as text; of an address, in whatever spelling, itself. Raises OSError if none."""
        ...


class Extractor(Protocol):
    """Pages in, articles out; never raises for a bad page."""

    async def extract(self, page: Page, guidance: Guidance = UNGUIDED) -> Article | NoArticle:
        """The article of a page, read with what is known of its site, or the verdict why it is none."""
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
