"""When one match is told to one channel: at once, later and why, or never. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alerting.figures import changed, figures
from alerting.hours import next_digest, outside_quiet
from alerting.volume import alerts_on
from news.article import StoredArticle
from news.rules import NEVER, WholeRules
from news.telling import Facts, Figures, Reason, StoryPlace, TellingState, Thread, Volume

_NOWHERE = StoryPlace()
SOON = timedelta(minutes=10)  # so that what changes together is told together
LONGEST_WAIT = timedelta(hours=24)
_MOST_DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a match for a channel."""

    state: TellingState
    reason: Reason = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StorySoFar:
    """What counts for one watch: where the article stands, its thread if there is one, and the days before.

    `known_to` are the ids of the channels that were told of the story, or are going to be; None for all.
    """

    place: StoryPlace = _NOWHERE
    thread: Thread | None = None
    volumes: tuple[Volume, ...] = ()
    known_to: frozenset[int] | None = None

    def goes_on_for(self, channel_id: int) -> bool:
        """Whether the article follows on what the channel knows of its story. A thread may be there of which nobody
        was told: its articles were old, or it was muted.
        """
        return self.thread is not None and (self.known_to is None or channel_id in self.known_to)


def verdict(
    so_far: StorySoFar, rules: WholeRules, today: date, now: datetime, *, is_news: bool, is_known: bool = True
) -> Verdict:
    """What becomes of an article for a channel under these rules; `is_news` where it changes what was told,
    `is_known` where the channel knows of the story.

    `today` is the day by which the watch's volumes are counted, which may be of another zone than a channel's hours.
    """
    thread, long_ago = so_far.thread, so_far.place.long_ago
    if thread is not None and thread.muted_at is not None:
        return Verdict("muted")
    if not is_known:
        thread = None
    if long_ago is not None and rules.resurfaced == "never":
        return Verdict("never", "resurfaced")
    if rules.digest != "at once":
        return _held("digest", next_digest(now, rules), rules)
    if long_ago is not None and rules.resurfaced == "digest":
        return _held("resurfaced", next_digest(now, rules), rules)
    if thread is not None and rules.updates == NEVER:
        return Verdict("never", "update")
    if is_spent(so_far.volumes, rules, today):
        return _held("budget", next_digest(now, rules), rules)
    if thread is not None:
        return _asleep_or("update", next_update(thread, rules, now, is_news=is_news), rules)
    return _asleep_or("", now, rules)


def is_spent(volumes: Iterable[Volume], rules: WholeRules, today: date) -> bool:
    """Whether the day's budget is spent."""
    return 0 < rules.budget <= alerts_on(today, volumes)


def news_of(stored: StoredArticle, place: StoryPlace, facts: Facts) -> tuple[bool, Facts]:
    """Whether an article changes a figure of its story, and the facts with what it says; a copy says nothing new."""
    if place.is_copy:
        return False, facts
    language = stored.article.language or ""
    said = figures(stored.article.text)
    before: Figures = facts.figures.get(language, {})
    if not said:
        return False, facts
    return bool(changed(before, said)), Facts({**facts.figures, language: {**before, **said}})


def next_update(thread: Thread, rules: WholeRules, now: datetime, *, is_news: bool = False) -> datetime:
    """When an update of a story that was told may come: soon where it is news, else ever more rarely."""
    soon = now + SOON
    if is_news or rules.updates == NEVER:
        return soon
    wait = min(rules.updates * (1 << min(thread.updates, _MOST_DOUBLINGS)), max(LONGEST_WAIT, rules.updates))
    last = min(thread.last_told_at or now, now)  # what was told while the clock was fast must not silence the story
    return max(soon, last + wait)


def _held(reason: Reason, due_at: datetime, rules: WholeRules) -> Verdict:
    return Verdict("held", reason, outside_quiet(due_at, rules))


def _asleep_or(reason: Reason, at: datetime, rules: WholeRules) -> Verdict:
    """Told at that time, by then for another reason if quiet hours are in between."""
    awake = outside_quiet(at, rules)
    if awake > at:
        return Verdict("held", "quiet", awake)
    return Verdict("held", reason, at) if reason else Verdict("told")
