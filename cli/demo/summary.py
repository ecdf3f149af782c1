"""What came of a demo: counted from the database and from what the receivers got. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cli.demo.lines import context, hit_words
from cli.demo.observation import Observation
from news.article import StoredArticle
from seeds.boilerplate import boilerplate_of
from seeds.receivers import ReceivedCall, ReceivedMail
from seeds.texts import SeedArticle
from storage.matches import FoundMatch


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a watch wants an article: the words that its query found, alone and in `context` (between asterisks).

    `told` is whether anybody was to hear of it: not of history. `waits` is whether its story was told before, so that
    an update will tell it.
    """

    watch: str
    query: str
    words: tuple[str, ...]
    context: str
    told: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class Found:
    """An article of the archive, with the watches that want it."""

    title: str
    url: str
    language: str | None
    is_history: bool
    wanted_by: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Stripped:
    """One page and what was kept of it, in bytes; `left_out` are lines of the page that are not of the article."""

    title: str
    page_bytes: int
    text_bytes: int
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """An article as the site published it: its address, the page as served, and whether it was there before us."""

    article: SeedArticle
    url: str
    page: str
    is_history: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole; `faults` is empty where the demo showed what it should. Times are in seconds from the start.

    `webhooks` counts those whose signature is right. `repeated` are alerts that one receiver got twice, `missing`
    titles that were published and not found, `leftovers` lines of stored texts that no author wrote.
    """

    faults: tuple[str, ...]
    emails: int
    webhooks: int
    first_alert_after: float | None
    took: float
    articles: tuple[Found, ...]
    missing: tuple[str, ...]
    history_told: tuple[str, ...]
    repeated: tuple[str, ...]
    undelivered: int
    leftovers: tuple[str, ...]
    stripped: Stripped | None
    folder: str


@dataclass(frozen=True, slots=True)
class Received:
    """What the two receivers have got so far."""

    mails: Sequence[ReceivedMail]
    calls: Sequence[ReceivedCall]

    @property
    def verified(self) -> tuple[ReceivedCall, ...]:
        """The calls whose signature is right."""
        return tuple(call for call in self.calls if call.is_verified)

    @property
    def first_at(self) -> datetime | None:
        """When the first alert came, by whichever road; None while there is none."""
        instants = [mail.received_at for mail in self.mails] + [call.received_at for call in self.verified]
        return min(instants, default=None)

    @property
    def repeated(self) -> tuple[str, ...]:
        """What came twice to the same receiver: an e-mail by its subject, a webhook by watch and article."""
        subjects = (f"e-mail {mail.message['Subject']}" for mail in self.mails)
        payloads = (call.payload["data"] for call in self.verified)
        told = (f"webhook {payload['watch']}: {payload['article']['title']}" for payload in payloads)
        return tuple(name for name, times in Counter((*subjects, *told)).items() if times > 1)

    def speaks_of(self, url: str) -> bool:
        """Whether some alert tells of this address."""
        by_mail = any(url in mail.text for mail in self.mails)
        return by_mail or any(call.payload["data"]["article"]["url"] == url for call in self.verified)


def summarise(
    published: Sequence[Published], seen: Observation, received: Received, times: tuple[datetime, datetime], folder: str
) -> Summary:
    """The summary; `times` are start and end."""
    started_at, ended_at = times
    first_at = received.first_at
    history = [one for one in published if one.is_history]
    told = tuple(one.article.title for one in history if received.speaks_of(one.url))
    return Summary(
        faults=tuple(_faults(received, told)),
        emails=len(received.mails),
        webhooks=len(received.verified),
        first_alert_after=round((first_at - started_at).total_seconds(), 1) if first_at else None,
        took=round((ended_at - started_at).total_seconds(), 1),
        articles=tuple(_found(stored, seen, {one.url for one in history}) for stored in seen.articles),
        missing=tuple(one.article.title for one in published if one.url not in seen.urls),
        history_told=told,
        repeated=received.repeated,
        undelivered=sum(delivery.state != "sent" for delivery in seen.deliveries),
        leftovers=tuple(_leftovers(published, seen)),
        stripped=_stripped(published, seen),
        folder=folder,
    )


def _faults(received: Received, history_told: Iterable[str]) -> Iterable[str]:
    if not received.mails:
        yield "no e-mail was received"
    if not received.verified:
        yield "no webhook with the right signature was received"
    for call in received.calls:
        if not call.is_verified:
            yield f"the webhook {call.id} was refused: {call.fault}"
    for repeated in received.repeated:
        yield f"received more than once: {repeated}"
    for title in history_told:
        yield f"an alert told of history: {title}"


def _found(stored: StoredArticle, seen: Observation, history: Collection[str]) -> Found:
    article = stored.article
    reasons = tuple(_reason(found, seen) for found in seen.matches_of(stored.id))
    return Found(article.title, article.canonical_url, article.language, article.canonical_url in history, reasons)


def _reason(found: FoundMatch, seen: Observation) -> Reason:
    return Reason(
        watch=found.watch,
        query=found.query,
        words=hit_words(found),
        context=context(found, in_colour=False).plain,
        told=not found.match.seen,
        waits=seen.waits_to_be_told(found),
    )


def _leftovers(published: Sequence[Published], seen: Observation) -> Iterable[str]:
    """Lines of stored texts that stood on the page and not in the article."""
    written = {one.url: set(_lines(one.article.text)) for one in published}
    for stored in seen.articles:
        for line in _lines(stored.article.text):
            if line not in written.get(stored.article.canonical_url, ()):
                yield line


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _stripped(published: Sequence[Published], seen: Observation) -> Stripped | None:
    """The first article after history, if it was found."""
    texts = {stored.article.canonical_url: stored.article.text for stored in seen.articles}
    for one in published:
        if not one.is_history and one.url in texts:
            text = texts[one.url]
            lines = _lines(text)
            around = boilerplate_of(one.article.template, one.page)
            left_out = tuple(phrase for phrase in around if not any(line.startswith(phrase) for line in lines))
            return Stripped(one.article.title, len(one.page.encode()), len(text.encode()), left_out)
    return None
