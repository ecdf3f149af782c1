"""The demo's last page: its summary, for eyes."""

from rich.text import Text

from alerting.marks import one_line
from cli.demo import lines
from cli.demo.layout import Layout
from cli.demo.observation import Observation
from cli.demo.summary import Summary
from cli.demo.surroundings import WATCHES


def closing(layout: Layout, summary: Summary, seen: Observation) -> None:
    """What was found, which watch wanted it and why, what was received, and what was stripped."""
    layout.heading(Text("Summary", "bold"))
    _articles(layout, summary)
    for watch, query in WATCHES.items():
        _watch(layout, seen, watch, query)
    layout.gap()
    _alerts(layout, summary)
    _stripped(layout, summary)
    layout.pair("data", f"kept in {summary.folder}")
    layout.gap()
    for fault in summary.faults:
        layout.row(Text("fault", "bold red"), Text(one_line(fault)))


def _articles(layout: Layout, summary: Summary) -> None:
    news = [found for found in summary.articles if not found.is_history]
    wanted = sum(bool(found.wanted_by) for found in news)
    layout.pair("found", f"{lines.counted(len(news), 'new article')}, {wanted} of them wanted by a watch")
    for title in summary.missing:
        layout.pair("not found", title)
    history = lines.counted(len(summary.articles) - len(news), "article")
    layout.pair("history", f"{history} from before, told to nobody")


def _watch(layout: Layout, seen: Observation, watch: str, query: str) -> None:
    layout.gap()
    layout.pair("watch", Text.assemble((watch, "bold"), "  ", query))
    told = [found for found in seen.matches if found.watch == watch and not found.match.seen]
    for found in told:
        layout.under(Text(one_line(found.stored.article.title)), "· ")
        layout.under(lines.context(found, in_colour=layout.in_colour), "  ")
        if seen.waits_to_be_told(found):
            layout.under(lines.waiting(), "  ")
    if not told:
        layout.under(Text("nothing", "dim"), "· ")


def _alerts(layout: Layout, summary: Summary) -> None:
    twice = lines.counted(len(summary.repeated), "alert") + " came twice" if summary.repeated else "nothing came twice"
    emails, webhooks = lines.counted(summary.emails, "e-mail"), lines.counted(summary.webhooks, "webhook")
    layout.pair("received", f"{emails}, {webhooks} with a verified signature; {twice}")
    if summary.undelivered:
        layout.pair("not delivered", lines.counted(summary.undelivered, "alert"))
    if summary.first_alert_after is not None:
        layout.pair("first alert", f"{summary.first_alert_after:.1f} s after the start; {summary.took:.0f} s in all")


def _stripped(layout: Layout, summary: Summary) -> None:
    stripped = summary.stripped
    if stripped is None:
        return
    sizes = f"{lines.kilobytes(stripped.page_bytes)} of page became {lines.kilobytes(stripped.text_bytes)} of text"
    layout.pair("stripped", Text.assemble(f"{sizes}: ", one_line(stripped.title)))
    layout.under(Text(f"left out: {' · '.join(stripped.left_out)}", "dim"))
    for line in summary.leftovers:
        layout.row(Text("left over", "yellow"), Text(one_line(line)))
