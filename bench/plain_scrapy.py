"""The least that a crawl can cost: a plain Scrapy spider that downloads the pages and does nothing with them.

    python -m bench.plain_scrapy PORT:PAGES...

Run in a process of its own; prints its CPU seconds. It reads the URLs from the same feeds, one connection to a host.
"""

import resource
import sys
from collections.abc import AsyncIterator, Iterator

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response

from bench.page_server import HOST


class PlainSpider(scrapy.Spider):
    """Downloads every page of every site."""

    name = "plain"
    sites: list[tuple[int, int]]
    bytes_read = 0

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """All requests at once; Scrapy's own limits space them."""
        for port, pages in self.sites:
            for number in range(pages):
                yield scrapy.Request(f"http://{HOST}:{port}/a/{number}", callback=self.parse)

    def parse(self, response: Response) -> Iterator[None]:
        """The page is here, and that is all."""
        self.bytes_read += len(response.body)
        return iter(())


def main() -> None:
    """Crawl, and print the CPU seconds that it took."""
    sites = [(int(port), int(pages)) for port, _, pages in (site.partition(":") for site in sys.argv[1:])]
    settings = {
        "LOG_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "ROBOTSTXT_OBEY": False,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 4,
        "DOWNLOAD_DELAY": 0,
    }
    process = CrawlerProcess(settings)
    before = _cpu()
    process.crawl(PlainSpider, sites=sites)
    process.start()
    print(_cpu() - before)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
