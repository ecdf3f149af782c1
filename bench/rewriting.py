"""Ways in which sites change their articles, imitated: each gives two versions of one and what kind of change it is."""

import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from extraction.revision.compare import ChangeKind, fingerprints
from news.article import Article

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_NEGATIONS = {"en": "not", "fr": "jamais", "de": "nicht", "es": "nunca", "it": "mai", "ru": "не", "nl": "niet"}
_READ_ALSO = {"en": "Read also: ", "fr": "Lire aussi : ", "de": "Lesen Sie auch: ", "es": "Lee también: "}
_UPDATED = {
    "en": ("Updated at 14:05", "Updated on 21 November 2026 at 3:10 pm"),
    "fr": ("Mis à jour à 14h05", "Publié le 21 novembre 2026 à 15h10"),
    "de": ("Aktualisiert um 14:05 Uhr", "Stand: 21. November 2026, 15:10 Uhr"),
    "es": ("Actualizado a las 14:05", "Publicado el 21 de noviembre de 2026"),
}
_AGO = {"en": "{} hours ago", "fr": "Il y a {} heures", "de": "vor {} Stunden", "es": "hace {} horas"}
_COUNTS = {"en": "{} views", "fr": "{} partages", "de": "{} Kommentare", "es": "{} comentarios"}
_WALLS = {
    "en": "Subscribe to continue reading this article. Already a subscriber? Sign in.",
    "fr": "Cet article est réservé aux abonnés. Abonnez-vous pour lire la suite.",
    "de": "Wir verwenden Cookies. Bitte erteilen Sie Ihre Einwilligung, um weiterzulesen.",
    "es": "Utilizamos cookies propias y de terceros. Suscríbete para seguir leyendo.",
}
_ARTICLES = frozenset({"der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer"})
_WORD = re.compile(r"[^\W\d_]+")
_FIGURE = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Pool:
    """What else the source has: other articles, and the blocks that its template sets on every page."""

    others: Sequence[Article]
    blocks: Sequence[str]

    def paragraph(self, chance: random.Random) -> str:
        """A paragraph of prose from another article."""
        return chance.choice([part for part in chance.choice(self.others).text.split("\n") if len(part) > 80] or [""])


@dataclass(frozen=True, slots=True)
class Case:
    """Two versions, and what was done between them."""

    way: str
    truth: ChangeKind
    old: Article
    new: Article
    elsewhere: frozenset[str] = frozenset()
    note: str = ""


Way = Callable[[Article, Pool, random.Random], Case | None]


def host_blocks(others: Sequence[Article], chance: random.Random) -> list[str]:
    """Three blocks that pages of one host have in common: here, the first paragraphs of other articles."""
    return [other.text.split("\n")[0] for other in chance.sample(list(others), min(3, len(others)))]


def _parts(article: Article) -> list[str]:
    return [part for part in article.text.split("\n") if part.strip()]


def _with(article: Article, parts: Sequence[str]) -> Article:
    return replace(article, text="\n\n".join(parts))


def _at(parts: Sequence[str], place: int, text: str) -> list[str]:
    return [*parts[:place], text, *parts[place:]]


def layout(article: Article, pool: Pool, chance: random.Random) -> Case:
    """Quotes, dashes, spaces, soft hyphens, Unicode form, capitals in a heading; paragraphs joined and parted."""
    text = article.text.replace("'", "’").replace(" - ", " – ").replace("...", "…").replace(" :", "\u00a0:")
    text = re.sub(r'"([^"\n]*)"', "« \\1 »", text)
    parts = _parts(replace(article, text=unicodedata.normalize(chance.choice(("NFC", "NFD")), text)))
    long = [place for place, part in enumerate(parts) if ". " in part]
    if long:
        place = chance.choice(long)
        parts[place : place + 1] = parts[place].replace(". ", ".\n", 1).split("\n")
    if len(parts) > 2:
        place = chance.randrange(len(parts) - 1)
        parts[place : place + 2] = [f"{parts[place]} {parts[place + 1]}"]
    place = chance.randrange(len(parts))
    parts[place] = re.sub(r"(\w{4})(\w{4})", "\\1\u00ad\\2", parts[place], count=3)
    return Case("layout", "none", article, _with(article, parts))


def dressed_title(article: Article, pool: Pool, chance: random.Random) -> Case:
    """The site's name behind the headline, or a call before it."""
    name = article.url.split("/")[2].removeprefix("www.").split(".")[0].capitalize()
    title = chance.choice((f"{article.title} | {name}", f"{article.title} - {name}", f"LIVE: {article.title}"))
    return Case("dressed title", "none", article, replace(article, title=title), note=title)


def _misspelt(word: str, chance: random.Random) -> str:
    """One slip inside a word: two letters swapped, one left out, doubled, or another in its place."""
    letters = _CYRILLIC if "\u0400" <= word[0] <= "\u04ff" else _LETTERS
    place = chance.randrange(1, len(word) - 1)
    slip = chance.randrange(4)
    if slip == 0 and word[place] != word[place + 1]:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if slip == 1:
        return word[:place] + word[place + 1 :]
    if slip == 2:
        return word[:place] + word[place] + word[place:]
    other = chance.choice([letter for letter in letters if letter != word[place]])
    return word[:place] + other + word[place + 1 :]


def _slippery(text: str, language: str | None) -> list[re.Match[str]]:
    """The words that may hold a slip: small letters, five or more; in German also nouns behind an article."""
    found, before = [], ""
    for word in _WORD.finditer(text):
        is_noun = language == "de" and before in _ARTICLES and word.group()[1:].islower()
        if len(word.group()) >= 5 and (word.group().islower() or is_noun):
            found.append(word)
        before = word.group()
    return found


def typos(article: Article, pool: Pool, chance: random.Random) -> Case | None:
    """One to three words misspelt in one of the versions, one slip in each."""
    found = _slippery(article.text, article.language)
    if len(found) < 20:
        return None
    text = article.text
    chosen = sorted(chance.sample(found, chance.randint(1, 3)), key=lambda word: -word.start())
    note = []
    for word in chosen:
        wrong = _misspelt(word.group(), chance)
        note.append(f"{word.group()}/{wrong}")
        text = text[: word.start()] + wrong + text[word.end() :]
    versions = [article, replace(article, text=text)]
    chance.shuffle(versions)
    return Case("typos", "typo", versions[0], versions[1], note=", ".join(note))


def accents(article: Article, pool: Pool, chance: random.Random) -> Case | None:
    """An accent that was forgotten in the old version, also in a name."""
    marked = [word for word in _WORD.finditer(article.text) if re.search("[à-öø-ÿ]", word.group())]
    if not marked:
        return None
    word = chance.choice(marked)
    bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", word.group()))
    if bare == word.group():
        return None
    old = article.text[: word.start()] + bare + article.text[word.end() :]
    return Case("accents", "typo", replace(article, text=old), article, note=word.group())


def typo_in_title(article: Article, pool: Pool, chance: random.Random) -> Case | None:
    """A slip in the headline, in a word of small letters."""
    found = _slippery(article.title, None)
    if not found:
        return None
    word = chance.choice(found)
    title = article.title[: word.start()] + _misspelt(word.group(), chance) + article.title[word.end() :]
    return Case("typo in title", "typo", replace(article, title=title), article, note=title)


def typo_and_block(article: Article, pool: Pool, chance: random.Random) -> Case | None:
    """A slip put right, and a pointer to another article put in."""
    case = typos(article, pool, chance)
    if case is None:
        return None
    parts = _at(_parts(case.new), 1, _read_also(article) + chance.choice(pool.others).title)
    return replace(case, way="typos and a pointer", new=_with(case.new, parts))


def figure(article: Article, pool: Pool, chance: random.Random) -> Case | None:
    """One digit of one number is another."""
    found = list(_FIGURE.finditer(article.text))
    if not found:
        return None
    number = chance.choice(found)
    place = chance.randrange(number.start(), number.end())
    digit = chance.choice([one for one in "123456789" if one != article.text[place]])
    text = article.text[:place] + digit + article.text[place + 1 :]
    note = article.text[max(0, place - 30) : place + 20]
    return Case("a figure", "text", article, replace(article, text=text), note=note)


def negation(article: Article, pool: Pool, chance: random.Random) -> Case | None:
    """A word that turns a sentence into its contrary is put in."""
    word = _NEGATIONS.get(article.language or "")
    spaces = [found.end() for found in re.finditer(r"(?<=[a-zà-ÿа-я]) (?=[a-zà-ÿа-я])", article.text)]
    if word is None or not spaces:
        return None
    place = chance.choice(spaces)
    text = f"{article.text[:place]}{word} {article.text[place:]}"
    return Case("a negation", "text", article, replace(article, text=text), note=text[place - 20 : place + 30])


def name(article: Article, pool: Pool, chance: random.Random) -> Case | None:
    """A name becomes another name of the text."""
    found = list(re.finditer(r"(?<=[a-zà-ÿ] )[A-ZÀ-Þ][a-zà-ÿ]{3,}(?= [a-zà-ÿ])", article.text))
    pairs = [(one, other) for one in found for other in found if one.group() != other.group()]
    if not pairs:
        return None
    one, other = chance.choice(pairs)
    text = article.text[: one.start()] + other.group() + article.text[one.end() :]
    note = f"{one.group()} → {other.group()}"
    return Case("a name", "text", article, replace(article, text=text), note=note)


def paragraph_in(article: Article, pool: Pool, chance: random.Random) -> Case | None:
    """A paragraph of prose is added."""
    parts, more = _parts(article), pool.paragraph(chance)
    if not more:
        return None
    return Case("a paragraph in", "text", article, _with(article, _at(parts, chance.randint(0, len(parts)), more)))


def paragraph_out(article: Article, pool: Pool, chance: random.Random) -> Case | None:
    """A paragraph of prose is taken away."""
    parts = _parts(article)
    prose = [place for place, part in enumerate(parts) if len(part) > 80]
    if len(prose) < 4:
        return None
    place = chance.choice(prose)
    return Case(
        "a paragraph out", "text", article, _with(article, [*parts[:place], *parts[place + 1 :]]), note=parts[place]
    )


def rewritten(article: Article, pool: Pool, chance: random.Random) -> Case | None:
    """Headline and a sentence change together."""
    case = paragraph_in(article, pool, chance)
    return case and replace(
        case, way="headline and text", new=replace(case.new, title=chance.choice(pool.others).title)
    )


def headline(article: Article, pool: Pool, chance: random.Random) -> Case:
    """The headline is another; at times the second half of it only."""
    said, others = article.title.split(), chance.choice(pool.others).title.split()
    title = " ".join(others if chance.random() < 0.5 else said[: len(said) // 2] + others[len(others) // 2 :])
    return Case(
        "another headline", "headline", article, replace(article, title=title), note=f"{article.title} → {title}"
    )


def _read_also(article: Article) -> str:
    return _READ_ALSO.get(article.language or "", _READ_ALSO["en"])


def pointer(article: Article, pool: Pool, chance: random.Random) -> Case:
    """'Read also' with the title of another article, put in or changed."""
    parts = _parts(article)
    place = chance.randint(1, len(parts))
    lines = [_read_also(article) + other.title for other in chance.sample(list(pool.others), 2)]
    old = article if chance.random() < 0.5 else _with(article, _at(parts, place, lines[0]))
    return Case("a pointer", "template", old, _with(article, _at(parts, place, lines[1])), note=lines[1])


def stamps(article: Article, pool: Pool, chance: random.Random) -> Case:
    """Stamps, relative dates and counters that stand in the text, and go on."""
    known = article.language or ""
    ago, counts = _AGO.get(known, _AGO["en"]), _COUNTS.get(known, _COUNTS["en"])
    updated = chance.choice(_UPDATED.get(known, _UPDATED["en"]))
    old = [ago.format(3), *_parts(article), counts.format(12)]
    new = [ago.format(5), updated, *_parts(article), counts.format(1_204)]
    return Case("stamps and counters", "template", _with(article, old), _with(article, new), note=updated)


def blocks(article: Article, pool: Pool, chance: random.Random) -> Case:
    """A block that other pages of the host have too comes, goes, or moves."""
    parts, block = _parts(article), chance.choice(pool.blocks)
    one, other = _at(parts, chance.randint(0, len(parts)), block), _at(parts, 0, block)
    versions = chance.choice(((parts, one), (one, parts), (_at(parts, len(parts), block), other)))
    old, new = (_with(article, version) for version in versions)
    return Case("a block of the host", "template", old, new, fingerprints("\n".join(pool.blocks)), note=block)


def order(article: Article, pool: Pool, chance: random.Random) -> Case | None:
    """Paragraphs in another order."""
    parts = list(dict.fromkeys(_parts(article)))
    if len(parts) < 3:
        return None
    return Case("order", "template", _with(article, parts), _with(article, [*parts[2:], *parts[:2]]))


def byline(article: Article, pool: Pool, chance: random.Random) -> Case | None:
    """The byline appears in the text."""
    if not article.authors or not article.authors[0].strip():
        return None
    line = {"fr": "Par ", "de": "Von ", "es": "Por "}.get(article.language or "", "By ") + article.authors[0]
    return Case("a byline", "template", article, _with(article, [line, *_parts(article)]), note=line)


def wall(article: Article, pool: Pool, chance: random.Random) -> Case:
    """A fifth of the text is left, with or without a sentence of the wall."""
    parts, stump = _parts(article), article.text[: len(article.text) // 5]
    ending = ["", "\n\n" + _WALLS.get(article.language or "", _WALLS["en"])][chance.randrange(2)]
    return Case("a wall", "template", _with(article, parts), replace(article, text=stump + ending), note=ending)


WAYS: tuple[Way, ...] = (
    layout, dressed_title, typos, accents, typo_in_title, typo_and_block, pointer, stamps, blocks, order, byline, wall,
    headline, figure, negation, name, paragraph_in, paragraph_out, rewritten,
)  # fmt: skip
