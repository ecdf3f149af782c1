"""A fault of our own while something of a site's is read: logged in full, told in plain words."""

import structlog

from crawler.failure import FetchFailure

log = structlog.get_logger()


def fault_at(url: str, error: Exception) -> FetchFailure:
    """What is said of a feed, a sitemap or a page that our own code broke on; to be called where it is caught."""
    log.error("a feed broke our own code", url=url, exc_info=error, hint="please report it")
    return FetchFailure("fault", f"{url} could not be read, by a fault of Vigie's: {type(error).__name__}: {error}")
