"""Answers that exploring a site has brought, read once more by the first polls instead of being fetched again."""

from crawler.failure import FetchFailure
from crawler.fetching import Answer
from crawler.polling import Fetches
from news.source import Feed

MOST_BYTES = 8 * 1024 * 1024


class Recall:
    """Fetches like the fetcher within, and keeps what came as long as there is room; for one visit."""

    def __init__(self, fetcher: Fetches) -> None:
        self._fetcher = fetcher
        self._kept: dict[str, Answer | FetchFailure] = {}
        self._room = MOST_BYTES

    async def get(self, url: str, feed: Feed | None = None, max_bytes: int = 0) -> Answer | FetchFailure:
        """The answer kept, or else one from the web, unconditionally, for whoever asks here has read nothing yet."""
        if url not in self._kept:
            answer = await self._fetcher.get(url, Feed(url, feed.road) if feed else None, max_bytes)
            self.keep(url, answer)
            return answer
        return self._kept[url]

    def keep(self, url: str, answer: Answer | FetchFailure) -> None:
        """Keep the answer to a request for `url`, under the address that it was redirected to as well."""
        size = len(answer.body) if isinstance(answer, Answer) else 0
        if size > self._room:
            return
        self._room -= size
        self._kept[url] = answer
        if isinstance(answer, Answer):
            self._kept.setdefault(answer.url, answer)
