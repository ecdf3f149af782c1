"""A canary for every secret: whatever Vigie says, sends or keeps, none is in it but where it belongs."""

import asyncio
import io
import json
import logging
import re
import sqlite3
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest
import structlog

from alerting.channels import generate_secret
from cli import logs
from cli.feeds import feeds
from extraction.pool import WorkerPool
from news.alert import Channel
from news.clock import ManualClock
from news.errors import VigieError
from news.feedback import Feedback
from service.feeds import Feeds
from service.keys import instance_key
from service.settings import LogSettings
from storage import Database
from tests.commands import Commands, Said
from tests.receivers import ReceivedMail
from tests.secret_town import CHATS, DATABASE_PASSWORD, IN_ENVIRONMENT, IN_FILE, IN_HEARTBEAT, IN_URL, Town, town
from web.app import make_app
from web.metrics import metrics_router
from web.server import WebServer


def forms(secret: str) -> set[str]:
    """How a secret may come to light: as it is, in Base64, as a login, in a URL, and as JSON or a repr writes it."""
    bare = secret.removeprefix("session=").removeprefix("whsec_")
    encoded = {b64encode(f"{before}{secret}".encode()).decode().rstrip("=") for before in ("", "vigie:", "\0vigie\0")}
    return {
        bare,
        quote(bare),
        json.dumps(bare)[1:-1],
        repr(bare.encode())[2:-1],
        urlsafe_b64encode(bare.encode()).decode().rstrip("="),
        *encoded,
    }


@dataclass
class Written:
    """All that came out, by where."""

    texts: dict[str, str] = field(default_factory=dict)

    def found(self, secrets: dict[str, set[str]]) -> dict[str, list[str]]:
        """Where which secret stands."""
        return {
            name: sorted(place for place, text in self.texts.items() if any(form in text for form in spelt))
            for name, spelt in secrets.items()
            if any(form in text for text in self.texts.values() for form in spelt)
        }


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that the service would log, at its most talkative."""
    root, configured = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    receiver = logging.getLogger("mail.log")  # that of the mail server, which is not Vigie's
    receiver.disabled = True
    said = io.StringIO()
    with redirect_stderr(said):
        logs.configure(LogSettings(level="debug", format="json"))
    yield said
    receiver.disabled = False
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**configured)


COMMANDS = [
    ["source", "list"], ["source", "list", "--json"], ["source", "show", "Le Phare"],
    ["source", "show", "Le Détour", "--json"], ["source", "export"], ["source", "export", "--format", "list"],
    ["source", "export", "--json"],
    ["source", "test", "Le Phare"],
    ["channel", "list"], ["channel", "list", "--json"], ["channel", "show", "mail"],
    ["channel", "show", "mail", "--json"],
    ["channel", "show", "of the environment"], ["channel", "show", "of a file", "--json"], ["channel", "show", "made"],
    ["channel", "show", "of nobody"], ["channel", "show", "made", "--json"], ["channel", "preview", "mail"],
    ["channel", "test", "mail"], ["channel", "test", "of nobody"], ["channel", "test", "of a file"],
    *[["channel", *verb] for kind in ("slack", "discord", "telegram", "matrix", "ntfy")
      for verb in (("show", kind), ("test", kind), ("preview", kind))],
    ["watch", "feed", "Tout"],
    ["story", "list", "--json"], ["story", "show", "1"], ["watchlist", "list", "--json"],
    ["channel", "preview", "telegram", "--kind", "all"], ["channel", "show", "ntfy with a login", "--json"],
    ["watch", "list"], ["watch", "show", "Tout"], ["watch", "list", "--json"], ["watch", "explain", "Tout", "1"],
    ["deliveries", "list"], ["deliveries", "list", "--json"],
    *[["deliveries", "show", str(number)] for number in range(1, 12)],
    ["matches", "list", "--json"], ["article", "list", "--json"], ["doctor"], ["doctor", "--json"],
]  # fmt: skip


async def _live(town: Town) -> None:
    """A few days: visits, alerts, failures, notices of sources, a channel stopped and resumed."""
    vigie = town.vigie
    added = await _said(town, "channel", "add", "webhook", "made", "--url", town.webhooks[2].url, "--json")
    town.made = json.loads(added)["secret"]
    town.remade = json.loads(await _said(town, "channel", "rotate", "made", "--json"))["secret"]
    for hours in (0, 1, 7, 30, 31):
        vigie.wait(hours=hours)
        town.site.scripts |= town.later if hours > 1 else {}
        town.site.publish(f"encore-{hours}", f"Le gouvernement parle depuis {hours} heures")
        await vigie.go_round()
    await vigie.engine.heartbeat.ping()
    await vigie.engine.self_check.tick()
    await _said(town, "channel", "resume", "mail")
    vigie.wait(hours=1)
    await vigie.go_round()


async def _run(commands: Commands, *arguments: str) -> Said:
    """A command; in a process of its own where it needs the reactor, which is taken here."""
    if arguments[0] == "extract" or arguments[:2] == ("source", "test"):
        return await commands.apart(*arguments)
    return await asyncio.to_thread(commands, *arguments)


async def _said(town: Town, *arguments: str) -> str:
    """Standard output and error of a command, beside the service."""
    said = await _run(town.commands, *arguments)
    return said.out + said.err


async def _pages(town: Town, known: Feeds) -> dict[str, str]:
    """What the web server says to those who know nothing, and to whoever knows the address of a feed."""
    engine = town.vigie.engine
    app = make_app(
        engine.daemon.troubles,
        feeds=known,
        feedback=engine.feedback_desk,
        metrics=metrics_router(engine.metrics.page),
        problems=engine.self_check.kinds,
    )
    server = WebServer(app, "127.0.0.1", 0)
    await server.start()
    try:
        async with aiohttp.ClientSession() as session:
            paths = ("/readyz", "/healthz", "/feedback/x", "/feeds/x.atom", "/nothing", "/metrics")
            pages = [await session.get(f"{server.url}{path}") for path in paths]
            feed = await session.get(f"{server.url}{known.of_watch(1)}")
            assert feed.status == 200
            return {"the pages": "".join([await one.text() for one in pages]), "the feed": await feed.text()}
    finally:
        await server.stop()


def _tokens(mail: ReceivedMail) -> set[str]:
    """What its links end with."""
    text = mail.message.get_body(("plain",))
    assert text is not None
    return set(re.findall(r"/feedback/(\S+)", text.get_content()))


def _columns(file: Path) -> dict[str, str]:
    """All that the database keeps, by table and column."""
    with sqlite3.connect(file) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept: dict[str, str] = {}
        for table in names:
            rows = database.execute(f'SELECT * FROM "{table}"')
            for number, column in enumerate(rows.description):
                key = f"database: {table}.{column[0]}"
                kept[key] = "".join(str(row[number]) for row in database.execute(f'SELECT * FROM "{table}"'))
    database.close()
    return kept


async def _everything(town: Town, log: io.StringIO) -> Written:
    written = Written()
    for arguments in COMMANDS:
        written.texts["vigie " + " ".join(arguments)] = await _said(town, *arguments)
    written.texts |= await _pages(town, await feeds(town.vigie.archive))
    written.texts["log"] = log.getvalue()
    written.texts |= {f"mail {number}": repr(one.content) for number, one in enumerate(town.smtp.mails)}
    for number, call in enumerate([call for hook in town.webhooks for call in hook.calls]):
        written.texts[f"webhook {number}"] = f"{call.headers}{call.body!r}"
    for kind, chat in town.chats.items():
        written.texts |= {f"{kind} {number}": repr(call.body) for number, call in enumerate(chat.calls)}
    written.texts |= _columns(town.commands.folder / "vigie.db")
    return written


async def _secrets(town: Town, feedback: Feedback) -> dict[str, set[str]]:
    named = {**IN_ENVIRONMENT, **CHATS, "of a file": IN_FILE, "in the URL": IN_URL, "made by Vigie": town.made}
    named |= {"made anew": town.remade, "of the heartbeat": IN_HEARTBEAT}
    database = town.vigie.archive.database
    path = (await feeds(town.vigie.archive)).of_watch(1)
    own = {
        "feedback key": forms(feedback.key.hex()),
        "feed key": forms((await instance_key(database, "feeds")).hex()),
        "feed token": {path.removeprefix("/feeds/").removesuffix(".atom")},
    }
    return {name: forms(secret) for name, secret in named.items()} | own


@pytest.mark.parametrize("is_kind", [True, False], ids=["all goes well", "nothing goes well"])
async def test_no_secret_is_anywhere_but_where_it_belongs(
    tmp_path: Path,
    pool: WorkerPool,
    clock: ManualClock,
    log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    is_kind: bool,
) -> None:
    for name, secret in IN_ENVIRONMENT.items():
        monkeypatch.setenv(name, secret)
    async with town(tmp_path, pool, clock, is_kind=is_kind) as around:
        feedback = around.vigie.archive.feedback
        assert feedback is not None
        await _live(around)
        written = await _everything(around, log)
        assert await around.vigie.matches()
        assert bool(around.smtp.mails) == is_kind
        assert all(hook.calls for hook in around.webhooks)
        assert all(chat.calls for chat in around.chats.values())
        assert len(around.heart.calls) == 1
        kinds = {delivery.alert.kind for delivery in await around.vigie.deliveries()}
        assert kinds == ({"problem", "match"} | ({"update"} if is_kind else {"blocked", "channel"}))
        secrets = await _secrets(around, feedback)
        tokens = {token for mail in around.smtp.mails for token in _tokens(mail)}
    assert bool(tokens) == is_kind
    places = written.found({"links": tokens}).get("links", [])
    assert {place.split()[0] for place in places} == ({"mail"} if is_kind else set())
    assert written.found(secrets) == {
        "in the URL": ["database: channel.settings"],
        "made by Vigie": ["database: channel.settings"],
        "made anew": ["database: channel.settings"],
        "feedback key": ["database: secret.value"],
        "feed key": ["database: secret.value"],
        "feed token": ["the feed", "vigie watch feed Tout"],
    }


def test_the_search_finds_what_it_looks_for() -> None:
    for secret in (*IN_ENVIRONMENT.values(), IN_FILE):
        bare = secret.removeprefix("session=").removeprefix("whsec_")
        for text in (
            bare,
            json.dumps({"a": bare}),
            repr(bare.encode()),
            b64encode(f"vigie:{secret}".encode()).decode(),
        ):
            assert Written({"log": text}).found({"it": forms(secret)}) == {"it": ["log"]}
    assert Written({"log": "nothing"}).found({"it": forms("canary")}) == {}


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://vigie:{DATABASE_PASSWORD}@127.0.0.1:9/vigie",
        f"postgresql://vigie@127.0.0.1:9/vigie?password={DATABASE_PASSWORD}",
        f"postgresql://vigie:{DATABASE_PASSWORD}@127.0.0.1:port/vigie",
        f"mysql://vigie:{DATABASE_PASSWORD}@127.0.0.1/vigie",
        f"nonsense {DATABASE_PASSWORD}",
    ],
)
async def test_the_database_s_password_is_in_no_error(
    tmp_path: Path, url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(VigieError) as caught:
        await Database.open(url)
    said = f"{caught.value}{caught.value.hint}"
    commands = Commands(tmp_path)
    for arguments in (["source", "list"], ["doctor"], ["doctor", "--json"]):
        answer = await asyncio.to_thread(commands, *arguments, VIGIE_DATABASE__URL=url)
        assert answer.code != 0
        said += answer.out + answer.err
    said += "".join(capfd.readouterr())
    assert DATABASE_PASSWORD not in said


async def test_a_login_in_a_url_is_refused_and_not_repeated(tmp_path: Path) -> None:
    commands = Commands(tmp_path)
    for arguments in (
        ["source", "add", f"https://me:{DATABASE_PASSWORD}@phare.example/"],
        ["channel", "add", "webhook", "a", "--url", f"https://me:{DATABASE_PASSWORD}@hooks.example/"],
        ["extract", f"https://me:{DATABASE_PASSWORD}@phare.example/"],
        ["source", "test", f"https://me:{DATABASE_PASSWORD}@phare.example/"],
    ):
        said = await _run(commands, *arguments)
        assert said.code == 2, arguments
        assert DATABASE_PASSWORD not in said.out + said.err


@pytest.mark.parametrize(
    "settings",
    [
        '[[channel]]\nname = "a"\nkind = "email"\nhost = "h.example"\nfrom = "v@example.com"\nto = ["a@example.com"]\n'
        'username = "u"\npassword_env = "SECRET"\n',
        '[[channel]]\nname = "a"\nkind = "webhook"\nurl = "https://h.example/"\nsecret_env = "SECRET"\n',
        '[[channel]]\nname = "a"\nkind = "telegram"\nchat = "1"\ntoken = "SECRET"\n',
        '[[channel]]\nname = "a"\nkind = "slack"\nurl = "https://h.example/SECRET"\n',
        '[[channel]]\nname = "a"\nkind = "ntfy"\ntopic = "t"\nserver = "https://u:SECRET@h.example"\n',
        '[[source]]\nurl = "https://a.example/"\naccess = { user = "u", password_env = "SECRET" }\n',
        '[[source]]\nurl = "https://a.example/"\naccess = { headers_env = { X-Key = "SECRET" } }\n',
        '[[source]]\nurl = "https://a.example/"\naccess = { proxy = "http://u:SECRET@p.example:80" }\n',
        '[web]\npublic_url = "https://u:SECRET@vigie.example"\n',
    ],
)
def test_a_secret_that_is_written_where_its_place_belongs_is_refused_and_not_repeated(
    tmp_path: Path, settings: str
) -> None:
    secret = "canary-misplaced:5512="
    commands = Commands(tmp_path)
    commands.settings(settings.replace("SECRET", secret))
    for arguments in (["channel", "list"], ["channel", "show", "a", "--json"], ["source", "list"], ["doctor"]):
        said = commands(*arguments)
        assert said.code != 0, arguments
        assert "canary" not in said.out + said.err


def test_a_value_that_holds_a_secret_does_not_print_it() -> None:
    secret = generate_secret()
    shown = repr(Feedback("https://vigie.example", secret.encode()))
    assert secret not in shown
    assert Channel(1, "a", "webhook").settings == {}
