"""What stands around an article and is none of it, told by rules over plain lines.

Each rule gives the numbers of the paragraphs that go, and for each why, in words for the user.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from extraction.furniture import Known, furniture, says_who
from extraction.headings import contents_run
from extraction.lines import PROSE, key, word_count
from extraction.phrases import phrases
from extraction.stray import strays

Rule = Callable[[Sequence[str], Known], Mapping[int, str]]

_COUNTER = re.compile(r"\d{1,3}\s*(?:/|of|sur|von)\s*\d{1,3}")
_LONGEST_BIO = 80  # words
_LONGEST_HEADER = 4  # words over it: `About the author`


def scraps(paragraphs: Sequence[str], _known: Known) -> dict[int, str]:
    """All from a header of comments or related articles on, if no prose follows it."""
    last_prose = max((at for at, line in enumerate(paragraphs) if word_count(line) >= PROSE), default=-1)
    for at in range(last_prose + 1, len(paragraphs)):
        if phrases().is_ending(paragraphs[at]):
            return dict.fromkeys(range(at, len(paragraphs)), after_the_end(paragraphs[at]))
    return {}


def after_the_end(header: str) -> str:
    """Why what follows such a header goes."""
    return f"after the end ({header})"


def contents(paragraphs: Sequence[str], _known: Known) -> dict[int, str]:
    """The list of the section headings before the sections themselves."""
    return dict.fromkeys(contents_run(paragraphs), "list of contents")


def site_lines(paragraphs: Sequence[str], _known: Known) -> dict[int, str]:
    """What sites write between the paragraphs: pointers elsewhere, pleas, buttons, headers of nothing."""
    listed = phrases()
    kinds = (listed.kind_of(line) or ("header of nothing" if listed.is_ending(line) else "") for line in paragraphs)
    return {at: f"phrase list: {kind}" for at, kind in enumerate(kinds) if kind}


def captions(paragraphs: Sequence[str], _known: Known) -> dict[int, str]:
    """What stands at pictures: whose they are (`© Agency`), and which of how many (`2 / 12`)."""
    return {at: "of a picture" for at, line in enumerate(paragraphs) if _COUNTER.fullmatch(line) or _is_credit(line)}


def _is_credit(line: str) -> bool:
    return line.startswith("©") and word_count(line) < PROSE


def bio(paragraphs: Sequence[str], known: Known) -> dict[int, str]:
    """A last paragraph that begins with an author's name, and its header: what the site says of who wrote.

    It tells a job, or is not set as the article's prose: an author may have a part in the news too.
    """
    last = paragraphs[-1] if len(paragraphs) > 1 else ""
    said = [
        last[len(name) :] for name in known.authors if last.startswith(name) and not last[len(name) :][:1].isalpha()
    ]
    if not said or word_count(last) > _LONGEST_BIO or not (last in known.apart or any(map(says_who, said))):
        return {}
    has_header = word_count(paragraphs[-2]) <= _LONGEST_HEADER
    return dict.fromkeys(range(len(paragraphs) - 1 - has_header, len(paragraphs)), "about the author")


def title_again(paragraphs: Sequence[str], known: Known) -> dict[int, str]:
    """Every line that only says the title again."""
    titles = {key(title) for title in (known.title, *known.other_titles) if title}
    return {at: "repeats the title" for at, line in enumerate(paragraphs) if key(line) in titles}


def repeats(paragraphs: Sequence[str], _known: Known) -> dict[int, str]:
    """Prose that stands above already: pages carry it twice, for wide screens and for narrow ones."""
    first = {key(line): at for at, line in reversed(list(enumerate(paragraphs))) if word_count(line) >= PROSE}
    return {at: "repeats what is above" for at, line in enumerate(paragraphs) if first.get(key(line), at) < at}


# In this order: each sees what the ones before it have left.
RULES: tuple[Rule, ...] = (
    repeats, scraps, captions, contents, site_lines, title_again, furniture, bio, furniture, strays,
)  # fmt: skip
# Those that judge a line by what it says, and not by where it stands: a body that the user has chosen obeys these.
WORDING: tuple[Rule, ...] = (repeats, captions, site_lines, title_again, furniture)


def reasons(paragraphs: Sequence[str], known: Known, rules: Sequence[Rule] = RULES) -> list[str]:
    """For each paragraph why it goes; empty where it is the article's own."""
    why = [""] * len(paragraphs)
    left = list(range(len(paragraphs)))
    for rule in rules:
        gone = rule([paragraphs[at] for at in left], known)
        for number, reason in gone.items():
            why[left[number]] = reason
        if gone:
            left = [at for number, at in enumerate(left) if number not in gone]
    return why


def cleaned(paragraphs: Sequence[str], known: Known, rules: Sequence[Rule] = RULES) -> list[str]:
    """The paragraphs that are the article's own, in order."""
    why = reasons(paragraphs, known, rules)
    return [paragraph for paragraph, reason in zip(paragraphs, why, strict=True) if not reason]
