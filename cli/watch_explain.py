"""`vigie watch explain`: why an article was told, or was not."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from cli import highlight
from cli.archive import reading
from cli.articles import shown as article_shown
from cli.languages import lexicon
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import out, print_json, print_line, when
from cli.queries import pointing

if TYPE_CHECKING:
    from matching import Judged
    from service.explain import Explanation
    from service.explain_crawl import Step
    from storage import Transaction

_STAGES = ("source", "discovered", "fetched", "extracted", "story", "matched", "alerted", "delivered")
_MARKS = {
    "done": ("✓", "green"), "waiting": ("…", "yellow"), "stopped": ("✗", "red"),
    "holds": ("✓", "green"), "does not hold": ("✗", "red"), "not needed": ("·", "dim"),
}  # fmt: skip
_STAGE_WIDTH, _TIME_WIDTH = 11, 20
_NO_TERMINAL = 100_000  # columns: a pipe has no width
_NARROWEST = 20
_MOST_BRANCHES = 12


def explain(
    watch: Annotated[str, typer.Argument(help="The name of a watch, or a query.", metavar="WATCH")],
    url: Annotated[str, typer.Argument(help="Any address that leads to the article.", metavar="URL")],
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Tell why a watch has found an article or not, and how far the article has come: from its source to each delivery.

    Nothing is fetched: all of it is in the archive. Exit code 0 where the article matches, 1 where it does not or is
    not there, 2 where the query or the URL cannot be used.

    Examples:

        vigie watch explain Corée https://www.example.com/news/1.html

        vigie watch explain 'Pyongyang NEAR/5 missile' https://www.example.com/news/1.html --json
    """
    with pointing(watch):
        found = reading(data, config, lambda tx: _found(tx, watch, url))
    if json:
        print_json(_shown(found))
    else:
        _print(found)
    if not found.matched:
        raise typer.Exit(1)


async def _found(tx: "Transaction", watch: str, url: str) -> "Explanation":
    from service.explain import explained
    from service.reader import Reader

    return await explained(tx, watch, url, Reader(lexicon()))


def _shown(found: "Explanation") -> dict[str, Any]:
    from matching import canonical

    stopped = found.stopped
    return {
        "watch": found.asked.watch.name if found.asked.watch else None,
        "query": found.asked.text,
        "canonical": canonical(found.asked.query),
        "url": found.url,
        "matched": found.matched,
        "why": found.why or None,
        "stopped_at": stopped.stage if stopped else None,
        "article": article_shown(found.stored) if found.stored else None,
        "steps": [_step_shown(step) for step in found.steps],
        "tree": _tree_shown(found.judged) if found.judged else None,
        "hits": found.spans or (),
        "snippets": _snippets(found),
    }


def _step_shown(step: "Step") -> dict[str, Any]:
    return {
        "stage": step.stage,
        "outcome": step.outcome,
        "says": step.says,
        "at": step.at,
        "next_at": step.next_at,
        "hint": step.hint or None,
        "notes": [{"at": at, "says": says} for at, says in step.notes],
    }


def _tree_shown(judged: "Judged") -> dict[str, Any]:
    from matching import canonical

    return {
        "clause": canonical(judged.query),
        "state": judged.state,
        "why": judged.why or None,
        "parts": [_tree_shown(part) for part in judged.parts],
    }


def _snippets(found: "Explanation") -> tuple[Any, ...]:
    from alerting.excerpt import snippets

    return snippets(found.stored.article.text, found.spans) if found.stored and found.spans else ()


def _print(found: "Explanation") -> None:
    name = f"the watch “{found.asked.watch.name}”" if found.asked.watch else "the query"
    verdict = ("matches", "bold green") if found.matched else ("does not match", "bold red")
    if found.stored is None:
        verdict = ("has not seen it", "bold yellow")
    print_line((found.url, "bold"))
    print_line(name[0].upper() + name[1:], " ", verdict, f": {found.asked.text}")
    print_line("")
    _print_way(found)
    if found.judged is not None:
        print_line("")
        for line in _tree_lines(found.judged):
            out.print(line)
    if found.stored is not None and found.spans:
        print_line("")
        print_line(highlight.title(found.stored.article.title, found.spans))
        highlight.print_snippets(found.stored.article, found.spans)


def _print_way(found: "Explanation") -> None:
    for step in found.steps:
        for line in _step_lines(step):
            out.print(line)
    last = found.steps[-1].stage
    missing = _STAGES[_STAGES.index(last) + 1 :] if found.asked.watch else _STAGES[_STAGES.index(last) + 1 : -2]
    if missing:
        out.print(Text(f"· not reached: {', '.join(missing)}", style="dim"))


def _step_lines(step: "Step") -> Iterator[Text]:
    """A step, and below it what else there is to tell, beside the line that leads on."""
    mark, style = _MARKS[step.outcome]
    says: list[tuple[str, Text]] = [(when(step.at), Text(step.says))]
    says += [(when(at), Text(note, style="dim")) for at, note in step.notes]
    if step.next_at is not None:
        says.append((when(step.next_at), Text("the next time, at the earliest", style="dim")))
    if step.hint:
        says.append(("", Text.assemble(("hint: ", "bold"), step.hint)))
    lead = Text.assemble((mark, style), " ", (step.stage.ljust(_STAGE_WIDTH), "bold"))
    for time, text in says:
        for number, line in enumerate(_wrapped(text, 2 + _STAGE_WIDTH + _TIME_WIDTH + 2)):
            yield Text.assemble(lead, f"{'' if number else time:<{_TIME_WIDTH}}  ", line)
            lead = Text.assemble(("│ ", "dim"), " " * _STAGE_WIDTH)


def _tree_lines(judged: "Judged") -> Iterator[Text]:
    """The query's tree, each node with its mark, and what is there instead of one that does not hold."""
    from matching import is_test, label

    stack = [(judged, "", "", True, False)]
    while stack:
        node, lead, under, is_node, is_value = stack.pop()
        mark, style = _MARKS[node.state]
        if not is_node:
            yield Text(f"  {lead}{node.why}", style="dim")
            continue
        text = Text(label(node.query, is_value=is_value), style="dim" if node.state == "not needed" else "")
        if node.why:
            text.append(f" – {node.why}", style="red")
        for line in _wrapped(text, 2 + len(lead)):
            yield Text.assemble((mark, style), f" {lead}", line)
            mark, lead = " ", under + ("│  " if node.parts else "   ")
        inner = [(part, True) for part in _few(node)]
        left = len(node.parts) - len(inner)
        if left:
            inner.append((_rest(node, left), False))
        is_value = is_value or is_test(node.query)
        for index in range(len(inner) - 1, -1, -1):
            is_last = index == len(inner) - 1
            part, is_part = inner[index]
            branch, below = ("└─ ", "   ") if is_last else ("├─ ", "│  ")
            stack.append((part, under + branch, under + below, is_part, is_value))


def _few(node: "Judged") -> "list[Judged]":
    """The parts that are drawn: of very many those that hold, and the first of the others."""
    if len(node.parts) <= _MOST_BRANCHES:
        return list(node.parts)
    telling = sorted(range(len(node.parts)), key=lambda index: node.parts[index].state != "holds")
    return [node.parts[index] for index in sorted(telling[:_MOST_BRANCHES])]


def _rest(node: "Judged", number: int) -> "Judged":
    from dataclasses import replace

    return replace(node, why=f"… and {number:,} more", parts=())


def _wrapped(text: Text, indent: int) -> list[Text]:
    """The text in lines that leave room for an indent; a single one where there is no terminal."""
    width = out.width if out.is_terminal else _NO_TERMINAL
    return list(text.wrap(out, max(width - indent, _NARROWEST))) or [text]
