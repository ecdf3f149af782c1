"""Every place of the program that is able to open a connection, and what guards it: the list is complete.

`tests/acceptance/test_every_fetch_path.py` shows that the guard holds; this one shows that nothing goes round it.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doors import Door, doors

ROOT = Path(__file__).parents[2]
# Not `seeds` and `bench`: servers and receivers on loopback, for demonstrations and measurements; no service runs them.
PACKAGES = (
    "news", "crawler", "extraction", "storage", "matching", "alerting", "service", "scheduler", "web", "cli",
)  # fmt: skip

CRAWLER = "crawler.guard.GuardedResolver: Twisted asks it about every host, and dials what it answers"
CHECKED = "news.url.checked and crawler.guard.GuardedResolver, by AddressMiddleware: every request passes both"
OWN_SPIDER = "the user's own program, its requests held to the same middlewares and resolver as all others"
DIALLER = "alerting.guard.GuardedDialler: dials what news.guard.Guard has passed"
GUARD = "it is part of the guard"
PROXY = "crawler.proxy.Proxy: the browser's only way out, and it dials through GuardedDialler"
LISTENS = "it listens, and dials nobody"
OWN = "the user's own database, named in the settings; no feed, page or link can change it"
PASSING = "a SQLite database in memory, which is nowhere to be reached"
TOOLS = OWN + ", by PostgreSQL's own programs, from a list of arguments without a shell"
SIGNAL = "no connection: Scrapy's and SQLAlchemy's word for listening to an event, or for borrowing from the pool"
MEMORY = "it is given bytes or a tree, never an address: see the test below"

# (file, what it uses): how often, and what guards it.
DOORS: dict[tuple[str, str], tuple[int, str]] = {
    ("alerting/channels/email.py", "aiosmtplib.SMTP"): (1, DIALLER + "; it is handed the connected socket"),
    ("alerting/channels/email.py", ".connect"): (2, DIALLER),
    ("alerting/guard.py", "aiohttp.ClientSession"): (1, DIALLER + "; its connector is the dialler's"),
    ("alerting/guard.py", "aiohttp.TCPConnector"): (1, GUARD),
    ("alerting/guard.py", "socket.socket"): (2, GUARD),
    ("alerting/guard.py", ".sock_connect"): (1, GUARD),
    ("cli/wiring.py", ".connect"): (1, DIALLER + "; handed to the browser's proxy"),
    ("cli/network.py", ".getaddrinfo"): (1, GUARD + ": the one resolver"),
    ("crawler/browser.py", "playwright.async_api.Error"): (1, PROXY),
    ("crawler/browserpage.py", "playwright.async_api.Error"): (1, PROXY),
    ("crawler/browserpage.py", "playwright.async_api.TimeoutError"): (1, PROXY),
    ("crawler/chromium.py", "playwright.async_api.Error"): (1, PROXY),
    ("crawler/chromium.py", "playwright.async_api.async_playwright"): (1, PROXY),
    ("crawler/engine.py", "scrapy.crawler.AsyncCrawlerRunner"): (1, CRAWLER),
    ("crawler/engine.py", ".connect"): (1, SIGNAL),
    ("crawler/engine.py", ".crawl"): (1, CRAWLER),
    ("crawler/entries.py", "lxml.etree.iterparse"): (1, MEMORY),
    ("crawler/feeds.py", "feedparser.parse"): (1, MEMORY),
    ("crawler/fetching.py", "scrapy.Request"): (1, CHECKED),
    ("crawler/fetching.py", ".download_async"): (1, CHECKED),
    ("crawler/guard.py", "twisted.internet.reactor.installNameResolver"): (1, GUARD),
    ("crawler/handler.py", ".connect"): (2, SIGNAL),
    ("crawler/handler.py", "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"): (2, CRAWLER),
    ("crawler/handler.py", "scrapy.core.downloader.handlers.http11.TunnelError"): (1, CRAWLER),
    ("crawler/handler.py", "scrapy.core.downloader.handlers.http11._LenientHTTP11ClientFactory"): (1, CRAWLER),
    ("crawler/handler.py", "scrapy.core.downloader.handlers.http11._LenientHTTP11ClientProtocol"): (1, CRAWLER),
    ("crawler/handler.py", "scrapy.core.downloader.handlers.http11._LenientHTTPClientParser"): (1, CRAWLER),
    ("crawler/middlewares/redirects.py", "scrapy.Request"): (1, CHECKED),
    ("crawler/middlewares/robots.py", "scrapy.Request"): (1, CHECKED),
    ("crawler/middlewares/robots.py", ".download_async"): (1, CHECKED),
    ("crawler/own_run.py", "scrapy.Request"): (1, "no request is made: what a spider yields is told apart"),
    ("crawler/own_spider.py", "importlib.import_module"): (1, OWN_SPIDER),
    ("crawler/own_spider.py", "scrapy.crawler.AsyncCrawlerRunner"): (1, OWN_SPIDER),
    ("crawler/own_spider.py", ".connect"): (1, SIGNAL),
    ("crawler/own_spider.py", ".crawl"): (1, OWN_SPIDER),
    ("crawler/proxy.py", "asyncio.open_connection"): (1, DIALLER + "; it is handed the connected socket"),
    ("crawler/proxy.py", "socket.socket"): (1, "the type of what GuardedDialler hands over"),
    ("crawler/reactor.py", "twisted.internet.reactor"): (1, CRAWLER),
    ("crawler/reactor.py", "twisted.internet.reactor.startRunning"): (1, CRAWLER),
    ("extraction/guessed_day.py", "htmldate.find_date"): (1, MEMORY),
    ("service/machine.py", "socket.socket"): (1, LISTENS),
    ("storage/database.py", "sqlalchemy.ext.asyncio.create_async_engine"): (3, OWN),
    ("storage/database.py", ".connect"): (2, SIGNAL),
    ("storage/migrate.py", "sqlalchemy.create_engine"): (1, PASSING),
    ("storage/postgresql_copy.py", "sqlalchemy.ext.asyncio.create_async_engine"): (1, OWN),
    ("storage/postgresql_tools.py", "asyncio.create_subprocess_exec"): (2, TOOLS),
    ("web/server.py", "socket.socket"): (1, LISTENS),
}


def _files() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def _all_doors() -> list[Door]:
    return [
        door for path in _files() for door in doors(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
    ]


def test_every_door_is_known_and_guarded() -> None:
    found = _all_doors()
    counted = Counter((door.file, door.uses) for door in found)
    new = [door for door in found if counted[door.file, door.uses] > DOORS.get((door.file, door.uses), (0, ""))[0]]
    assert not new, (
        f"new places that can open a connection: {new}. Let the crawler's Fetcher fetch it, or dial through "
        "GuardedDialler; then add it to DOORS, with what guards it"
    )
    gone = {door for door, (times, _) in DOORS.items() if counted[door] < times}
    assert not gone, f"doors that are no longer there: take them out of DOORS: {gone}"


def test_no_package_is_left_out() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"tests"} == {*PACKAGES, "seeds", "bench"}


@pytest.mark.parametrize(
    ("file", "readers", "given"),
    [
        ("crawler/feeds.py", "feedparser.parse", "BytesIO"),
        ("crawler/entries.py", "lxml.etree.iterparse", "BytesIO"),
        ("extraction/guessed_day.py", "htmldate.find_date", "tree"),
    ],
)
def test_a_reader_that_would_fetch_an_address_is_given_none(file: str, readers: str, given: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    name = readers.rpartition(".")[2]
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(name)]
    assigned = {
        target.id: node.value
        for node in ast.walk(tree) if isinstance(node, ast.Assign)
        for target in node.targets if isinstance(target, ast.Name)
    }  # fmt: skip
    assert calls
    for call in calls:
        first = call.args[0]
        source = assigned.get(first.id, first) if isinstance(first, ast.Name) else first
        written = source.func if isinstance(source, ast.Call) else source
        assert isinstance(written, ast.Attribute), ast.unparse(call)
        assert written.attr == given, ast.unparse(call)


@pytest.mark.parametrize(
    "text",
    [
        "import socket\nsocket.create_connection(('h', 1))",
        "from socket import socket as s\ns()",
        "import httpx",
        "from requests import get\nget('http://h')",
        "import urllib.request as u\nu.urlopen('http://h')",
        "from urllib.request import urlopen\nurlopen('http://h')",
        "import http.client",
        "import aiohttp\naiohttp.ClientSession()",
        "from aiohttp import ClientSession as C\nclass D(C): pass",
        "import asyncio\nasyncio.open_connection('h', 1)",
        "loop.create_connection(f, 'h', 1)",
        "loop.sock_connect(s, a)",
        "loop.getaddrinfo('h', 1)",
        "sock.connect(a)",
        "import aiosmtplib\naiosmtplib.send(m)",
        "import smtplib",
        "from ftplib import FTP\nFTP('h')",
        "from scrapy import Request\nRequest('http://h')",
        "response.follow('/x')",
        "engine.download_async(r)",
        "from twisted.internet import reactor\nreactor.connectTCP('h', 1, f)",
        "from twisted.internet.endpoints import TCP4ClientEndpoint as E\nE(r, 'h', 1)",
        "r.connectTCP('h', 1, f)",
        "import subprocess\nsubprocess.run(['curl'])",
        "import os\nos.system('curl')",
        "import asyncio\nasyncio.create_subprocess_exec('curl')",
        "from trafilatura import fetch_url\nfetch_url('http://h')",
        "import trafilatura\ntrafilatura.fetch_url('http://h')",
        "from trafilatura.downloads import fetch_response\nfetch_response('h')",
        "import feedparser\nfeedparser.parse(x)",
        "from playwright.async_api import async_playwright\nasync_playwright()",
        "page.goto('http://h')",
        "from lxml import etree\netree.parse('http://h')",
        "from urllib.request import *",
        "import importlib\nimportlib.import_module(n)",
        "__import__(n)",
        "def f():\n    import socket\n    return socket.socket",
    ],
)
def test_a_door_is_found_however_it_is_opened(text: str) -> None:
    assert list(doors(text, "a.py"))


@pytest.mark.parametrize(
    "text",
    [
        "import socket\nsocket.AF_INET",
        "from scrapy import Request\ndef f(r: Request) -> Request: ...",
        "import asyncio\nasyncio.timeout(1)",
        "from aiohttp import ClientError\ntry: ...\nexcept ClientError: ...",
        "import socket\nmade: socket.socket | None = None",
    ],
)
def test_what_opens_nothing_is_no_door(text: str) -> None:
    assert list(doors(text, "a.py")) == []
