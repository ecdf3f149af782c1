"""The figures of a measurement, as values and as Markdown tables."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from bench.extraction_score import PageScore, paired_interval, share, snippet_score, speed, text_score
from bench.extractors import REFERENCE, VIGIE

Summary = dict[str, Any]

_LEAST_PAGES = 5  # of a language, to have a row of its own in the table; the JSON has all


def summary(corpus: str, side: str, scores: dict[str, list[PageScore]]) -> Summary:
    """All figures of one corpus, ready for JSON; shares are from 0 to 1, times in milliseconds of CPU."""
    pages = next(iter(scores.values()))
    return {
        "corpus": corpus,
        "side": side,
        "pages": len(pages),
        "languages": dict(Counter(page.lang for page in pages).most_common()),
        "extractors": {name: _figures(found) for name, found in scores.items()},
        "difference": _difference(scores),
    }


def _figures(pages: Sequence[PageScore]) -> Summary:
    text, snippets, times = text_score(pages), snippet_score(pages), speed(pages)
    languages = dict.fromkeys(page.lang for page in pages)
    return {
        "f1": text and text.f1,
        "precision": text and text.precision,
        "recall": text and text.recall,
        "exact": text and text.exact,
        "snippets": snippets and snippets.accuracy,
        "snippets_found": snippets and snippets.found / max(1, snippets.wanted),
        "snippets_avoided": snippets and snippets.avoided / max(1, snippets.unwanted),
        "title": share(page.title for page in pages),
        "author": share(page.author for page in pages),
        "date": share(page.date for page in pages),
        "nothing_found": sum(page.is_empty for page in pages),
        "ms_median": times.median,
        "ms_p95": times.p95,
        "pages_per_second": times.per_second,
        "by_language": {lang: _language([page for page in pages if page.lang == lang]) for lang in languages},
    }


def _language(pages: Sequence[PageScore]) -> Summary:
    text, snippets = text_score(pages), snippet_score(pages)
    return {"pages": len(pages), "f1": text and text.f1, "snippets": snippets and snippets.accuracy}


def _difference(scores: dict[str, list[PageScore]]) -> Summary | None:
    """Vigie less trafilatura at its most precise: F1, or the snippets where no text is annotated."""
    if VIGIE not in scores or REFERENCE not in scores:
        return None
    ours, theirs = scores[VIGIE], scores[REFERENCE]
    has_texts = text_score(ours) is not None
    if not has_texts and snippet_score(ours) is None:
        return None
    measure = _f1 if has_texts else _accuracy
    low, high = paired_interval(ours, theirs, measure)
    return {"of": "f1" if has_texts else "snippets", "is": measure(ours) - measure(theirs), "low": low, "high": high}


def _f1(pages: Sequence[PageScore]) -> float:
    found = text_score(pages)
    return found.f1 if found else 0.0


def _accuracy(pages: Sequence[PageScore]) -> float:
    found = snippet_score(pages)
    return found.accuracy if found else 0.0


_COLUMNS = (
    ("F1", "f1", ".4f"),
    ("precision", "precision", ".4f"),
    ("recall", "recall", ".4f"),
    ("exact", "exact", ".3f"),
    ("snippets", "snippets", ".4f"),
    ("found", "snippets_found", ".4f"),
    ("avoided", "snippets_avoided", ".4f"),
    ("title", "title", ".3f"),
    ("author", "author", ".3f"),
    ("date", "date", ".3f"),
    ("no text", "nothing_found", "d"),
    ("ms, median", "ms_median", ".1f"),
    ("p95", "ms_p95", ".1f"),
    ("pages/s", "pages_per_second", ".1f"),
)


def tables(figures: Summary) -> str:
    """The figures of one corpus: a table of the extractors, one of the languages, and the difference."""
    head = f"\n### {figures['corpus']}, {figures['side']}: {figures['pages']} pages\n"
    return "\n".join([head, *_extractors(figures["extractors"]), "", *_languages(figures), "", *_words(figures)])


def _extractors(rows: dict[str, Summary]) -> list[str]:
    """A row for each extractor; a column that is empty in all is left out."""
    columns = [column for column in _COLUMNS if any(row[column[1]] is not None for row in rows.values())]
    lines = [_row(["", *(title for title, _, _ in columns)]), "|---" * (len(columns) + 1) + "|"]
    for name, row in rows.items():
        lines.append(_row([name, *(_said(row[key], form) for _, key, form in columns)]))
    return lines


def _languages(figures: Summary) -> list[str]:
    rows: dict[str, Summary] = figures["extractors"]
    shown = [lang for lang, pages in figures["languages"].items() if pages >= _LEAST_PAGES]
    has_texts = any(row["f1"] is not None for row in rows.values())
    key, title = ("f1", "F1") if has_texts else ("snippets", "snippets")
    lines = [_row([title, *(f"{lang} ({figures['languages'][lang]})" for lang in shown)])]
    lines.append("|---" * (len(shown) + 1) + "|")
    for name, row in rows.items():
        lines.append(_row([name, *(_said(row["by_language"][lang][key], ".4f") for lang in shown)]))
    return lines


def _words(figures: Summary) -> list[str]:
    found = figures["difference"]
    if found is None:
        return []
    what = "F1" if found["of"] == "f1" else "The share of snippets"
    interval = f"{found['low']:+.4f} to {found['high']:+.4f}"
    return [f"{what} of {VIGIE} less that of '{REFERENCE}': {found['is']:+.4f} (95 % interval {interval})."]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _said(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)
