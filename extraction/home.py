"""Whether an address is that of a front page: the root, a language's own, an index file."""

import re
from urllib.parse import urlsplit

_HOME = re.compile(r"/?(?:index\.\w{2,5}|home/?|[a-z]{2}(?:[-_][a-z]{2})?/?(?:index\.\w{2,5})?)?", re.IGNORECASE)


def leads_home(url: str) -> bool:
    """Whether a front page is there, as far as its path tells; with a query it may be anything."""
    parts = urlsplit(url)
    return not parts.query and _HOME.fullmatch(parts.path) is not None
