"""News that nobody wrote: articles on made-up events, and what one process would make of them, one after another."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from matching import document
from matching.placing import Placer, sketch
from matching.rarity import Rarity
from matching.stories import with_member
from news.article import Article
from news.story import Placed, StoryState

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
_SYLLABLES = ("bo", "cre", "dal", "fi", "gru", "lam", "me", "no", "pra", "rul", "sta", "ti", "vor", "zu")
_COMMON = ("le", "la", "les", "de", "des", "et", "un", "une", "dans", "pour", "sur", "avec", "qui", "que", "est", "par")


@dataclass(frozen=True)
class Made:
    """An article, and when it was told."""

    article: Article
    told_at: datetime


def words(seed: int, number: int) -> list[str]:
    """So many words of one event."""
    dice = random.Random(f"event {seed}")
    return ["".join(dice.choices(_SYLLABLES, k=3)) for _ in range(number)]


def prose(event: int) -> str:
    """A French text on an event of its own, long enough for an article."""
    of_event = iter(words(event, 150))
    form = "Le {} de {} a été {} pour la {} avec les {} de la ville."
    return " ".join(form.format(*(next(of_event) for _ in range(5))) for _ in range(30))


def made(event: int, number: int, told_at: datetime = NOW, language: str | None = "fr") -> Made:
    """An article on an event: no other has its sentences, all of the event have its words."""
    dice = random.Random(f"article {event} {number}")
    own = words(event, 30)
    text = [dice.choice(own) if dice.random() < 0.5 else dice.choice(_COMMON) for _ in range(160)]
    url = f"https://phare.example/{event}/{number}"
    title = " ".join(dice.sample(own, 4))
    return Made(Article(url, url, title, " ".join(text), published_at=told_at, language=language), told_at)


def copy_of(other: Made, number: int, told_at: datetime = NOW) -> Made:
    """The same text elsewhere, under another title."""
    article = other.article
    url = f"https://digue.example/{number}"
    title = " ".join(words(10_000 + number, 4))
    return Made(Article(url, url, title, article.text, published_at=told_at, language=article.language), told_at)


def replayed(articles: Iterable[Made], now: datetime = NOW) -> list[tuple[int, int | None]]:
    """Story and original of each article, all numbered from 1 as they come, without any database."""
    placer = Placer()
    states: dict[int, StoryState] = {}
    found: list[tuple[int, int | None]] = []
    for number, one in enumerate(articles, 1):
        drawn = sketch(document(one.article, ""), Rarity())
        place = placer.place(drawn, one.told_at, now)
        story_id = place.story_id or len(states) + 1
        old = states.get(story_id, StoryState(story_id, one.told_at, one.told_at, {}))
        centroid = old.centroid if place.copy_of else with_member(old.centroid, drawn.words or {})
        first, last = min(old.first_at, one.told_at), max(old.last_at, one.told_at)
        states[story_id] = StoryState(story_id, first, last, centroid)
        placer.take_in([Placed(number, number, story_id, one.told_at, place.copy_of, drawn.stored)], states, now)
        found.append((story_id, place.copy_of))
    return found
