"""How well articles are put together: stories on labelled articles, and copies on texts that were edited.

    python -m bench.stories [ARTICLES] [--corpus CORPUS]... [--orders 10]

ARTICLES is `stories-ecbplus.jsonl.gz` of the public suites (lines of `id`, `event`, `title`, `text`; the folder
VIGIE_JUDGES names it if no path is given). The articles have no dates, so all are told at one instant, in several
orders drawn by lot. BCubed precision is how much of an article's story is on its event, recall how much of its event
is in its story, both averaged over the articles. The topics are halved: whoever tries other constants looks at the
first half only. Copies are measured on the same articles and on the gold texts of corpora, if any are given.
"""

import argparse
import gzip
import json
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

from bench.corpus import CorpusError, annotations
from matching import DictionaryLexicon, Lexicon, document, tokens
from matching.copies import CopyIndex, Print, fingerprint
from matching.placing import Placer, Sketch, sketch
from matching.rarity import Rarity
from matching.stories import with_member
from news.article import Article
from news.story import Placed, StoryState

NOW = datetime(2026, 11, 21, tzinfo=UTC)
_SUITE = "stories-ecbplus.jsonl.gz"
_FIRST_HALF = 21  # topics up to this number; those of the suite go to 45
_FEWEST_WORDS = 100  # of a text whose copies are looked for
_SEED = 7


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article, and the event that it is about."""

    event: str
    title: str
    text: str

    @property
    def topic(self) -> int:
        """The number that the event's name begins with; two events of a topic are alike, but not the same."""
        return int(re.match(r"\d+", self.event).group())  # type: ignore[union-attr]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    suite = Path(os.environ.get("VIGIE_JUDGES", "../shared/judges")) / _SUITE
    parser.add_argument("articles", metavar="ARTICLES", type=Path, nargs="?", default=suite)
    parser.add_argument("--corpus", metavar="CORPUS", type=Path, action="append", default=[])
    parser.add_argument("--orders", type=int, default=10, help="in which the articles come")
    options = parser.parse_args()
    if not options.articles.exists():
        sys.exit(f"{options.articles} is not there: name the file, or its folder in VIGIE_JUDGES.")
    labelled = read(options.articles)
    lexicon = DictionaryLexicon()
    lexicon.load("en")
    halves = {
        "first half of the topics": [one for one in labelled if one.topic <= _FIRST_HALF],
        "second half": [one for one in labelled if one.topic > _FIRST_HALF],
    }
    for name, half in halves.items():
        events = len({one.event for one in half})
        print(
            f"{name}: {len(half)} articles, {events} events", *told(half, options.orders, lexicon), sep="\n", flush=True
        )
    try:
        gold = [page.text for path in options.corpus for page in annotations(path) if page.text]
    except CorpusError as error:
        sys.exit(str(error))
    texts, labels = [one.text for one in labelled], [one.event for one in labelled]
    print("\ncopies, the same articles", *copies(texts, labels), sep="\n", flush=True)
    if gold:
        print("\ncopies, corpora", *copies(gold), sep="\n", flush=True)


def read(path: Path) -> list[Labelled]:
    """The labelled articles."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Labelled(row["event"], row["title"], row["text"]) for row in rows]


def told(articles: Sequence[Labelled], orders: int, lexicon: Lexicon) -> list[str]:
    """Lines with the scores, the mean over the orders, and with the time."""
    read_ones = [document(Article("", "", one.title, one.text, language="en"), "", lexicon) for one in articles]
    for one in read_ones:
        one.search_terms  # noqa: B018 (its words are found, which matching needs as well)
    started = time.process_time()
    drawn = [sketch(one, Rarity()) for one in read_ones]
    drawing = (time.process_time() - started) / len(articles)
    scores, placing = [], []
    for number in range(orders):
        order = list(range(len(articles)))
        random.Random(number).shuffle(order)
        started = time.process_time()
        stories = placed([drawn[place] for place in order])
        placing.append((time.process_time() - started) / len(articles))
        scores.append(bcubed([articles[place].event for place in order], stories))
    precision, recall, f1 = (fmean(column) for column in zip(*scores, strict=True))
    return [
        f"  BCubed precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}"
        f" (lowest {min(score[2] for score in scores):.3f}, highest {max(score[2] for score in scores):.3f})",
        f"  an article: {1000 * drawing:.2f} ms to draw, {1000 * fmean(placing):.2f} ms to place",
    ]


def placed(drawn: Sequence[Sketch]) -> list[int]:
    """The story of each article, as one process places them one after another."""
    placer = Placer()
    states: dict[int, StoryState] = {}
    found: list[int] = []
    for number, one in enumerate(drawn, 1):
        place = placer.place(one, NOW, NOW)
        story_id = place.story_id or number
        if place.copy_of is None:
            before = states[story_id].centroid if place.story_id else {}
            states[story_id] = StoryState(story_id, NOW, NOW, with_member(before, one.words or {}))
        placer.take_in([Placed(number, number, story_id, NOW, place.copy_of, one.stored)], states, NOW)
        found.append(story_id)
    return found


def bcubed(events: Sequence[str], stories: Sequence[int]) -> tuple[float, float, float]:
    """Precision, recall and their harmonic mean (Bagga and Baldwin, 1998)."""
    of_event, of_story = Counter(events), Counter(stories)
    both = Counter(zip(events, stories, strict=True))
    pairs = list(zip(events, stories, strict=True))
    precision = fmean(both[pair] / of_story[pair[1]] for pair in pairs)
    recall = fmean(both[pair] / of_event[pair[0]] for pair in pairs)
    return precision, recall, 2 * precision * recall / (precision + recall)


Edit = Callable[[list[str], list[str], random.Random], list[str]]
"""From a text's words, and those of another text, to an edited text."""


def _changed(words: list[str], others: list[str], dice: random.Random, share: float) -> list[str]:
    return [dice.choice(others) if dice.random() < share else word for word in words]


def _framed(words: list[str], others: list[str]) -> list[str]:
    frame = min(len(words), len(others)) // 8
    return others[:frame] + words + others[-frame:]


EDITS: dict[str, Edit] = {
    "cut to 60 %": lambda words, others, dice: words[: len(words) * 6 // 10],
    "boilerplate added": lambda words, others, dice: _framed(words, others),
    "20 % of the words changed": lambda words, others, dice: _changed(words, others, dice, 0.2),
    "30 % of the words changed": lambda words, others, dice: _changed(words, others, dice, 0.3),
    "first 30 % only": lambda words, others, dice: words[: len(words) * 3 // 10],
}


def copies(texts: Sequence[str], events: Sequence[str] | None = None) -> list[str]:
    """Lines with the recall on each edit, the pairs held for copies, and the time.

    What is no copy of an earlier text counts as an original, and only originals are edited. Where events are labelled,
    a pair on different events is false; where not, all pairs are shown.
    """
    long_ones = [place for place, text in enumerate(texts) if len(text.split()) >= _FEWEST_WORDS]
    prints = {place: _print(texts[place]) for place in long_ones}
    index = CopyIndex()
    pairs: list[tuple[int, int, float]] = []
    originals: list[int] = []
    started = time.process_time()
    for place, held in prints.items():
        likeness = index.best(held, 0.0)
        if likeness is None:
            originals.append(place)
            index.add(place, 0.0, held)
        else:
            pairs.append((likeness.article_id, place, likeness.containment))
    spent = (time.process_time() - started) / len(prints)
    size = fmean(map(len, prints.values()))
    lines = [f"  {len(prints)} texts of {_FEWEST_WORDS} words and more, {size:.0f} hashes each"]
    lines += [f"  {name}: {share:.3f} found" for name, share in _recall(texts, originals, index).items()]
    false = [pair for pair in pairs if events is None or events[pair[0]] != events[pair[1]]]
    compared = len(originals) * (len(originals) - 1) // 2
    lines.append(f"  {compared} pairs of originals; {len(pairs)} texts held for copies, to be looked at {len(false)}:")
    lines += [f"    {share:.2f}  {texts[one][:50]!r}  {texts[other][:50]!r}" for one, other, share in false[:10]]
    return [*lines, f"  a text: {1000 * spent:.2f} ms to look up and to add"]


def _recall(texts: Sequence[str], originals: Sequence[int], index: CopyIndex) -> dict[str, float]:
    """The share of the originals that is found from the edited text, for each edit."""
    dice = random.Random(_SEED)
    found = dict.fromkeys(EDITS, 0)
    for number, place in enumerate(originals):
        own, other = texts[place].split(), texts[originals[number - 1]].split()
        for name, edit in EDITS.items():
            likeness = index.best(_print(" ".join(edit(own, other, dice))), 0.0)
            found[name] += likeness is not None and likeness.article_id == place
    return {name: times / len(originals) for name, times in found.items()}


def _print(text: str) -> Print:
    return fingerprint(tokens(text))


if __name__ == "__main__":
    main()
