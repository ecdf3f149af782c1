"""Templates that somebody wrote for a channel: a small, closed part of Jinja, in which nothing can be called.

Two fences stand one behind the other. What is not on the lists here is refused before it is compiled; what remains
runs in Jinja's immutable sandbox, where an attribute is a key of a plain value and nothing else, and every loop, every
filter and the whole are counted. A template's text is the channel's owner's; values are never read as a template.
"""

import html
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from traceback import walk_tb
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from alerting import bounded, filters
from alerting.grammar import LOOP, TemplateFault, parsed
from alerting.values import ATTRIBUTES, NAMES
from news.errors import VigieError

LONGEST_OUTPUT = 500_000
MOST_STEPS = 30_000  # a digest of a hundred stories, each with its pieces and its outlets
SECONDS = 1.0  # of work: a machine that has other things to do breaks no template

Escape = Callable[[str], str]
# A template may spell what no value has: control characters other than tabs and line ends, halves of characters.
_UNSENDABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]+")
_FILE_OF_A_TEMPLATE = "<template>"  # so Jinja names one that has no file


class TemplateBrokeError(VigieError):
    """A template that was fit to be saved failed on an alert; the message says why."""


def as_it_is(text: str) -> str:
    """The escaping of plain text: none."""
    return text


def as_html(text: str) -> str:
    """The escaping of HTML, quotes included."""
    return html.escape(text, quote=True)


def check(source: str, escape: Escape = as_it_is) -> None:
    """Raises TemplateFault, with line and column, for what cannot be a template."""
    _compiled(source, escape)


def names(source: str) -> frozenset[str]:
    """Which values a template says anything of. Raises TemplateFault for what cannot be a template."""
    return _compiled(source, as_it_is).names


def render(source: str, values: Mapping[str, Any], escape: Escape = as_it_is) -> str:
    """The template filled in; each value that it prints is escaped. Raises TemplateFault or TemplateBrokeError."""
    template = _compiled(source, escape).template
    budget = _Budget()
    written: list[str] = []
    try:
        for piece in template.generate(**values, **{bounded.BUDGET: budget}):
            written.append(piece)
            budget.spend_output(len(piece))
    except Exception as error:  # whatever it may be, the alert is told all the same, by the built-in template
        why = error.message if isinstance(error, TemplateBrokeError) else f"{type(error).__name__}: {error}"
        raise TemplateBrokeError(f"{_line_of(error)}{why}") from error
    return _UNSENDABLE.sub("", "".join(written))


class _Budget:
    """What one rendering may spend; it raises TemplateBrokeError where that is over."""

    def __init__(self) -> None:
        self._steps = self._output = 0
        self._until = time.thread_time() + SECONDS

    def spend_output(self, length: int) -> None:
        self._output += length
        if self._output > LONGEST_OUTPUT:
            raise TemplateBrokeError(f"it writes more than {LONGEST_OUTPUT} characters")
        self._in_time()

    def counted(self, items: Any) -> Iterator[Any]:
        """The items of a loop, each of which counts."""
        if isinstance(items, Undefined):
            list(items)  # says which value is missing
        if not isinstance(items, Sequence | Iterable):
            raise TemplateBrokeError(f"a loop over {type(items).__name__}, which is no list")
        for item in items:
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise TemplateBrokeError(f"its loops take more than {MOST_STEPS} steps")
            self._in_time()
            yield item

    def _in_time(self) -> None:
        if time.thread_time() > self._until:
            raise TemplateBrokeError(f"it takes longer than {SECONDS:g} s")


class _Environment(ImmutableSandboxedEnvironment):
    """A sandbox in which an attribute is a key of a plain value, and nothing else."""

    intercepted_binops = frozenset({"+", "-"})

    def __init__(self, escape: Escape) -> None:
        super().__init__(
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            optimized=False,
            finalize=lambda value: escape(_printed(value)),
        )
        self.globals.clear()
        self.filters = {**filters.FILTERS, bounded.FILTER: bounded.counted}
        self.tests = {name: self.tests[name] for name in filters.TESTS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A key of a value, or what a loop tells of itself."""
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """A key of a value, or a place in a list or a text."""
        if isinstance(obj, Undefined):
            return obj  # it says what is missing, and not what was wanted of it
        if isinstance(obj, LoopContext) and argument in LOOP:
            return getattr(obj, argument)
        if type(obj) is dict and isinstance(argument, str) and argument in obj:
            return obj[argument]
        if type(obj) in (list, tuple, str) and isinstance(argument, int | slice):
            try:
                return obj[argument]
            except IndexError:
                return self.undefined(f"there is nothing at {argument}: the list ends before")
        return self.undefined(obj=obj, name=argument)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Numbers are counted with; texts and lists are not, for they could be made to grow."""
        if isinstance(left, Undefined) or isinstance(right, Undefined):
            str(left), str(right)
        if not isinstance(left, int) or not isinstance(right, int):
            raise SecurityError(f"{operator} is for whole numbers only; write texts side by side")
        return left + right if operator == "+" else left - right

    def call(self, *_: Any, **__: Any) -> Any:
        """Nothing can be called; what would is refused before it is compiled."""
        raise SecurityError("nothing can be called in a template")


def _printed(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)


def _line_of(error: Exception) -> str:
    """Where in the template it happened, as far as Jinja knows."""
    frames = walk_tb(error.__traceback__)
    lines = [number for frame, number in frames if frame.f_code.co_filename == _FILE_OF_A_TEMPLATE]
    return f"line {lines[-1]}: " if lines else ""


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A template, and the names of the values that it says anything of."""

    template: Template
    names: frozenset[str]


@lru_cache(maxsize=8)
def _environment(escape: Escape) -> _Environment:
    return _Environment(escape)


@lru_cache(maxsize=128)
def _compiled(source: str, escape: Escape) -> _Compiled:
    environment = _environment(escape)
    tree = parsed(environment, source, tuple(NAMES), (*ATTRIBUTES, *LOOP))
    said = frozenset(find_undeclared_variables(tree))
    try:
        code = environment.compile(bounded.counting(tree))
        template = environment.template_class.from_code(environment, code, environment.make_globals(None))
    except TemplateSyntaxError as error:
        raise TemplateFault(str(error.message), line=error.lineno, column=1) from error
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        raise TemplateFault("it is nested too deeply, or too large", line=1, column=1) from error
    return _Compiled(template, said)
