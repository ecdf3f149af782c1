"""Whether a headline says something else than before, whatever a site writes around it. Pure."""

import re
from dataclasses import replace
from typing import Literal

from extraction.revision.textdiff import key, word_count, words
from extraction.revision.typos import Context, context, is_typo
from news.article import Article
from news.url import host

_SEPARATOR = re.compile(r"\s[-–—>/]+\s|\s?[|·•]\s?")
_BARS = re.compile(r"\s?[|·•]\s?")
_LONGEST_TITLE = 1_000  # characters
_LONGEST_NAME = 5  # words of a site's name or a section's
_LABELS = (
    r"live(?: ?blog| ?ticker| updates?)?|breaking(?: news)?|updated?(?: \d+)?|exclusive|video|watch|photos?|just in"
    r"|(?:en )?direct(?: vidéo)?|vidéo|exclusif|alerte(?: info)?|info \w+|mise? à jour|màj|urgent|replay"
    r"|liveticker|live-ticker|eilmeldung|eil|newsblog|exklusiv|en (?:vivo|directo)|en (?:video|imágenes)|última hora"
    r"|(?:in )?diretta|ao vivo|urgente|онлайн|прямая трансляция|срочно|видео|молния|عاجل|مباشر|بث مباشر|فيديو"
    r"|直播|速报|速報|快讯|突发|更新|视频|動画"
)
_BEFORE = re.compile(rf"^(?:[(\[](?:\d+|{_LABELS})[)\]]\s*|(?:{_LABELS})\s*(?::|[-–—]\s|\||!)\s*)", re.IGNORECASE)
_BEHIND = re.compile(
    rf"\s*(?:[(\[]\s*(?:{_LABELS}|\d+ (?:photos?|updates?|vidéos?))\s*[)\]]"
    rf"|\s(?:[-–—]|\|)\s*(?:{_LABELS}|as it happened|live coverage|page \d+))$",
    re.IGNORECASE,
)

HeadlineChange = Literal["none", "typo", "headline"]


def headline_change(old: Article, new: Article) -> HeadlineChange:
    """What became of the headline. One that is missing on either side was not extracted, which is no change."""
    before, after = (_bare(article.title) for article in (old, new))
    if not key(before) or not key(after) or key(before) == key(after):
        return "none"
    if _is_dressed(before, after, old.url) or _is_dressed(after, before, new.url):
        return "none"
    left, right = (_without_site(title, old.url) for title in (before, after))
    if key(left) == key(right):
        return "none"
    return "typo" if is_typo([left], [right], _known(left, right, old, new)) else "headline"


def _known(left: str, right: str, old: Article, new: Article) -> Context:
    """What titles and texts tell of words; a headline may write all of them with capitals, so the texts tell names."""
    language = new.language or old.language
    bodies, titles = context(old.text, new.text, language), context(left, right, language)
    capitals = titles.capitals if titles.capitals == "nothing" else bodies.capitals
    everything = context(f"{left}\n{old.text}", f"{right}\n{new.text}", language)
    return replace(everything, names=bodies.names, capitals=capitals)


def _bare(title: str) -> str:
    """The title without what is set before and behind it to call readers."""
    title = " ".join(title[:_LONGEST_TITLE].split())
    for _ in range(3):
        title = _BEHIND.sub("", _BEFORE.sub("", title))
    return title


def _is_dressed(long: str, short: str, url: str) -> bool:
    """Whether the longer title is the shorter with a site's or a section's name before or behind it."""
    for found in _SEPARATOR.finditer(long):
        before, behind = long[: found.start()], long[found.end() :]
        for kept, name in ((before, behind), (behind, before)):
            if key(kept) == key(short) and _is_name(name, found.group(), url):
                return True
    return False


def _without_site(title: str, url: str) -> str:
    """The title without parts at its ends that name the site for certain."""
    for found in _SEPARATOR.finditer(title):
        if found.start() and _is_site(title[found.end() :], url):
            return title[: found.start()]
    for found in _SEPARATOR.finditer(title):
        if _is_site(title[: found.start()], url):
            return title[found.end() :]
    return title


def _is_name(part: str, separator: str, url: str) -> bool:
    if _is_site(part, url):
        return True
    is_quiet = not any(letter.isdigit() for letter in part)
    return _BARS.fullmatch(separator) is not None and is_quiet and word_count(part) <= _LONGEST_NAME


def _is_site(part: str, url: str) -> bool:
    """Whether these words name the site: they, or their first letters, are in its host."""
    said = [word.folded for word in words(part)]
    if not said or len(said) > _LONGEST_NAME + 2:
        return False
    labels = host(url).removeprefix("www.").replace("-", "").split(".")[:-1]
    joined, initials = "".join(said), "".join(word[0] for word in said)
    return any(len(label) > 1 and (label in (joined, initials) or _is_in(label, joined)) for label in labels)


def _is_in(label: str, joined: str) -> bool:
    return min(len(label), len(joined)) > 3 and (label in joined or joined in label)
