"""An example of every kind of alert: what a template is tried on before it is kept, and previews show. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

from alerting.words import copies, digest_title, figure, headline, outlets
from news.alert import OF_WATCHES, Alert, AlertKind, Item, Outlet, Told
from news.article import Span

_ON_SOURCES: Mapping[AlertKind, str] = {
    "silent": "The source says nothing any more",
    "failing": "The source cannot be read",
    "blocked": "The source refuses Vigie",
    "suspect": "The source looks other than usual",
    "back": "The source is back",
    "channel": "The channel chat is paused",
    "problem": "Less than 1 GiB is left on the disk",
    "solved": "Over: less than 1 GiB is left on the disk",
}
_WATCH, _QUERY = "Watch", "title OR passage"


def example(kind: AlertKind, now: datetime) -> Alert:
    """The first example of a kind."""
    return next(alert for alert in examples(now) if alert.kind == kind)


def examples(now: datetime) -> tuple[Alert, ...]:
    """Alerts of every kind and shape; whoever saves a template sees it fail on these, and not on news."""
    full, bare = _full(now), Told(article_id=2, title="", url="about:blank", source="", excerpt="")
    others = (
        Outlet("The Other Example", "The same, elsewhere", "https://other.example.com/c"),
        Outlet("The Third Example", "A title <b>& more</b>", "https://third.example.com/d", is_copy=True),
    )
    changes = (
        outlets(2),
        copies(1),
        figure("10 000 soldiers", "12 000 soldiers"),
        headline("A title", "A title <b>& more</b>"),
    )
    told = Item(_WATCH, full, others, changes)
    old = Item("Other watch", replace(bare, resurfaced_from=now - timedelta(days=400)))
    match = Alert(_WATCH, _QUERY, now, full)
    found = (
        match,
        replace(match, told=bare, is_test=True),
        replace(match, items=(Item(_WATCH, full, others, changes[:2]),)),
        replace(match, told=replace(full, title="The first title"), kind="update", items=(told,)),
        replace(match, told=bare, kind="update", items=(Item(_WATCH, bare),)),
        _digest(now, (told, old)),
        replace(_digest(now, (told,)), watch=_WATCH, query=_QUERY),
        replace(match, told=_said("Far more than usual: 31 articles today", now), kind="spike"),
    )
    return (*found, *(Alert("", "", now, _of_source(kind, now), kind=kind) for kind in _notices()))


def _notices() -> Sequence[AlertKind]:
    return [kind for kind in get_args(AlertKind) if kind not in OF_WATCHES]


def _full(now: datetime) -> Told:
    return Told(
        article_id=1,
        title="A title <b>& more</b>",
        url="https://news.example.com/a?b=1&c=2",
        source="The Daily Example",
        excerpt="…a passage\nwith a word that was found…",
        title_spans=(Span("title", 2, 7),),
        excerpt_spans=(Span("text", 3, 10),),
        authors=("A. Writer", "B. Writer"),
        published_at=now,
        found_at=now,
        language="en",
    )


def _digest(now: datetime, items: tuple[Item, ...]) -> Alert:
    told = Told(0, digest_title(items), "", "", "and 3 stories more: vigie matches list", found_at=now)
    return Alert("", "", now, told, kind="digest", items=items)


def _said(title: str, now: datetime) -> Told:
    return Told(0, title, "", "", "The watch “Watch” usually has 6 a day by now.", found_at=now)


def _of_source(kind: AlertKind, now: datetime) -> Told:
    about = {"channel": "chat", "problem": "disk", "solved": "disk"}.get(kind)
    url, source = ("", about) if about else ("https://news.example.com/", "The Daily Example")
    return Told(0, _ON_SOURCES[kind], url, source, "What Vigie saw, and what to do.", found_at=now)
