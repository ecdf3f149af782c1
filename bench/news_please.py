"""What another crawler spends on the same pages: news-please, downloading and extracting them.

    PYTHON bench/news_please.py < URLS

Run by an interpreter that has news-please, which Vigie does not need; prints its CPU seconds, and how many pages gave a
text. Pictures are not fetched, and no name is looked up: the pages are on loopback, and nothing else is asked.
This file uses nothing of ours, for there is nothing of ours in that interpreter.
"""

import os
import socket
import sys
from importlib import import_module
from typing import Any


def main() -> None:
    """Fetch, extract, print."""
    socket.getaddrinfo = _loopback_only
    urls = [line.strip() for line in sys.stdin]
    news_please = import_module("newsplease").NewsPlease
    news_please.from_url(urls[0], fetch_images=False)  # what it loads at first is not counted
    before = _cpu()
    texts = sum(_has_text(news_please, url) for url in urls)
    print(_cpu() - before, texts)


def _has_text(news_please: Any, url: str) -> bool:
    try:
        article = news_please.from_url(url, fetch_images=False)
    except Exception as error:  # a page that it breaks on is one without a text, and said so
        print(f"{url}: {error}", file=sys.stderr)
        return False
    return bool(article is not None and article.maintext)


def _loopback_only(host: Any, port: Any, *_: Any, **__: Any) -> list[Any]:
    if host not in ("127.0.0.1", "localhost"):
        raise socket.gaierror(f"{host} is not on loopback")
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


def _cpu() -> float:
    return sum(os.times()[:4])


if __name__ == "__main__":
    main()
