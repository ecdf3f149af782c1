"""Mistakes: what is wrong with a value in the settings, in words that say what to do."""

import re
from collections.abc import Mapping
from typing import Any

from news.nearest import suggestion

_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (int, "a number"),
    (float, "a number"),
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
    "greater_than_equal": ("ge", "{0:g} or more"),
    "less_than_equal": ("le", "{0:g} at most"),
    "greater_than": ("gt", "more than {0:g}"),
    "less_than": ("lt", "less than {0:g}"),
}


def mistake(fault: Mapping[str, Any]) -> str:
    """One fault as pydantic tells it, in a few words that stand behind its place and a colon."""
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "tuple_type" and fault["loc"][-1] in _TABLES and isinstance(fault["input"], dict):
        return f"write [[{fault['loc'][-1]}]], in double brackets: there may be several"
    if kind in _WANTED:
        return f"write {_WANTED[kind]}, not {_kind_of(fault['input'])}"
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return f"write {words.format(context[name])}"
    if kind == "string_too_short":
        return "write something here" if not fault["input"] else f"write {context['min_length']} characters or more"
    if kind == "string_too_long":
        return f"write {context['max_length']:,} characters at most"
    if kind == "literal_error":
        return f"write {context['expected']}{suggestion(str(fault['input']), re.findall(_QUOTED, context['expected']))}"
    if kind == "string_pattern_mismatch":
        return f"{fault['input']!r} does not have the form {context['pattern']}"
    return str(fault["msg"]).removeprefix("Value error, ")


def _kind_of(value: Any) -> str:
    """What a value is, as the file has it; what it says where that is short."""
    found = next((words for kind, words in _KINDS if isinstance(value, kind)), "that")
    return f"the text {value!r}" if isinstance(value, str) and len(value) <= _SHORT else found
