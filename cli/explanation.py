"""How an explanation is printed: each block of a page, what became of it, and the outcome."""

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from cli.output import out, plain, print_facts, print_json, print_line
from news.article import Article, NoArticle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extraction.explain import Explanation, Fate

_EXCERPT = 300  # characters of a block
_NO_TERMINAL = 80  # columns
_WIDTHS = {"why": 19, "odds": 4}
_SHOWN = 0.005  # odds from which they are more than none in two digits


def print_explanation(explanation: "Explanation", *, json: bool) -> None:
    """The blocks in a table, kept ones bright, or all in JSON; then the verdict and the metadata."""
    found = explanation.found
    if json:
        said = refused(found) if isinstance(found, NoArticle) else {}
        print_json({"blocks": explanation.blocks, "verdict": _verdict(found), **said, "article": _fields(found)})
        return
    if explanation.blocks:
        _print_blocks(explanation.blocks)
    print_facts([("verdict", _verdict(found)), *((name, _in_words(value)) for name, value in _fields(found).items())])


def _print_blocks(blocks: "Sequence[Fate]") -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(Text(""), width=1)
    table.add_column(Text("odds"), width=_WIDTHS["odds"], justify="right")
    table.add_column(Text("why"), width=_WIDTHS["why"], overflow="fold")
    table.add_column(Text("block"), overflow="fold")
    for block in blocks:
        text = block.text if len(block.text) <= _EXCERPT else f"{block.text[:_EXCERPT]}…"
        row = [Text("+" if block.kept else "-"), Text(_odds(block.odds)), Text(block.why), Text(text)]
        table.add_row(*row, style="bold" if block.kept else "dim")
    out.print(table, width=out.width if out.is_terminal else _NO_TERMINAL)
    print_line("")


def _odds(odds: float | None) -> str:
    """The odds in two digits; next to none of them as a dot, so that the others are seen."""
    return "" if odds is None else f"{odds:.2f}" if odds >= _SHOWN else "·"


def refusal(found: NoArticle) -> str:
    """Why a page is no article, and how sure that is, in words."""
    return found.reason + (f" ({found.detail})" if found.detail else "") + f", confidence {found.confidence:.2f}"


def refused(found: NoArticle) -> dict[str, Any]:
    """The same in JSON."""
    return {"reason": found.reason, "detail": found.detail, "confidence": found.confidence}


def _verdict(found: Article | NoArticle) -> str:
    if isinstance(found, Article):
        return "article" if found.confidence is None else f"article, confidence {found.confidence:.2f}"
    return "no article: " + refusal(found)


def _fields(found: Article | NoArticle) -> dict[str, Any]:
    """The metadata of an article, without its text; of each field where it is from, if that is known."""
    if isinstance(found, NoArticle):
        return {}
    fields: dict[str, Any] = plain(found)
    return {name: value for name, value in fields.items() if name not in ("text", "imprint", "confidence")}


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {said}" for name, said in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
