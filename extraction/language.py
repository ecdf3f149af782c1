"""The language of an article: what its words say, weighed with what the page claims."""

import re
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from extraction.document import Document
from extraction.provenance import Told

_SAMPLE = 200  # characters, of each place; more hardly ever changes the answer
_TRUST = 20.0  # how many times likelier the claimed language is made: settles near relations, not plain lies
_BROADER = {"nb": "no"}  # the identifier has one name for what pages call by two
_CODE = re.compile(r"[a-z]{2}(?![a-z])")


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _claimed(document: Document) -> str | None:
    claims = (document.tree.get("lang"), document.tree.get("xml:lang"), document.first("og:locale", "content-language"))
    for claim in claims:
        code = _CODE.match((claim or "").strip().lower())
        if code:
            return _BROADER.get(code[0], code[0])
    return None


def _sample(text: str) -> str:
    """The start, the middle and the end: an article may open with a quotation in another language."""
    if len(text) <= 3 * _SAMPLE:
        return text
    middle = (len(text) - _SAMPLE) // 2
    return " ".join((text[:_SAMPLE], text[middle : middle + _SAMPLE], text[-_SAMPLE:]))


def _odds(text: str) -> dict[str, float]:
    """How likely each language is, by its code."""
    return {code: odds for code, odds in _identifier().rank(_sample(text)) if _CODE.fullmatch(code)}


def spoken(text: str) -> str | None:
    """The ISO 639-1 code of a text's language, judged by its words alone; None where it has none."""
    odds = _odds(text) if any(character.isalpha() for character in text) else {}
    return max(odds, key=odds.__getitem__) if odds else None


def told_language(document: Document, text: str) -> Told[str | None]:
    """The ISO 639-1 code, or None where neither text nor page gives one."""
    claim = _claimed(document)
    odds = _odds(text)
    if claim in odds:
        odds[claim] *= _TRUST
    if not text or not odds:
        return Told(claim, "lang" if claim else "")
    found = max(odds, key=odds.__getitem__)
    return Told(found, "text and lang" if found == claim else "text")


def language(document: Document, text: str) -> str | None:
    """The language alone."""
    return told_language(document, text).value
