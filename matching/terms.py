"""The words by which articles are compared: one term for each word, and pairs where a script parts no words."""

from collections.abc import Iterator, Sequence

from matching.analyzer import Token
from matching.characters import is_apart


def terms(found: Sequence[Token]) -> Iterator[tuple[str, Token]]:
    """Each word with its term: the last of its keys, which is its lemma where the lexicon knows one.

    Joined forms are left out, for their parts are there, and so are single letters and digits. Of Chinese, Japanese,
    Korean and Thai, whose tokens are characters, two neighbours make a term: one alone says too little.
    """
    before: Token | None = None
    for token in found:
        if token.length > 1:
            continue
        if is_apart(token.exact[:1]):
            if before is not None and before.end == token.start:
                yield before.folded + token.folded, token
            before = token
            continue
        before = None
        if len(token.folded) > 1:
            yield token.keys[-1], token
