"""What a watch says, and which articles it wants: the query language, the analyzer, the index of watches."""

from matching.analyzer import Lexicon, Token, folded_only, search_terms, tokens
from matching.document import Document, document
from matching.evaluate import spans
from matching.explain import explain_miss
from matching.index import WatchIndex
from matching.parser import parse
from matching.printer import canonical, tree_lines
from matching.searchable import superset

__all__ = [
    "Document",
    "Lexicon",
    "Token",
    "WatchIndex",
    "canonical",
    "document",
    "explain_miss",
    "folded_only",
    "parse",
    "search_terms",
    "spans",
    "superset",
    "tokens",
    "tree_lines",
]
