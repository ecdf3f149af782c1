"""Pages that no editor wrote: too many of something, too deep, too long, or no pages at all.

Each is made for a size, so that a test can ask how the time grows with it. `full` is the size that must be survived.
"""

import gzip
from collections.abc import Callable
from dataclasses import dataclass

PROSE = (
    "<p>Le conseil a voté jeudi soir le budget de la commune, après un débat de quatre heures.</p>"
    "<p>Le maire a promis que les travaux du pont commenceraient au printemps, dès la fonte des neiges.</p>"
)


@dataclass(frozen=True, slots=True)
class BadPage:
    """A way to be bad, what comes of the full size, and the small one from which growth is asked."""

    name: str
    make: Callable[[int], str | bytes]
    full: int
    verdict: str
    small: int

    def body(self, size: int) -> bytes:
        """The page of that size."""
        made = self.make(size)
        return made.encode() if isinstance(made, str) else made


def _page(inner: str, head: str = "") -> str:
    return (
        f"<html><head><title>Le pont</title>{head}</head><body><article><h1>Le pont</h1>{PROSE}{inner}</article></body>"
    )


def _bad(name: str, make: Callable[[int], str | bytes], full: int, verdict: str = "article", small: int = 0) -> BadPage:
    return BadPage(name, make, full, verdict, small or max(1, full // 100))


def _json(inner: str) -> str:
    return _page("", f'<script type="application/ld+json">{inner}</script>')


def _entities(size: int) -> str:
    levels = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY e0 "bombe">{levels}]>' + _page("<p>" + "&e9; " * size)


def _mhtml(size: int) -> str:
    parts = "".join(
        f"------=_Part_{number}\r\nContent-Type: text/html\r\n\r\n<p>partie =C3=A9crite {number}"
        for number in range(size)
    )
    return f'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="----=_Part"\r\n\r\n{parts}'


MANY = (
    _bad("paragraphs", lambda n: _page("<p>Le pont rouvre au printemps.</p>" * n), 200_000),
    _bad("fewer paragraphs", lambda n: _page("<p>Le pont rouvre au printemps.</p>" * n), 16_000, small=1_000),
    _bad("open paragraphs", lambda n: "<html><body>" + "<p>mot " * n, 200_000, small=11_000),
    _bad("links", lambda n: _page("<a href='/2026/11/pont/'>Le pont rouvre</a> " * n), 100_000),
    _bad("links in a list", lambda n: _page("<ul>" + "<li><a href='/a'>Le pont</a>" * n + "</ul>"), 20_000),
    _bad("metas", lambda n: _page("", "<meta property='article:tag' content='pont'>" * n), 50_000),
    _bad("authors", lambda n: _page("", "<meta name=author content='Jeanne Martin, Paul Roy'>" * n), 50_000),
    _bad("table cells", lambda n: _page("<table><tr>" + "<td>12" * n + "</table>"), 100_000),
    _bad("table rows", lambda n: _page("<table>" + "<tr><td>Valdoré<td>12" * n + "</table>"), 50_000),
    _bad("line breaks", lambda n: _page("<p>" + "Le pont<br>" * n), 50_000),
    _bad("empty line breaks", lambda n: _page("<p>" + "<br>" * n), 50_000),
    _bad("headings", lambda n: _page("<h2>Le pont</h2>" * n), 50_000),
    _bad("different headings", lambda n: _page("".join(f"<h2>Pont {i}</h2>" for i in range(n))), 50_000),
    _bad("headings twice", lambda n: _page("".join(f"<h2>Pont {i % (n // 2)}</h2>" for i in range(n))), 20_000),
    _bad("titles", lambda n: _page("<title>Le pont</title><h1>Le pont</h1>" * n), 20_000),
    _bad("bylines", lambda n: _page("<div class='byline author'>par <b>Jeanne</b></div>" * n), 50_000),
    _bad("nested bylines", lambda n: _page("<div class='byline author'>" * n + "par Jeanne"), 20_000, "article"),
    _bad("dates", lambda n: _page("<time datetime='2026-11-14'>14 novembre 2026</time> " * n), 5_000),
    _bad("pictures", lambda n: _page("<figure><img src=a><figcaption>Le pont</figcaption></figure>" * n), 30_000),
    _bad("spans", lambda n: _page("<p>" + "<span>Le pont </span>" * n), 100_000),
    _bad("custom elements", lambda n: _page("".join(f"<x-a{i}>Pont {i}</x-a{i}>" for i in range(n))), 20_000),
    _bad("scripts", lambda n: _page("<script>var a = 1</script>" * n), 50_000),
    _bad("lists of types", lambda n: _json('"@type":[' * n), 40_000),
    _bad("data scripts", lambda n: _page('<script type=application/ld+json>{"@type":"Article"}</script>' * n), 20_000),
    _bad("comments", lambda n: _page("<!-- pont -->" * n), 100_000),
    _bad("comment headers", lambda n: _page(f"<h3>Commentaires</h3>{PROSE}" * n), 10_000, small=700),
    _bad("read-also lines", lambda n: _page("<p>Lire aussi : Le pont rouvre au printemps</p>" * n), 20_000),
)  # fmt: skip
DEEP = (
    _bad("nested blocks", lambda n: _page("<div>" * n + PROSE), 200_000),
    _bad("nested inlines", lambda n: _page("<p>" + "<b>" * n + "Le pont"), 200_000),
    _bad("nested links", lambda n: _page("<a href=a>" * n + "Le pont"), 100_000),
    _bad("nested tables", lambda n: _page("<table><tr><td>" * n + "Le pont"), 50_000),
    _bad("nested lists", lambda n: _page("<ul><li>Le pont" * n), 50_000),
    _bad("nested quotes", lambda n: _page("<blockquote><p>Le pont" * n), 20_000),
    _bad("nested fonts", lambda n: "<html><body>" + "<font>mot " * n, 50_000),
    _bad("nested forms", lambda n: _page("<form>" * n + "Le pont"), 50_000),
    _bad("nested drawings", lambda n: _page("<svg>" * n + "Le pont"), 50_000),
    _bad("nested data", lambda n: _json('{"@graph":[' * n), 100_000),
    _bad("closed nested data", lambda n: _json("[" * n + "]" * n), 100_000),
)  # fmt: skip
LONG = (
    _bad("title", lambda n: f"<html><head><title>{'Le pont - ' * n}</title></head><body><article>{PROSE}", 900_000),
    _bad("title of one word", lambda n: f"<html><head><title>{'x' * n}</title></head><body>{PROSE}", 9_000_000),
    _bad("headline", lambda n: f"<html><body><article><h1>{'Le pont | ' * n}</h1>{PROSE}", 100_000),
    _bad("word", lambda n: f"<html><body><article><h1>Le pont</h1>{PROSE}<p>{'a' * n}", 9_000_000),
    _bad("ideograms", lambda n: f"<html><body><article><h1>Le pont</h1>{PROSE}<p>{'橋' * n}", 500_000),
    _bad("paragraph", lambda n: _page(f"<p>{'Le pont rouvre. ' * n}"), 100_000),
    _bad("spaces", lambda n: _page(f"<p>{' ' * n}fin"), 9_000_000),
    _bad("no-break spaces", lambda n: _page(f"<p>Le{chr(160) * n}pont"), 4_000_000),
    _bad("invisible characters", lambda n: _page(f"<p>Le{chr(0x200B) * n}pont"), 3_000_000),
    _bad("combining marks", lambda n: _page(f"<p>e{chr(0x301) * n}"), 1_000_000),
    _bad("mixed marks", lambda n: _page(f"<p>e{(chr(0x301) + chr(0x323)) * n}"), 500_000),
    _bad("attribute", lambda n: _page(f"<p class='{'a ' * n}'>Le pont"), 1_000_000),
    _bad("many attributes", lambda n: _page(f"<p {' '.join(f'a{i}=1' for i in range(n))}>Le pont"), 8_000),
    _bad("many equal attributes", lambda n: _page(f"<p {'a=1 ' * n}>Le pont"), 1_000_000),
    _bad("style", lambda n: _page(f"<p style='{'display ' * n}'>Le pont"), 500_000),
    _bad("description", lambda n: _page("", f"<meta name=description content='{'Le pont ' * n}'>"), 1_000_000),
    _bad("keywords", lambda n: _page("<p>pont, pont", f"<meta name=keywords content='{'pont,' * n}'>"), 1_000_000),
    _bad("author", lambda n: _page("", f"<meta name=author content='{'Jeanne Martin, ' * n}'>"), 100_000),
    _bad("author spaces", lambda n: _page("", f"<meta name=author content='A{' ' * n}B'>"), 500_000),
    _bad("published", lambda n: _page("", f"<meta name=date content='2026-11-14T{'0' * n}'>"), 1_000_000),
    _bad("data", lambda n: _json('{"@type":"Article","articleBody":"' + "Le pont " * n + '"}'), 600_000),
    _bad("data list", lambda n: _json('{"@type":"Article","keywords":[' + '"pont",' * n + '"x"]}'), 600_000),
    _bad("data nodes", lambda n: _json("[" + '{"@type":"Article","@id":"a","name":"b"},' * n + "{}]"), 100_000),
    _bad("data digits", lambda n: _json('{"@type":"Article","wordCount":' + "9" * n + "}"), 1_000_000),
    _bad("data escapes", lambda n: _json("&quot;&amp;" * n), 500_000),
    _bad("declared tags", lambda n: _json('{"@type":"Article","articleBody":"' + "<" * n + '"}'), 1_000_000, "no text"),
    _bad("byline", lambda n: _page(f"<p>par {'Jeanne ' * n}</p>"), 500_000),
    _bad("dots", lambda n: _page(f"<p>{'…' * n}</p><p>{'. ' * n}"), 500_000),
    _bad("capitals", lambda n: _page(f"<p>{'LIRE AUSSI ' * n}"), 100_000),
    _bad("quotes", lambda n: _page(f"<p>{'« ' * n}"), 500_000),
    _bad("canonical", lambda n: _page("", f"<link rel=canonical href='/{'a/../' * n}'>"), 500_000),
    _bad("lang", lambda n: _page("").replace("<html", f"<html lang='{'fr' * n}'"), 500_000),
    _bad("doctype", lambda n: f"<!doctype {'x' * n}>" + _page(""), 1_000_000),
    _bad("open tag", lambda n: _page(f"<p {'a ' * n}"), 500_000),
    _bad("angle brackets", lambda n: _page("<" * n), 1_000_000),
    _bad("ampersands", lambda n: _page("<p>" + "&" * n), 1_000_000),
    _bad("references", lambda n: _page("<p>" + "&#x41;&eacute;" * n), 500_000),
    _bad("endless references", lambda n: _page("<p>&#" + "9" * n + ";"), 1_000_000),
)  # fmt: skip
OPEN = (
    _bad("an open comment", lambda n: _page("<!-- " + "Le pont " * n), 500_000),
    _bad("open comments", lambda n: _page("<!-- - <!" * n), 200_000),
    _bad("an open CDATA section", lambda n: _page("<![CDATA[ " + "Le pont " * n), 500_000),
    _bad("open CDATA sections", lambda n: _page("<![CDATA[ " * n), 200_000),
    _bad("an open script", lambda n: _page("<script>" + "var pont = '<p>'; " * n), 300_000),
    _bad("open scripts", lambda n: _page("<script><!--" * n), 200_000),
    _bad("open styles", lambda n: _page("<style>p {" * n), 200_000),
    _bad("an open title", lambda n: "<title>" + _page("<p>Le pont " * n), 100_000, "article"),
    _bad("plaintext", lambda n: _page("<plaintext>" + "<p>Le pont " * n), 100_000),
    _bad("instructions", lambda n: _page("<?pont " * n), 200_000),
    _bad("declarations", lambda n: _page("<!pont " * n), 200_000),
    _bad("closing tags", lambda n: _page("</div></p></b>" * n), 200_000),
    _bad("crossed tags", lambda n: _page("<b><p><i></b></p>Le pont" * n), 20_000),
    _bad("comments before a feed", lambda n: "<!-- -->" * n + _page(""), 200_000),
    _bad("half comments before a feed", lambda n: "<!-- --" * n + _page(""), 200_000, "not html"),
)  # fmt: skip
OTHER = (
    _bad("a PDF", lambda n: b"%PDF-1.7\n" + b"<p>1 0 obj " * n, 100_000, "not html"),
    _bad("a PDF behind spaces", lambda n: b"\r\n%PDF-1.7\n" + b"1 0 obj << /Length 5 >> " * n, 100_000, "not html"),
    _bad("gzip", lambda n: gzip.compress(_page("<p>Le pont " * n).encode(), mtime=0), 10_000, "not html"),
    _bad("MHTML", _mhtml, 20_000, "article"),
    _bad("a frameset", lambda n: "<html><frameset>" + "<frame src=a>" * n, 50_000, "no text"),
    _bad("a drawing", lambda n: "<svg xmlns='http://www.w3.org/2000/svg'>" + "<g>Le pont" * n, 50_000, "not html"),
    _bad("an entity bomb", _entities, 10_000, "article"),
    _bad("lies of UTF-16", lambda n: _page("<p>Été sur le pont. " * n, "<meta charset=utf-16>"), 50_000),
    _bad("NUL bytes", lambda n: _page("<p>Le pont").encode() + b"\x00" * n, 5_000_000),
    _bad("high bytes", lambda n: b"<html><p>" + bytes(range(128, 256)) * n, 4_000, "article"),
    _bad("broken UTF-8", lambda n: _page("<p>").encode() + b"\xc3\xa9\xe2\x82 " * n, 200_000),
    _bad("Shift JIS cut short", lambda n: _page("<p>" + "政府は橋を" * n).encode("shift_jis", "ignore")[:-1], 20_000),
    _bad("UTF-16 without a mark", lambda n: _page("<p>Le pont " * n).encode("utf-16-le"), 100_000),
    _bad("nothing but spaces", lambda n: " \n" * n, 2_000_000, "not html"),
)  # fmt: skip
BAD_PAGES = (*MANY, *DEEP, *LONG, *OPEN, *OTHER)
