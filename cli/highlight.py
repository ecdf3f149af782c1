"""Which parts of an article a terminal shows of a match, its hits marked."""

from collections.abc import Iterable, Iterator

from rich.text import Text

from cli.output import ago, highlighted, print_line, print_prose
from news.article import Article, SearchHit, Span
from news.clock import SystemClock


def passages(text: str, spans: Iterable[Span]) -> Iterator[Text]:
    """The paragraphs that hold hits, each with its hits marked; the first paragraph where none does."""
    hits = [span for span in spans if span.field == "text"]
    start, shown = 0, False
    for paragraph in text.split("\n\n"):
        end = start + len(paragraph)
        inside = [
            Span("text", max(hit.start, start) - start, min(hit.end, end) - start)
            for hit in hits
            if hit.start < end and hit.end > start
        ]
        if inside:
            shown = True
            yield highlighted(paragraph, inside)
        start = end + 2
    if not shown:
        yield Text(text.partition("\n\n")[0])


def title(text: str, spans: Iterable[Span]) -> Text:
    """The title, its hits marked."""
    return highlighted(text or "(no title)", [span for span in spans if span.field == "title"])


def print_hit(hit: SearchHit) -> None:
    """One article that was found: its title, where it is from, and the passages around the first hits."""
    stored = hit.stored
    told = [f"article {stored.id}", stored.source, ago(stored.first_seen_at, SystemClock().now())]
    print_line(title(stored.article.title, hit.spans))
    print_prose(Text(" · ".join([*told, stored.article.canonical_url]), style="dim"), indent=2)
    print_snippets(stored.article, hit.spans)
    print_line("")


def print_snippets(article: Article, spans: Iterable[Span]) -> None:
    """The passages of its text around the first hits, set in by two; its beginning where the text has none."""
    from alerting.excerpt import snippets

    for passage in snippets(article.text, spans):
        for line in highlighted(passage.text, passage.spans).split("\n"):
            print_prose(line, indent=2)
