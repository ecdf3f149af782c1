"""A channel's own templates: what they may say, what they cost at the most, and what happens when they break."""

import re
import time
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting import filters, sandbox
from alerting.channels import check as check_channel
from alerting.grammar import LONGEST, LOOP, TemplateFault
from alerting.own import MailTemplate, TextTemplate, Words, own_mail, own_text
from alerting.render import mail
from alerting.sandbox import TemplateBrokeError, as_html, check, render
from alerting.shapes import example, examples
from alerting.values import ATTRIBUTES, NAMES, OF_OTHER, OF_STORY, PIECE, values
from news.alert import Alert, AlertKind, Channel
from news.article import Span
from news.errors import ConfigError
from news.feedback import Feedback
from tests.documents import ROOT, rows, section
from tests.receivers import ALERT, TOLD

DOCUMENT = ROOT / "docs" / "templates.md"
HOSTILE = "{{ 7 * 7 }}{% for a in 'x' %}{{ a }}{% endfor %}{{ ''.__class__ }}${7*7}#{7*7}<script>alert(1)</script>"


def told_by(source: str, alert: Alert = ALERT, escape: sandbox.Escape = sandbox.as_it_is) -> str:
    """What a template makes of an alert."""
    return render(source, values(alert), escape)


def refused(source: str) -> TemplateFault:
    """Why a template cannot be saved."""
    with pytest.raises(TemplateFault) as caught:
        check(source)
    return caught.value


def test_values_filters_conditions_and_loops_do_what_they_say() -> None:
    assert told_by("{{ source | upper }}: {{ title }}") == f"ALERTE MONDE: {TOLD.title}"
    assert told_by("{{ title_pieces | marked('<', '>') }}").endswith("Moscou et <Pyongyang>")
    assert told_by("{% for word in hits %}{{ loop.index }} {{ word }};{% endfor %}") == "1 Pyongyang;2 troupes;"
    assert told_by("{% if authors %}{{ authors | join(' + ') }}{% endif %}{{ published_at[:10] }}") == "Sara2026-11-14"
    assert told_by("{{ 'test' if is_test else watch }}{{ language | default('?') }}") == "Coréefr"


@pytest.mark.parametrize(
    ("source", "line", "column", "says", "hint"),
    [
        ("{{ titel }}", 1, 4, "there is no value 'titel'", "did you mean 'title'?"),
        ("one\ntwo {{ title | uper }}", 2, 16, "there is no filter 'uper'", "did you mean 'upper'?"),
        ("one\r\n{{ title }", 2, 10, "unexpected '}'", ""),
        ("a\n\n  {% if title %}", 3, 17, "Unexpected end of template", ""),
        ("{% for piece in title_pieces %}\n{{ piece.txt }}{% endfor %}", 2, 10, "there is no value 'txt'", "'text'"),
        ("{{ title.__class__.__mro__ }}", 1, 20, "'__mro__'", ""),
        ("{{ title['__class__'] }}", 1, 11, "'__class__'", ""),
        ("{{ title | attr('__class__') }}", 1, 12, "no filter 'attr'", ""),
        ("{{ _budget }}", 1, 4, "do not begin with an underscore", ""),
        ("{{ self }}", 1, 4, "no value 'self'", ""),
        ("{{ title.upper() }}", 1, 15, "call cannot be used", "nothing can be called"),
        ("{{ '{0.__class__}'.format(title) }}", 1, 26, "call cannot be used", ""),
        ("{% for i in range(10**9) %}x{% endfor %}", 1, 18, "call cannot be used", ""),
        ("{{ 10 ** 10 ** 10 }}", 1, 7, "pow cannot be used", ""),
        ("{{ 'x' * 999999999 }}", 1, 8, "mul cannot be used", ""),
        ("{{ '%999999999d' % 1 }}", 1, 5, "mod cannot be used", ""),
        ("{{ title ~ title }}", 1, 10, "concat cannot be used", "side by side"),
        ("{% set title = 'x' %}", 1, 8, "is a value of the alert", ""),
        ("{% set a %}{{ title }}{% endset %}", 1, 1, "assignblock cannot be used", ""),
        ("{% include '/etc/passwd' %}", 1, 4, "include cannot be used", ""),
        ("{% extends title %}", 1, 4, "extends cannot be used", ""),
        ("{% import 'os' as os %}", 1, 4, "import cannot be used", ""),
        ("{% macro a() %}{% endmacro %}", 1, 4, "macro cannot be used", ""),
        ("{% autoescape false %}{{ title }}{% endautoescape %}", 1, 1, "cannot be used", ""),
        ("{{ title is callable }}", 1, 13, "no test 'callable'", ""),
        ("{{ " + "(" * 5_000, 1, 60, "nested too deeply", ""),
        ("{{ " + "9" * 5_000 + " }}", 1, 4, "too large a number", ""),
        ("{{ " + "not " * 100 + "title }}", 1, 1, "nested too deeply", ""),
        ("{% for a in title %}" * 4 + "{% endfor %}" * 4, 1, 4, "more than 3 loops", ""),
        ("x" * (LONGEST + 1), 1, 1, "more than 20000", "say less"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_template_is_named_with_line_and_column(
    source: str, line: int, column: int, says: str, hint: str
) -> None:
    fault = refused(source)
    assert says in fault.message
    assert hint in fault.hint
    assert fault.line == line
    assert fault.column == column or (len(source) > 200 and fault.column > 1)


@pytest.mark.parametrize("text", [HOSTILE, "{% raw %}", "{{ title }}", "{# x #}", "{{", "%}"])
def test_what_was_crawled_or_asked_is_a_value_and_never_a_template(text: str) -> None:
    alert = replace(ALERT, watch=text, query=text, told=replace(TOLD, title=text, source=text, excerpt=text))
    for name in ("title", "watch", "query", "source", "excerpt"):
        assert told_by(f"{{{{ {name} }}}}", alert) == text
    assert text.split()[0] in mail(alert).text.replace("**", "")
    assert "49" not in own_mail(alert, mail(ALERT), MailTemplate(text="{{ title }}", html="{{ title }}")).mail.html


def test_html_is_escaped_whatever_the_template_does() -> None:
    alert = replace(ALERT, told=replace(TOLD, title="<b>\"'&", title_spans=(Span("title", 0, 3),)))
    for source in ("{{ title }}", "{{ title | default('') }}", "{{ title_pieces | marked('', '') }}"):
        assert told_by(source, alert, as_html) == "&lt;b&gt;&quot;&#x27;&amp;"
    refused("{{ title | safe }}")


def test_an_address_that_runs_a_script_is_no_value() -> None:
    alert = replace(ALERT, told=replace(TOLD, url="javascript:alert(1)"))
    assert told_by("<a href='{{ url }}'>", alert) == "<a href=''>"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("{% for a in excerpt %}" * 3 + "x" + "{% endfor %}" * 3, "30000 steps"),
        ("{{ excerpt }}" * 1_500, "500000 characters"),
        ("{{ excerpt | replace('e', excerpt) | replace('e', excerpt) | replace('e', excerpt) }}", "100000 characters"),
        ("{{ title_pieces[99].text }}", "the list ends before"),
        ("{{ title + title }}", "whole numbers only"),
        ("{% if title < 1 %}{% endif %}", "TypeError"),
        ("{{ title.hit }}", "no attribute 'hit'"),
        ("{{ title | clip(1, 2, 3) }}", "TypeError"),
    ],
)  # fmt: skip
def test_what_a_rendering_may_cost_is_bounded(source: str, says: str) -> None:
    alert = replace(ALERT, told=replace(TOLD, excerpt="le texte " * 60))
    with pytest.raises(TemplateBrokeError, match=says):
        told_by(source, alert)


def test_time_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    instants = iter([0.0, 0.5, *[sandbox.SECONDS + 1] * 100])
    monkeypatch.setattr(time, "thread_time", lambda: next(instants))
    with pytest.raises(TemplateBrokeError, match="takes longer than 1 s"):
        told_by("{% for a in excerpt %}x{% endfor %}")


@given(st.text(alphabet="{}%# \n'|.()[]_~*abtile0forendif", max_size=60))
def test_whatever_is_typed_is_a_template_or_a_fault_and_nothing_else(source: str) -> None:
    try:
        told_by(source)
    except (TemplateFault, TemplateBrokeError) as error:
        assert error.message


@pytest.mark.parametrize("part", ["subject", "text", "html"])
def test_a_template_that_breaks_leaves_the_built_in_one_and_says_so(part: str) -> None:
    template = MailTemplate().model_copy(update={part: "{{ title_pieces[99].text }}"})
    written = own_mail(ALERT, mail(ALERT), template)
    assert written.mail == mail(ALERT)
    assert written.trouble.startswith(f"the {part} template of this channel broke: line 1: UndefinedError")


def test_a_template_that_says_nothing_leaves_the_built_in_one() -> None:
    written = own_mail(ALERT, mail(ALERT), MailTemplate.model_construct(subject=" ", text="", html=""))
    assert written.mail == mail(ALERT)
    assert "says nothing of this alert" in written.trouble


def test_parts_that_are_given_take_the_place_of_the_built_in_ones_and_a_subject_is_one_line() -> None:
    written = own_mail(ALERT, mail(ALERT), MailTemplate(subject="{{ source }}\n{{ title }}", text="{{ watch }}\n"))
    assert written.mail == replace(mail(ALERT), subject=f"Alerte Monde {TOLD.title}", text="Corée\n")
    assert written.trouble == ""


def test_a_chat_escapes_every_value_in_its_own_way() -> None:
    template = TextTemplate(text="*{{ title }}*")
    words = Words(lambda text: text.replace("a", "\\a"), bool)
    told = "*" + TOLD.title.replace("a", "\\a") + "*"
    assert own_text(ALERT, "built in", template, words) == (told, "")
    short = Words(words.escape, lambda text: len(text) < len(told))
    text, trouble = own_text(ALERT, "built in", template, short)
    assert (text, "more of this alert than the chat takes" in trouble) == ("built in", True)
    assert own_text(ALERT, "built in", None, Words(as_html, bool)) == ("built in", "")
    broken = TextTemplate.model_construct(text="{{ title.hit }}")
    assert own_text(ALERT, "built in", broken, Words(as_html, bool))[0] == "built in"


def test_links_are_values_where_there_are_links() -> None:
    links = Feedback("https://vigie.example", b"k").links(3, 7, ALERT.decided_at)
    assert links is not None
    template = MailTemplate(text="{{ mute_url }} {{ not_relevant_url }}!")
    assert own_mail(ALERT, mail(ALERT), template, links).mail.text == f"{links.mute} {links.not_relevant}!"
    assert own_mail(ALERT, mail(ALERT), template).mail.text == " !"


def _channel(**template: str) -> Channel:
    settings = {"host": "h.example", "from": "a@example.com", "to": "b@example.com", "template": template}
    return Channel(1, "desk", "email", settings)


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ({"text": "a\n{{ titel }}"}, "'template.text' line 2, column 4: there is no value 'titel'; did you mean"),
        ({"html": "{{ title_pieces[0].text }}"}, "'template.html' it fails on an example of kind 'match': line 1: U"),
        ({"txt": "x"}, "'template.txt' is not a setting"),
    ],
)  # fmt: skip
def test_a_channel_is_refused_with_a_template_that_cannot_be_one(template: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_channel(_channel(**template))
    assert says in caught.value.message


def test_a_webhook_takes_no_template() -> None:
    with pytest.raises(ConfigError, match="'template' is not a setting of this kind"):
        check_channel(Channel(1, "desk", "webhook", {"url": "https://a.example", "template": {"text": "x"}}))


def test_the_values_are_those_that_the_documentation_lists() -> None:
    assert set(values(ALERT)) == set(NAMES)
    listed = {row[0].strip("`"): row[1] for row in rows(section(DOCUMENT, "Values"))}
    assert listed == dict(NAMES)
    stories = values(example("digest", ALERT.decided_at))["stories"]
    assert [set(story) for story in stories] == [{"watch", *OF_STORY}] * 2
    assert set(stories[0]["others"][0]) == set(OF_OTHER)
    assert set(ATTRIBUTES) == {"watch", *OF_STORY, *OF_OTHER, *PIECE}
    told = section(DOCUMENT, "Stories")
    for name in ("story.watch", *(f"story.{name}" for name in OF_STORY), *(f"other.{name}" for name in OF_OTHER)):
        assert f"`{name}`" in told, name


def test_every_kind_of_alert_is_documented_and_has_an_example() -> None:
    kinds = set(get_args(AlertKind))
    assert {alert.kind for alert in examples(ALERT.decided_at)} == kinds
    listed = [name for row in rows(section(DOCUMENT, "Kinds")) for name in re.findall(r"`(\w+)`", row[0])]
    assert set(listed) == kinds


def test_every_filter_and_test_is_documented() -> None:
    assert {row[0].strip("`") for row in rows(section(DOCUMENT, "Filters"))} == set(filters.FILTERS)
    text = DOCUMENT.read_text(encoding="utf-8")
    for name in (*filters.TESTS, *(f"loop.{name}" for name in LOOP), *(f"piece.{name}" for name in PIECE)):
        assert f"`{name}`" in text, name


def test_the_examples_of_the_documentation_are_templates() -> None:
    found = re.findall(r"^```jinja\n(.*?)^```", Path(DOCUMENT).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(found) >= 7
    for written in found:
        template = MailTemplate(text=written)  # which tries it on an example of every kind
        for alert in (one for one in examples(ALERT.decided_at) if one.told.title):
            assert own_mail(alert, mail(alert), template).trouble == "", written
