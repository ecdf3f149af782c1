"""Scrapy's settings for Vigie: what is on, what is off, and the limits; each for a reason that docs/decisions tells."""

from dataclasses import dataclass
from typing import Any

MEBIBYTE = 1024 * 1024
PAGE_BYTES = 10 * MEBIBYTE
SITEMAP_BYTES = 50 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class CrawlLimits:
    """How the crawler behaves.

    In seconds: the `delay` between two requests to a host, the `timeout` for an answer in all, and the `idle_timeout`
    for each piece of it, the `spider_timeout` for one run of a user's own spider.
    """

    user_agent: str = "Vigie"
    contact: str = ""
    delay: float = 1.0
    timeout: float = 60.0
    idle_timeout: float = 20.0
    visits: int = 16
    pages_per_visit: int = 200
    spider_timeout: float = 1_800.0

    @property
    def identity(self) -> str:
        """The User-Agent header: the name that robots.txt knows us by, and how to reach whoever runs this."""
        return f"{self.user_agent} (+{self.contact})" if self.contact else self.user_agent


def scrapy_settings(limits: CrawlLimits) -> dict[str, Any]:
    """The settings of the one persistent crawler."""
    return {
        "BOT_NAME": "vigie",
        "USER_AGENT": limits.identity,
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "fr,en;q=0.8,*;q=0.5",
        },
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        **_ONLY_HTTP,
        **_MIDDLEWARES,
        **_SWITCHED_OFF,
        "ITEM_PIPELINES": {"crawler.pipeline.ArticlePipeline": 300},
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_TIMEOUT": limits.timeout,
        "VIGIE_IDLE_TIMEOUT": limits.idle_timeout,
        "DOWNLOAD_MAXSIZE": PAGE_BYTES,
        "DOWNLOAD_WARNSIZE": 0,
        "REDIRECT_MAX_TIMES": 10,
        # A 304 or 404 is an answer that the visit wants to see; in a request's meta this would also stop redirects.
        "HTTPERROR_ALLOW_ALL": True,
        # Bounded by our own cap on open visits and by one connection a host: Scrapy counts requests that only wait.
        "CONCURRENT_REQUESTS": 0,
        # For each callback Scrapy starts as many tasks as this; a visit yields one page at a time and waits for it.
        "CONCURRENT_ITEMS": 1,
        "SCRAPER_SLOT_MAX_ACTIVE_SIZE": 2**62,
        "DOWNLOAD_DELAY": 0,
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
    }


_ONLY_HTTP: dict[str, Any] = {
    "DOWNLOAD_HANDLERS": {
        "http": "crawler.handler.BoundedHandler",
        "https": "crawler.handler.BoundedHandler",
        "data": None,
        "file": None,
        "ftp": None,
        "s3": None,
    }
}

_MIDDLEWARES: dict[str, Any] = {
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
        "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
        "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
        "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
        "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
        "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
        "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
        "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
        # Ours stand where Scrapy's own would.
        "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
        "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
        "crawler.middlewares.compression.CompressionMiddleware": 590,
        "crawler.middlewares.redirects.RedirectMiddleware": 600,
        "crawler.middlewares.addresses.AddressMiddleware": 50,
        "crawler.middlewares.robots.RobotsMiddleware": 100,
        "crawler.middlewares.access.AccessMiddleware": 900,
        # Next to the wire, so that redirects and robots.txt take their turn like everything else.
        "crawler.middlewares.politeness.PolitenessMiddleware": 950,
        # In the wire's own place, for sources that need a browser.
        "crawler.middlewares.rendering.RenderingMiddleware": 960,
    },
    "SPIDER_MIDDLEWARES": {
        "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
        "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    },
}

_SWITCHED_OFF: dict[str, Any] = {
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "EXTENSIONS": {
        f"scrapy.extensions.{name}": None
        for name in (
            "corestats.CoreStats",
            "logcount.LogCount",
            "telnet.TelnetConsole",
            "memusage.MemoryUsage",
            "memdebug.MemoryDebugger",
            "closespider.CloseSpider",
            "feedexport.FeedExporter",
            "logstats.LogStats",
            "spiderstate.SpiderState",
            "throttle.AutoThrottle",
            "remote_control.RemoteControl",
        )
    },
    "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
    "LOG_INSTALL_ROOT_HANDLER": False,
    "LOG_ENABLED": False,
    "COOKIES_ENABLED": False,
    "REFERRER_POLICY": "scrapy.spidermiddlewares.referer.NoReferrerPolicy",
}
