"""What is left of a word that no dictionary knows when its endings are taken away."""

import threading

import Stemmer

# Snowball's names of the languages, where it has one.
_ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "fa": "persian", "fi": "finnish", "fr": "french",
    "ga": "irish", "hbs": "serbian", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "nb": "norwegian", "nl": "dutch", "nn": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
# Before the stem, so that it meets other stems only: the stem of a rare word is often the whole of another.
MARK = "~"
_of_thread = threading.local()


def stem(folded: str, code: str) -> str | None:
    """The marked stem of a folded word; None where Snowball has no stemmer for the language."""
    return MARK + _stemmer(_ALGORITHMS[code]).stemWord(folded) if code in _ALGORITHMS else None


def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    """A stemmer for this thread alone: they are not made to be shared. Words are remembered elsewhere."""
    stemmers: dict[str, Stemmer.Stemmer] = _of_thread.__dict__
    if algorithm not in stemmers:
        stemmers[algorithm] = Stemmer.Stemmer(algorithm, 0)
    return stemmers[algorithm]
