"""The demo's lines, made as rich Text from plain values, so that nothing crawled is ever read as markup. Pure."""

import json
from collections.abc import Iterable

from rich.highlighter import JSONHighlighter
from rich.text import Text

from alerting.excerpt import excerpt
from alerting.marks import Piece, one_line, pieces, printable, words_hit
from news.article import StoredArticle
from seeds.receivers import ReceivedCall, ReceivedMail
from storage.matches import FoundMatch

HIT = "bold yellow"
_CONTEXT = 150
_QUIET = "dim"


def marked(told: Iterable[Piece], *, in_colour: bool) -> Text:
    """The pieces in one line, the hits in colour, or between asterisks where there is none."""
    text = Text()
    for piece in told:
        plain = piece.text.replace("\n", " ")
        if piece.hit:
            text.append(plain if in_colour else f"**{plain}**", HIT)
        else:
            text.append(plain)
    return text


def context(found: FoundMatch, *, in_colour: bool) -> Text:
    """The passage of the article around the first hit in its text, or its title where the hits are only there."""
    article, spans = found.stored.article, found.match.spans
    if any(span.field == "text" for span in spans):
        passage = excerpt(article.text, spans, _CONTEXT)
        return marked(pieces(passage.text, passage.spans), in_colour=in_colour)
    titled = (span for span in spans if span.field == "title")
    return Text.assemble("the title: ", marked(pieces(article.title, titled), in_colour=in_colour))


def wanted(found: FoundMatch) -> Text:
    """Which watch wants the article, for which of its words."""
    return Text.assemble("wanted by ", (found.watch, "bold"), ", because of: ", (" · ".join(hit_words(found)), HIT))


def waiting() -> Text:
    """Why nobody is told of an article that a watch wants: its story was told."""
    return Text("waits: its story was told, and an update comes within the hour", "italic")


def hit_words(found: FoundMatch) -> tuple[str, ...]:
    """The words of the article that the query found, each wording once, those of the title first."""
    article, spans = found.stored.article, found.match.spans
    titled = pieces(article.title, (span for span in spans if span.field == "title"))
    return words_hit((*titled, *pieces(article.text, (span for span in spans if span.field == "text"))))


def facts(stored: StoredArticle) -> Text:
    """Language, authors and length of an article."""
    article = stored.article
    known = [article.language or "", f"by {', '.join(article.authors)}" if article.authors else ""]
    known.append(f"{len(article.text.split())} words kept")
    return Text(" · ".join(one_line(fact) for fact in known if fact), _QUIET)


def mail(received: ReceivedMail) -> list[Text]:
    """The message as a mail program shows it: every header, and the plain text part."""
    headers = [Text.assemble((f"{name}: ", _QUIET), one_line(str(value))) for name, value in received.message.items()]
    return [*headers, Text(), *(Text(line) for line in printable(received.text).rstrip().splitlines())]


def payload(received: ReceivedCall) -> list[Text]:
    """The body of a webhook, spread out."""
    text = Text(printable(json.dumps(received.payload, ensure_ascii=False, indent=2)))
    JSONHighlighter().highlight(text)
    return list(text.split("\n"))


def kilobytes(count: int) -> str:
    """A size of some thousand bytes, to one place."""
    return f"{count / 1000:.1f} kB"


def counted(count: int, noun: str) -> str:
    """`1 e-mail`, `2 e-mails`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
