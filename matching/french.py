"""What the French dictionary leaves out: participles that lead to their verb, feminines to their masculine."""

from collections.abc import Container

# The end of a word that the dictionary takes for its own lemma, and what stands there in the word it comes from.
_ENDINGS = (
    ("ée", ("é",)),
    ("é", ("er",)),
    ("i", ("ir",)),
    ("du", ("dre",)),
    ("ompu", ("ompre",)),
    ("tenu", ("tenir",)),
    ("trice", ("teur",)),
    ("ouse", ("oux",)),
    ("euse", ("eur", "eux")),
    ("ienne", ("ien",)),
    ("éenne", ("éen",)),
    ("ielle", ("iel",)),
    ("uelle", ("uel",)),
    ("nelle", ("nel",)),
)


def base_form(word: str, known: Container[str]) -> str | None:
    """The verb of a participle, the masculine of a feminine, where the dictionary knows it; None for other words."""
    for ending, bases in _ENDINGS:
        if word.endswith(ending):
            stem = word.removesuffix(ending)
            return next((stem + base for base in bases if stem + base in known), None)
    return None
