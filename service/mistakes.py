"""Mistakes: what is wrong with a value in the settings, in words that say what to do."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from news.nearest import suggestion

_KINDS: tuple[tuple[type, str], ...] = (
    (type(None), "nothing"),
    (date, "a date"),
    (time, "a time of day"),
    (bool, "true or false"),
    (int, "a number"),
    (str, "a text"),
    (list, "a list"),
    (tuple, "a list"),
    (dict, "a table"),
)
_WANTED = {
    "string_type": "a text in quotes",
    "bool_type": "true or false, without quotes",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "finite_number": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "tuple_type": 'a list such as ["one", "two"]',
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}
_SHORT = 40
_QUOTED = r"'([^']*)'"
_TABLES = ("source", "watch", "watchlist", "channel")
_BOUNDS = {
    "greater_than_equal": ("ge", "{0} or more"),
    "less_than_equal": ("le", "{0} at most"),
    "greater_than": ("gt", "more than {0}"),
    "less_than": ("lt", "less than {0}"),
}
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
_TIMES = frozenset(
    {
        *("interval", "shortest_interval", "longest_interval", "delay", "timeout", "idle_timeout", "spider_timeout"),
        *("lease", "stop_within", "history", "articles", "matched", "links"),
    }
)
"""Settings that are times, which are told as they are written: 7d, not 604800."""


def mistake(fault: Mapping[str, Any]) -> str:
    """One fault as pydantic tells it, in a few words that stand behind its place and a colon."""
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "tuple_type" and fault["loc"][-1] in _TABLES and isinstance(fault["input"], dict):
        return f"write [[{fault['loc'][-1]}]], in double brackets: there may be several"
    if kind in _WANTED:
        return f"write {_WANTED[kind]}, not {_kind_of(fault['input'])}"
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return f"write {words.format(_amount(context[name], fault['loc']))}"
    if kind == "string_too_short":
        return "write something here" if not fault["input"] else f"write {context['min_length']} characters or more"
    if kind == "string_too_long":
        return f"write {context['max_length']:,} characters at most"
    if kind == "literal_error":
        return f"write {context['expected']}{suggestion(str(fault['input']), re.findall(_QUOTED, context['expected']))}"
    if kind == "string_pattern_mismatch":
        return f"{fault['input']!r} does not have the form {context['pattern']}"
    return str(fault["msg"]).removeprefix("Value error, ")


def _amount(bound: float, path: Sequence[str | int]) -> str:
    """A bound as somebody would write it who may not go past it."""
    is_time = path[-1] in _TIMES or (len(path) > 1 and tuple(path[:2]) == ("retention", "sources"))
    if not is_time or not bound:
        return f"{bound:.15g}"
    return as_written(bound)


def as_written(duration: float) -> str:
    """Seconds, as somebody would write them: 7d, not 604800."""
    size, letter = next((unit for unit in _UNITS if duration % unit[0] == 0), _UNITS[-1])
    return f"{duration / size:g}{letter}"


def _kind_of(value: Any) -> str:
    """What a value is, as the file has it; what it says where that is short."""
    if isinstance(value, float):
        return f"{value:g}"
    found = next((words for kind, words in _KINDS if isinstance(value, kind)), "that")
    return f"the text {value!r}" if isinstance(value, str) and len(value) <= _SHORT else found
