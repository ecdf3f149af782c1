"""Plain lists of sources: one URL a line, with a name after a space or a tab if it has one."""

import re
from collections.abc import Iterable

from service.subscription import MOST_SUBSCRIPTIONS, Listing, Subscription, too_many

_HEAD = "# The sources of Vigie: one URL a line, then the name\n"
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_CONTROL = re.compile(r"[\x00-\x1f]+")


def read_list(text: str) -> Listing:
    """What the list holds; blank lines, and lines that begin with `#`, count as lines and for nothing else."""
    found: list[Subscription] = []
    for number, line in enumerate(_LINE_ENDS.split(text), 1):
        words = line.split(maxsplit=1)
        if not words or words[0].startswith("#"):
            continue
        if len(found) == MOST_SUBSCRIPTIONS:
            return Listing(tuple(found), (too_many(number),))
        found.append(Subscription(words[0], words[1].strip() if len(words) > 1 else "", line=number))
    return Listing(tuple(found))


def write_list(subscriptions: Iterable[Subscription]) -> str:
    """The list, which `read_list` reads again."""
    lines = (f"{one.url}\t{_CONTROL.sub(' ', one.name)}".rstrip() for one in subscriptions)
    return _HEAD + "".join(f"{line}\n" for line in lines)
