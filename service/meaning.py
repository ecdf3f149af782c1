"""What watches mean: their queries parsed, and put together where one uses another."""

import re
from collections.abc import Iterable, Iterator, Mapping

from matching import Named, parse, references, resolved
from news.errors import QueryError
from news.query import Query
from news.text import composed
from news.watch import Watch
from storage import Transaction

_MAY_USE_OTHERS = re.compile("watch|veille", re.IGNORECASE)


def understood(text: str) -> Query | QueryError:
    """The tree of a query, or why it has none."""
    try:
        return parse(text)
    except QueryError as error:
        return error


def used(query: Query, named: Named) -> dict[str, Query]:
    """The trees that stand behind the names in a query, and behind those in these trees, each once."""
    found: dict[str, Query] = {}
    to_do = [query]
    while to_do:
        for name in references(to_do.pop()):
            tree = named.get(name)
            if name not in found and tree is not None and not isinstance(tree, QueryError):
                found[name] = tree
                to_do.append(tree)
    return found


class WatchQueries(Mapping[str, Query | QueryError]):
    """What each watch looks for, by its name; each query is parsed when it is first asked for."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._known: dict[str, Query | QueryError] = {}

    @classmethod
    def of(cls, watches: Iterable[Watch]) -> "WatchQueries":
        """Those of all watches, paused or not: a paused one alerts nobody, and others may use it all the same."""
        return cls({watch.name: watch.query for watch in watches})

    def __getitem__(self, name: str) -> Query | QueryError:
        """Raises KeyError."""
        if name not in self._known:
            self._known[name] = understood(self._texts[name])
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def meaning(self, name: str) -> Query | QueryError:
        """What a watch asks of an article, with those that it uses put in; or why it can ask nothing."""
        query = self[name]
        if isinstance(query, QueryError):
            return query
        try:
            return resolved(query, self, name)
        except QueryError as error:
            return error

    def broken(self) -> list[str]:
        """Those that use others and cannot be asked. The many that use none are not looked into."""
        maybe = [name for name, text in self._texts.items() if _MAY_USE_OTHERS.search(text)]
        return [name for name in maybe if isinstance(self.meaning(name), QueryError)]

    def users(self, name: str) -> list[str]:
        """The watches that use this one, directly."""
        maybe = [user for user, text in self._texts.items() if ":" in text and name in composed(text)]
        trees = ((user, self[user]) for user in maybe)
        return [user for user, tree in trees if not isinstance(tree, QueryError) and name in references(tree)]

    def all_users(self, name: str) -> set[str]:
        """The watches that use this one, also by way of others."""
        found: set[str] = set()
        to_do = [name]
        while to_do:
            new = set(self.users(to_do.pop())) - found
            found |= new
            to_do += new
        return found


async def meant(tx: Transaction, query: Query) -> Query:
    """What a query that somebody typed asks of an article. Raises QueryError where it uses what cannot be had."""
    if not references(query):
        return query
    return resolved(query, WatchQueries.of(await tx.watches.all()))
