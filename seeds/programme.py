"""The demo's programme: what its site has already when it is first visited, and what it publishes after, in order."""

from dataclasses import dataclass

from seeds.texts import SeedArticle, demo_articles, seed_articles

# One of the three is what a watch of the demo looks for: history is kept, marked seen, and told to nobody.
_HISTORY = ("soldats-nord-coreens-terrain-entrainement", "bibliotheque-valdore-rouvre", "four-habits-good-sleep")


@dataclass(frozen=True, slots=True)
class Programme:
    """Articles published before the demo begins, the oldest first, and those that follow."""

    history: tuple[SeedArticle, ...]
    to_come: tuple[SeedArticle, ...]


def programme() -> Programme:
    """Both seed articles and all invented ones; those that a watch wants take turns with those that none does."""
    magazine, slideshow = seed_articles()
    invented = {article.slug: article for article in demo_articles()}
    history = tuple(invented.pop(slug) for slug in _HISTORY)
    first = (
        magazine,
        invented.pop("gas-pipeline-repair-spring"),
        invented.pop("panel-asks-access-missile-test"),
        invented.pop("velo-avant-hiver"),
        slideshow,
    )
    last = invented.pop("seoul-weighs-air-defence")
    return Programme(history, (*first, *reversed(invented.values()), last))
