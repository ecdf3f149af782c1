"""Bodies sent in gzip, deflate, Brotli or Zstandard: decoded piece by piece, no further than the request allows."""

import asyncio
from itertools import chain

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, IgnoreRequest
from scrapy.http import Response

from crawler.failure import WireError, too_large

MOST_LAYERS = 3
_LARGE = 256 * 1024  # bytes as sent: decoding them would hold up everybody else


class CompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's own, which stops bombs in time; here it counts the layers too, works aside, and says what went wrong."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler=crawler)
        self._usual_size = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "CompressionMiddleware":
        """Scrapy's way of construction."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """The answer, decoded. Raises Scrapy's download errors, each with a WireError as its cause."""
        layers = _layers(response)
        if not layers or not response.body:
            return response
        if len(layers) > MOST_LAYERS:
            what = f"is encoded {len(layers)} times over; Vigie takes {MOST_LAYERS}"
            raise DownloadFailedError(what) from WireError("broken answer", what)
        response.headers["Content-Encoding"] = layers
        decode = super().process_response
        try:
            if len(response.body) > _LARGE:
                return await asyncio.to_thread(decode, request, response)
            return decode(request, response)
        except IgnoreRequest as error:
            limit: int = request.meta.get("download_maxsize", self._usual_size)
            raise DownloadCancelledError(str(error)) from too_large(limit, self._usual_size)
        except Exception as error:  # each decoder has errors of its own
            what = f"is said to be in {', '.join(layers)} and cannot be decoded: {error}"
            raise DownloadFailedError(what) from WireError("broken answer", what)


def _layers(response: Response) -> list[str]:
    """The encodings that the answer is said to be in, the innermost first."""
    named = chain.from_iterable(value.split(b",") for value in response.headers.getlist("Content-Encoding"))
    layers = [name.strip().lower().decode("latin-1") for name in named]
    return [layer for layer in layers if layer not in ("", "identity")]
