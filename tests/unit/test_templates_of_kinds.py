"""A channel's own template and every kind of alert: updates, digests, spikes, sources and channels."""

from dataclasses import replace
from typing import get_args

import pytest

from alerting.channels import KINDS
from alerting.channels import check as check_channel
from alerting.channels.message import compose
from alerting.own import MailTemplate, Words, not_telling, own_mail, own_text
from alerting.render import mail
from alerting.sandbox import as_html, render
from alerting.shapes import example, examples
from alerting.values import values
from alerting.words import headline, outlets
from news.alert import Alert, AlertKind, Channel, Item, Outlet
from news.article import Span
from news.errors import ConfigError
from tests.receivers import ALERT, TOLD

OUTLET = Outlet("La Digue", "Séoul <hausse> le ton", "https://digue.example/ton", is_copy=True)
STORY = Item("Corée", TOLD, (OUTLET,), (outlets(3), headline("Avant", "Après")))
OTHER_STORY = Item("Énergie", replace(TOLD, title="Le gaz {{ 7 * 7 }}", resurfaced_from=TOLD.found_at))
UPDATE = replace(
    ALERT, kind="update", told=replace(TOLD, title="Le premier titre", url="https://a.example/1"), items=(STORY,)
)
DIGEST = Alert(
    "",
    "",
    ALERT.decided_at,
    replace(TOLD, title="2 stories", url="", excerpt="and 4 more"),
    kind="digest",
    items=(STORY, OTHER_STORY),
)


def _told_by(source: str, alert: Alert = ALERT) -> str:
    """What a template makes of an alert, in plain text."""
    return render(source, values(alert))


def test_an_update_tells_the_new_article_what_changed_and_what_was_told_first() -> None:
    told = _told_by(
        "{{ kind }}: {{ changes }} | {{ first_title }} {{ first_url }} | {{ title }} | {{ others[0].url }}", UPDATE
    )
    assert told == (
        "update: +3 outlets, headline changed: Avant → Après | Le premier titre https://a.example/1 | "
        f"{TOLD.title} | https://digue.example/ton"
    )
    assert _told_by("{{ first_title }}{{ first_source }}{{ changes }}{{ others }}") == ""


def test_a_digest_tells_its_stories_by_watch() -> None:
    of_story = "{{ one.watch }}={{ one.title }} {{ one.resurfaced_from }}"
    source = f"{{{{ title }}}} {{{{ excerpt }}}}{{% for one in stories %}};{of_story}{{% endfor %}}"
    assert _told_by(source, DIGEST) == (
        f"2 stories and 4 more;Corée={TOLD.title} ;Énergie=Le gaz {{{{ 7 * 7 }}}} 2026-11-14"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ title }} {{ url }}", set()),
        ("{{ title }} {{ changes }}", {"update"}),
        ("{{ title }} {% for one in stories %}{{ one.title }}{% endfor %}", {"update", "digest"}),
    ],
)
def test_what_a_template_says_nothing_of_is_told_by_the_built_in_one(text: str, told: set[str]) -> None:
    template = MailTemplate(text=text, html=text)
    for alert in (UPDATE, DIGEST):
        written = own_mail(alert, mail(alert), template)
        assert (
            (written.mail.text != mail(alert).text) == (written.mail.html != mail(alert).html) == (alert.kind in told)
        )
        assert written.trouble == ""
        assert not_telling(template, alert.kind) == (() if alert.kind in told else ("text", "html"))
        chat, trouble = own_text(alert, "built in", template, Words(as_html, bool))
        assert (chat == "built in", trouble) == (alert.kind not in told, "")


def test_every_kind_of_alert_is_told_by_a_template_that_is_for_all() -> None:
    template = MailTemplate(
        subject="{{ kind }}", text="own {{ kind }} {{ stories }}", html="<p>own {{ kind }} {{ changes }} {{ stories }}"
    )
    for alert in examples(ALERT.decided_at):
        written = own_mail(alert, mail(alert), template)
        assert (written.trouble, written.mail.text[:3], written.mail.html[:6]) == ("", "own", "<p>own")


def test_the_subject_of_an_update_is_that_of_the_first_mail_on_its_story() -> None:
    template = MailTemplate(subject="[{{ watch }}] {{ kind }} {{ source }}: {{ title }}")
    first = own_mail(replace(ALERT, told=UPDATE.told), mail(ALERT), template).mail.subject
    assert own_mail(UPDATE, mail(UPDATE), template).mail.subject == f"Re: {first}"
    assert own_mail(DIGEST, mail(DIGEST), MailTemplate(subject="{{ title }}")).mail.subject == "2 stories"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a\n{% for s in stories %}\n{% if kind == 'digest' %}{{ s.others[5].url }}{% endif %}{% endfor %}",
         "example of kind 'digest': line 3: UndefinedError"),
        ("{% if kind == 'update' %}\n\n{{ changes[9] }}{% endif %}", "example of kind 'update': line 3: Undefined"),
        ("{% if kind == 'spike' %}{{ hits[0] }}{% endif %}", "example of kind 'spike': line 1: UndefinedError"),
        ("{% if kind == 'channel' %}{{ title - 1 }}{% endif %}", "example of kind 'channel': line 1: SecurityError"),
    ],
)  # fmt: skip
def test_a_template_that_fails_on_one_kind_is_not_kept_and_the_kind_and_the_line_are_said(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings = {"host": "h.example", "from": "a@example.com", "to": "b@example.com", "template": {"text": text}}
        check_channel(Channel(1, "desk", "email", settings))
    assert says in caught.value.message


@pytest.mark.parametrize("kind", get_args(AlertKind))
def test_whatever_the_kind_a_template_that_breaks_leaves_the_built_in_one_and_says_where(kind: AlertKind) -> None:
    alert = example(kind, ALERT.decided_at)
    broken = MailTemplate.model_construct(subject="", text="\n{{ stories[999].title }}{{ changes }}", html="")
    written = own_mail(alert, mail(alert), broken)
    assert written.mail == mail(alert)
    assert written.trouble.startswith("the text template of this channel broke: line 2: UndefinedError")


@pytest.mark.parametrize("kind", ["slack", "discord", "telegram", "matrix", "ntfy"])
def test_what_was_crawled_of_a_story_is_escaped_in_the_channel_s_own_way(kind: str) -> None:
    words = KINDS[kind].words
    assert words is not None
    hostile = "<b>&*_x_*@everyone [a](https://a.example) {{ 7 * 7 }}{% raw %}"
    told = replace(TOLD, title=hostile, source=hostile, excerpt=hostile, authors=(hostile,))
    item = Item(hostile, told, (Outlet(hostile, hostile, "https://a.example/"),), (headline(hostile, hostile),))
    alert = replace(ALERT, watch=hostile, told=told, kind="digest", items=(item,))
    shown = ("s.watch", "s.title", "s.source", "s.excerpt", "s.authors[0]", "s.others[0].title")
    source = f"{{% for s in stories %}}{'|'.join(f'{{{{ {one} }}}}' for one in shown)}{{% endfor %}}"
    assert render(source, values(alert), words.escape) == "|".join([words.escape(hostile)] * 6)
    assert words.escape(hostile) != hostile or kind == "ntfy"


def test_a_digest_of_a_hundred_long_stories_is_told_by_a_template() -> None:
    told = replace(
        TOLD,
        title="Un très long titre " * 15,
        excerpt="Le texte " * 60,
        excerpt_spans=tuple(Span("text", 9 * number, 9 * number + 2) for number in range(20)),
    )
    items = tuple(Item(f"Veille {number // 10}", told, (OUTLET,) * 50, STORY.changes) for number in range(100))
    source = (
        "{% for s in stories %}<h2>{% for p in s.title_pieces %}{{ p.text }}{% endfor %}</h2>"
        "{% for p in s.excerpt_pieces %}{% if p.hit %}<b>{{ p.text }}</b>{% else %}{{ p.text }}{% endif %}{% endfor %}"
        "{% for o in s.others %}<a href='{{ o.url }}'>{{ o.title }}</a>{% endfor %}{% endfor %}"
    )
    alert = replace(DIGEST, items=items)
    written = own_mail(alert, mail(alert), MailTemplate(html=source))
    assert written.trouble == ""
    assert written.mail.html.count("<h2>") == 100


@pytest.mark.parametrize("spelt", ["\\ud800", "\\x00", "\\x1b[2J", "\\r", "\\ufffe"])
def test_what_no_mail_can_carry_is_not_in_what_a_template_makes(spelt: str) -> None:
    source = f"a{{{{ '{spelt}' }}}}b\n\tc\n"
    written = own_mail(ALERT, mail(ALERT), MailTemplate(subject=source, text=source, html=source))
    compose(written.mail, "vigie@example.com", ["desk@example.com"], "k", ALERT.decided_at)
    for part in (written.mail.text, written.mail.html):
        assert not set(part) & set("\x00\x1b\r\ud800\ufffe")
        assert part.endswith("b\n\tc\n")
