"""How well articles are told from other links on the pages of eight kinds of site; the bounds are what was measured."""

from dataclasses import dataclass

import pytest

from crawler.patterns import Patterns
from crawler.sections import article_links
from tests.section_sites import SectionSite, section_sites

SEEDS = (1, 2, 3)
PAGES = 5
LESSONS = 4


@dataclass
class Score:
    """Links by what they are and what they were taken for."""

    right: int = 0
    found: int = 0
    wanted: int = 0

    def add(self, site: SectionSite, patterns: Patterns | None) -> None:
        """Judge one more page."""
        body, articles, _ = site.page()
        found = {link.url for link in article_links(body, site.url, "", patterns)}
        self.right += len(found & articles)
        self.found += len(found)
        self.wanted += len(articles)

    @property
    def precision(self) -> float:
        """Of what was found, the share of articles."""
        return self.right / max(self.found, 1)

    @property
    def recall(self) -> float:
        """Of the articles, the share that was found."""
        return self.right / self.wanted


def lessons(site: SectionSite) -> Patterns:
    """What four visits teach: half of the articles stand in the feed as well, and what was found is fetched."""
    patterns = Patterns()
    for _ in range(LESSONS):
        body, articles, _others = site.page()
        found = {link.url for link in article_links(body, site.url, "", patterns)}
        for url in sorted({*sorted(articles)[::2], *found}):
            patterns.learn(url, url in articles)
    return patterns


def scores(*, taught: bool) -> dict[str, Score]:
    """By site, over pages not seen before; `""` is all of them."""
    found = {"": Score()}
    for seed in SEEDS:
        for site in section_sites(seed):
            patterns = lessons(site) if taught else None
            for _ in range(PAGES):
                found.setdefault(site.name, Score()).add(site, patterns)
    for score in [*found.values()][1:]:
        found[""].right += score.right
        found[""].found += score.found
        found[""].wanted += score.wanted
    return found


@pytest.fixture(scope="module")
def untaught() -> dict[str, Score]:
    """Without patterns."""
    return scores(taught=False)


@pytest.fixture(scope="module")
def taught() -> dict[str, Score]:
    """With what four visits taught."""
    return scores(taught=True)


def test_at_first_sight_nearly_all_articles_are_found(untaught: dict[str, Score]) -> None:
    assert untaught[""].recall >= 0.98
    assert untaught[""].precision >= 0.87
    assert min(score.recall for score in untaught.values()) >= 0.80


def test_what_was_learned_tells_articles_from_the_rest(taught: dict[str, Score]) -> None:
    """But for the one link in ten that is tried whatever was learned."""
    assert taught[""].recall >= 0.995
    assert taught[""].precision >= 0.98
    assert min(score.precision for score in taught.values()) >= 0.91


def test_learning_makes_no_site_worse(untaught: dict[str, Score], taught: dict[str, Score]) -> None:
    for name, score in taught.items():
        assert score.precision >= untaught[name].precision
        assert score.recall >= untaught[name].recall
