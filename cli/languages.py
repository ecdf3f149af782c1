"""The languages that commands read, each loaded once in a process: that takes seconds."""

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matching import DictionaryLexicon


@cache
def lexicon() -> "DictionaryLexicon":
    """The lexicon of this process; what it makes of the dictionaries is kept in the user's cache for the next one."""
    from matching import DictionaryLexicon

    return DictionaryLexicon(_cache())


def _cache() -> Path | None:
    """Where programs keep what they can make anew; None where the user has no such place."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    try:
        return (Path(named) if named else Path.home() / ".cache") / "vigie"
    except RuntimeError:  # a user without a home
        return None
