"""What the demo shows as it goes: one entry for each thing that happens, and on a terminal a line of counts below."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console
from rich.live import Live
from rich.text import Text

from alerting.marks import one_line
from cli.demo import lines
from cli.demo.layout import Layout
from cli.demo.observation import Observation
from cli.demo.summary import Received
from cli.demo.surroundings import WATCHES, Surroundings
from news.article import StoredArticle
from news.clock import Clock
from seeds.receivers import ReceivedCall, ReceivedMail
from seeds.texts import SeedArticle

_STYLES = {"published": "cyan", "found": "green", "e-mail": "magenta", "webhook": "blue", "refused": "bold red"}


class Screen:
    """Prints what is new since it was last told; a quiet console makes it silent."""

    def __init__(self, console: Console, clock: Clock, started_at: datetime) -> None:
        self.layout = Layout(console)
        self._clock = clock
        self._started_at = started_at
        self._shown: set[int] = set()
        self._history_is_shown = False
        self._mails = 0
        self._calls = 0
        self._footer: Live | None = None

    @contextmanager
    def footer(self) -> Iterator[None]:
        """A line of counts that stays below everything else, on a terminal only."""
        console = self.layout.console
        if not console.is_terminal or console.quiet:
            yield
            return
        with Live(console=console, auto_refresh=False, transient=True) as self._footer:
            console.show_cursor(True)  # a second Ctrl-C ends the process with no time to bring it back
            yield
        self._footer = None

    def opening(self, around: Surroundings, folder: str) -> None:
        """What is about to run, and where."""
        self.layout.heading(Text.assemble(("Vigie, a demo", "bold"), ("  nothing leaves this machine", "dim")))
        self.layout.pair("news site", f"{around.site.base_url}/")
        self.layout.pair("mail server", around.mail.address)
        self.layout.pair("webhook", around.hook.url)
        self.layout.pair("data", folder)
        for name, query in WATCHES.items():
            self.layout.pair("watch", Text.assemble((name, "bold"), "  ", query))
        self.layout.gap()

    def serving(self, url: str) -> None:
        """The service is up."""
        self._entry("service", Text(f"runs at {url}"))

    def published(self, article: SeedArticle) -> None:
        """The site has a new article."""
        self._short_entry("published", article.title)

    def note(self, text: str) -> None:
        """A sentence on the demo itself."""
        self._entry("note", Text(text))

    def show(self, seen: Observation, received: Received, to_come: int) -> None:
        """Whatever is new in the archive and at the receivers."""
        if seen.has_history and not self._history_is_shown:
            self._history(seen)
        if seen.has_history:
            self._articles(seen)
        for mail in received.mails[self._mails :]:
            self._mail(mail)
        for call in received.calls[self._calls :]:
            self._call(call)
        if self._footer is not None:
            self._footer.update(_counts(seen, received, to_come), refresh=True)

    def _history(self, seen: Observation) -> None:
        self._history_is_shown = True
        self._shown |= {stored.id for stored in seen.articles}
        there = lines.counted(len(seen.articles), "article")
        self._entry("history", Text(f"{there} stood there before: kept, and told to nobody"))
        for found in seen.matches:
            self.layout.under(Text(f"{found.watch} would have wanted: {one_line(found.stored.article.title)}", "dim"))

    def _articles(self, seen: Observation) -> None:
        for stored in seen.articles:
            if stored.id not in self._shown:
                self._shown.add(stored.id)
                self._article(stored, seen)

    def _article(self, stored: StoredArticle, seen: Observation) -> None:
        matches = seen.matches_of(stored.id)
        self._entry("found", Text(one_line(stored.article.title), "bold" if matches else ""))
        facts = lines.facts(stored)
        self.layout.under(facts if matches else facts.append(" · no watch wants it"))
        for found in matches:
            self.layout.under(lines.wanted(found))
            self.layout.under(lines.context(found, in_colour=self.layout.in_colour))
            if seen.waits_to_be_told(found):
                self.layout.under(lines.waiting())

    def _mail(self, mail: ReceivedMail) -> None:
        self._mails += 1
        if self._mails > 1:
            self._short_entry("e-mail", str(mail.message["Subject"]))
            return
        self._entry("e-mail", Text("received; the first one in full:"))
        self.layout.block(lines.mail(mail))

    def _call(self, call: ReceivedCall) -> None:
        self._calls += 1
        if not call.is_verified:
            self._entry("refused", Text(f"a webhook whose signature is wrong: {call.fault}"))
        elif self._calls > 1:
            told = call.payload["data"]
            self._short_entry("webhook", f"verified · {told['watch']}: {told['article']['title']}")
        else:
            self._entry("webhook", Text("received, signature verified; the first one in full:"))
            self.layout.block(lines.payload(call))

    def staying(self, around: Surroundings, web_url: str) -> None:
        """All is published, and the demo stays up."""
        self.layout.heading(Text("All is published, and everything stays up until Ctrl-C.", "bold"))
        self.layout.pair("service", web_url)
        self.layout.pair("news site", f"{around.site.base_url}/")
        for article in around.site.published[:3]:
            self.layout.pair("", around.site.url_of(article))
        self.layout.gap()

    def _entry(self, kind: str, text: Text) -> None:
        self.layout.row(self._head(kind), text)

    def _short_entry(self, kind: str, text: str) -> None:
        self.layout.short_row(self._head(kind), Text(one_line(text)))

    def _head(self, kind: str) -> Text:
        seconds = (self._clock.now() - self._started_at).total_seconds()
        return Text.assemble((f"{seconds:5.1f} s  ", "dim"), (kind, _STYLES.get(kind, "dim")))


def _counts(seen: Observation, received: Received, to_come: int) -> Text:
    parts = (
        f"{to_come} to come",
        f"{len(seen.articles)} found",
        lines.counted(len(received.mails), "e-mail"),
        f"{lines.counted(len(received.verified), 'webhook')} verified",
        "Ctrl-C ends it",
    )
    return Text(f"\n  {' · '.join(parts)}", "dim")
