"""What a channel's template may say: parsed, and each thing that it may not is named with its line and column. Pure."""

import difflib
import re
from collections.abc import Iterator, Sequence

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.lexer import TokenStream
from jinja2.meta import find_undeclared_variables
from jinja2.parser import Parser

from news.errors import ConfigError

LONGEST = 20_000
DEEPEST = 30
DEEPEST_LOOPS = 3
LOOP = ("first", "index", "index0", "last", "length")

_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.NSRef, nodes.Const, nodes.If, nodes.For,
    nodes.Assign, nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Add, nodes.Sub, nodes.Neg,
)  # fmt: skip
# Names that Jinja gives a meaning of their own.
_RESERVED = ("self", "super", "caller", "varargs", "kwargs", "namespace")
_NEWLINE = re.compile(r"\r\n?")
_WRITTEN: dict[type[nodes.Node], str] = {
    nodes.Call: "(", nodes.Concat: "~", nodes.Pow: "**", nodes.Mul: "*", nodes.Div: "/", nodes.FloorDiv: "//",
    nodes.Mod: "%", nodes.List: "[", nodes.Dict: "{", nodes.Tuple: ",",
}  # fmt: skip
_INSTEAD: dict[type[nodes.Node], str] = {
    nodes.Call: "nothing can be called here; a filter may do: {{ title | upper }}",
    nodes.Concat: "write the two side by side: {{ a }}{{ b }}",
}


class TemplateFault(ConfigError):  # noqa: N818 (it is shown as a fault of the template, beside its place)
    """A template that cannot be saved: what is wrong, and its line and column, both from 1."""


class _Source:
    """The source in tokens, as the parser draws them, and where the last of them began."""

    def __init__(self, environment: Environment, source: str) -> None:
        self.text = _NEWLINE.sub("\n", source)
        self.start = 0
        self._environment = environment
        self._done = 0

    def tokens(self) -> Iterator[tuple[int, str, str]]:
        drawn = self._environment.lexer.tokeniter(self.text, None)
        while True:
            try:
                line, kind, value = next(drawn)
            except StopIteration:
                break
            except TemplateSyntaxError:
                self.start = self._done  # it stumbled over what follows
                raise
            found = self.text.find(value, self._done)
            self.start = found if found >= 0 else self._done
            self._done = self.start + len(value)
            yield line, kind, value
        self.start = self._done

    @property
    def place(self) -> tuple[int, int]:
        return _place(self.text, self.start)


def parsed(
    environment: Environment, source: str, names: Sequence[str], attributes: Sequence[str] = ()
) -> nodes.Template:
    """The tree of a template that knows these names, and these attributes of what they hold. Raises TemplateFault."""
    if len(source) > LONGEST:
        raise TemplateFault(f"it has {len(source)} characters, more than {LONGEST}", "say less", line=1, column=1)
    tree = _tree(environment, source)
    try:
        _Check(environment, source, names, attributes).run(tree)
    except TemplateSyntaxError as error:
        raise TemplateFault(str(error.message), line=error.lineno, column=1) from error
    return tree


def _tree(environment: Environment, source: str) -> nodes.Template:
    drawn = _Source(environment, source)
    try:
        parser = Parser(environment, "")
        parser.stream = TokenStream(environment.lexer.wrap(drawn.tokens()), None, None)
        tree = parser.parse()
    except TemplateSyntaxError as error:
        line, column = drawn.place
        if error.lineno != line and drawn.start < len(drawn.text):
            line, column = error.lineno, 1
        raise TemplateFault(str(error.message), line=line, column=column) from error
    except (RecursionError, ValueError) as error:
        line, column = drawn.place
        raise TemplateFault("it is nested too deeply, or has too large a number", line=line, column=column) from error
    tree.set_environment(environment)
    return tree


class _Check:
    """One walk over the tree; the first thing that may not be is raised."""

    def __init__(self, environment: Environment, source: str, names: Sequence[str], attributes: Sequence[str]) -> None:
        self._environment = environment
        self._source = source
        self._names = names
        self._attributes = attributes

    def run(self, tree: nodes.Template) -> None:
        self._walk(tree, 0, 0)
        unknown = find_undeclared_variables(tree) - set(self._names)
        for node in tree.find_all(nodes.Name):
            if node.name in unknown:
                raise self._fault(node, node.name, f"there is no value {node.name!r}", _nearest(node.name, self._names))

    def _walk(self, node: nodes.Node, depth: int, loops: int) -> None:
        if depth > DEEPEST:
            raise self._fault(node, "", "it is nested too deeply")
        self._look_at(node)
        loops += isinstance(node, nodes.For)
        if loops > DEEPEST_LOOPS:
            raise self._fault(node, "for", f"more than {DEEPEST_LOOPS} loops in each other")
        for child in node.iter_child_nodes():
            self._walk(child, depth + 1, loops)

    def _look_at(self, node: nodes.Node) -> None:
        if not isinstance(node, _ALLOWED):
            noun = type(node).__name__.lower()
            word = _WRITTEN.get(type(node), noun)
            raise self._fault(node, word, f"{noun} cannot be used here", _INSTEAD.get(type(node)))
        if isinstance(node, nodes.For) and node.recursive:
            raise self._fault(node, "recursive", "a loop cannot be recursive here")
        if isinstance(node, nodes.Name):
            self._named(node)
        if isinstance(node, nodes.Getattr):
            self._known(node, node.attr, "value", self._attributes)
        if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            self._known(node, node.arg.value, "value", self._attributes)
        if isinstance(node, nodes.Filter):
            self._known(node, node.name, "filter", [one for one in self._environment.filters if one[0] != "_"])
        if isinstance(node, nodes.Test) and node.name not in self._environment.tests:
            self._known(node, node.name, "test", list(self._environment.tests))

    def _named(self, node: nodes.Name) -> None:
        if node.name.startswith("_"):
            raise self._fault(node, node.name, f"names do not begin with an underscore: {node.name!r}")
        if node.name in _RESERVED:
            raise self._fault(node, node.name, f"there is no value {node.name!r}", _nearest(node.name, self._names))
        if node.ctx == "store" and node.name in self._names:
            raise self._fault(node, node.name, f"{node.name!r} is a value of the alert; choose another name")

    def _known(self, node: nodes.Node, name: str, noun: str, known: Sequence[str]) -> None:
        if name not in known:
            raise self._fault(node, name, f"there is no {noun} {name!r}", _nearest(name, known))

    def _fault(self, node: nodes.Node, word: str, message: str, hint: str | None = None) -> TemplateFault:
        lines = _NEWLINE.sub("\n", self._source).split("\n")
        line = min(max(node.lineno or 1, 1), len(lines))
        column = lines[line - 1].find(word) + 1 if word else 1
        return TemplateFault(message, hint or "", line=line, column=max(column, 1))


def _nearest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"


def _place(text: str, start: int) -> tuple[int, int]:
    before = text[:start]
    return before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1
