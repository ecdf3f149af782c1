"""What a watch says, and which articles it wants: the query language, the analyzer, the index of watches."""

from matching.analyzer import Lexicon, Token, folded_only, search_terms, tokens
from matching.document import Document, document
from matching.evaluate import spans
from matching.exclusion import Candidate, candidates, excluding, words_of
from matching.explain import Judged, explain, explain_miss
from matching.index import WatchIndex
from matching.lexicon import DictionaryLexicon
from matching.parser import parse
from matching.printer import canonical, is_test, label, tree_lines
from matching.references import Named, references, renamed, resolved
from matching.searchable import analyzer, primary, search_plans, search_row
from matching.slips import small_operators, wants_all

__all__ = [
    "Candidate",
    "DictionaryLexicon",
    "Document",
    "Judged",
    "Lexicon",
    "Named",
    "Token",
    "WatchIndex",
    "analyzer",
    "candidates",
    "canonical",
    "document",
    "excluding",
    "explain",
    "explain_miss",
    "folded_only",
    "is_test",
    "label",
    "parse",
    "primary",
    "references",
    "renamed",
    "resolved",
    "search_plans",
    "search_row",
    "search_terms",
    "small_operators",
    "spans",
    "tokens",
    "tree_lines",
    "wants_all",
    "words_of",
]
