"""Outage: whether most sources fail together, so that it is rather this machine that has no connection. Pure."""

from datetime import timedelta

from crawler.failure import FetchFailure
from news.source import Source
from service.health import Notice
from storage.sources import Failing

TOLD_OF_ALL = "offline"  # what is noted at the source whose notice was for all
SAME_TIME = timedelta(days=1)  # between the first failures of those that fail together
_FEWEST = 5  # sources of which most can be said
_NO_ANSWER = ("network", "timeout", "robots unreachable")


def may_be_ours(failure: FetchFailure | None) -> bool:
    """Whether a fetch failed in a way in which all would, without a connection."""
    return failure is not None and failure.kind in _NO_ANSWER


def is_of_most(failing: Failing) -> bool:
    """Whether more than half of at least five sources fail together."""
    return failing.visited >= _FEWEST and failing.failing * 2 > failing.visited


def told_for_all(notice: Notice, failing: Failing) -> Notice | None:
    """What is told where a source cannot be read: that, or once that most cannot, or nothing where this is known."""
    if not is_of_most(failing):
        return notice
    if failing.is_told:
        return None
    return Notice(
        "failing",
        "Most of your sources could not be read for a day",
        f"{failing.failing} of {failing.visited} do not answer, so that it is probably the connection of this machine; "
        f"they are not told of one by one. One of them: {notice.text}",
        is_for_all=True,
    )


def told_of_end(source: Source, failing: Failing) -> Notice | None:
    """What is told when the source that stood for all is back: nothing while most still fail."""
    if is_of_most(failing):
        return None
    return Notice("back", "Your sources can be read again", f"{source.name} was the first that could not.")
