"""Redirects followed to an end: ten at the most, and none twice, for without cookies a circle never opens."""

from scrapy import Request, Spider
from scrapy.downloadermiddlewares import redirect
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.failure import WireError
from news.errors import BadUrlError

_TRIED_COOKIE = "vigie_server_set_cookie"


class RedirectMiddleware(redirect.RedirectMiddleware):
    """Scrapy's own, which sees a circle at once and says why it gives up."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """The answer, or the request that it leads to.

        Raises IgnoreRequest, a WireError as its cause, where the way is too long or leads round in a circle, and
        BadUrlError where it leads nowhere.
        """
        try:
            result = super().process_response(request, response)
        except IgnoreRequest as error:
            hops = request.meta.get("redirect_times", 0)
            raise IgnoreRequest(str(error)) from _wire_error(f"redirects more than {hops} times")
        except ValueError as error:
            raise BadUrlError(f"{request.url} redirects to an address that cannot be read") from error
        if isinstance(result, Request):
            if "Set-Cookie" in response.headers:
                result.meta[_TRIED_COOKIE] = True
            if _asked(result.url) in map(_asked, result.meta["redirect_urls"]):
                raise IgnoreRequest("redirects in a circle") from _wire_error(_circle(result))
        return result


def _asked(url: str) -> str:
    """The URL as the server sees it."""
    return url.partition("#")[0]


def _circle(request: Request) -> str:
    wants_cookie = request.meta.get(_TRIED_COOKIE)
    return "redirects in a circle" + (", perhaps for want of a cookie that it sets" if wants_cookie else "")


def _wire_error(what: str) -> WireError:
    return WireError("redirects", what, "redirects")
