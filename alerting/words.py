"""What Vigie says of stories in its own words: changes, digests, spikes. Pure."""

from collections.abc import Sequence

from alerting.figures import number
from alerting.volume import Spike
from news.alert import Change, Item
from news.rules import WholeRules
from news.watch import Watch


def counted(amount: int, one: str, more: str = "") -> str:
    """`1 story`, `2 stories`."""
    return f"{amount:,} {one if amount == 1 else more or one + 's'}"


def outlets(amount: int) -> Change:
    """So many sources more that tell it."""
    return Change("outlets", f"+{counted(amount, 'outlet')}")


def copies(amount: int) -> Change:
    """So many articles more that have a text which was told."""
    return Change("copies", f"+{counted(amount, 'copy', 'copies')}")


def figure(before: str, now: str) -> Change:
    """A figure that is another: `10 000 → 12 000 soldats`."""
    return Change("figure", f"changed figure: {number(before)} → {now}", before, now)


def headline(before: str, now: str) -> Change:
    """A headline that is another."""
    return Change("headline", "headline changed", before, now)


def unusual(watch: Watch, found: Spike) -> tuple[str, str]:
    """Title and text of a spike."""
    usual = f"{found.usual:.0f}" if found.usual >= 1 else "hardly any"
    title = f"Far more than usual: {counted(found.matches, 'article')} today"
    return title, f"The watch “{watch.name}” usually has {usual} a day by now. vigie matches list --watch shows them."


def over_budget(watch: Watch, rules: WholeRules) -> tuple[str, str]:
    """Title and text where the day's budget of alerts is spent."""
    title = f"{counted(rules.budget, 'alert')} today: the rest comes as a digest"
    text = (
        f"The watch “{watch.name}” has had {counted(rules.budget, 'alert')} today, which is its budget. "
        f"What else it finds is told together at {rules.at:%H:%M}."
    )
    return title, text


def digest_title(items: Sequence[Item]) -> str:
    """What a digest has, in a line: `5 stories: Corée, Ukraine`."""
    names = tuple(dict.fromkeys(item.watch for item in items))
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{counted(len(items), 'story', 'stories')}: {shown}"
