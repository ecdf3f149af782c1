"""Loops that are counted: each `for` of a template goes through the rendering's budget."""

from collections.abc import Iterator
from typing import Any

from jinja2 import nodes, pass_context
from jinja2.runtime import Context

BUDGET = "_budget"
FILTER = "_counted"


def counting(tree: nodes.Template) -> nodes.Template:
    """The tree with every loop's list drawn through the budget. What is written in a template cannot name it."""
    for loop in tree.find_all(nodes.For):
        loop.iter = nodes.Filter(loop.iter, FILTER, [], [], None, None, lineno=loop.lineno)
    return tree


@pass_context
def counted(context: Context, items: Any) -> Iterator[Any]:
    """The items, each of which counts."""
    counting: Iterator[Any] = context[BUDGET].counted(items)
    return counting
