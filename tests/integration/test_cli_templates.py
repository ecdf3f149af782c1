"""Templates by commands and by the file: checked before they are kept, and previewed."""

from pathlib import Path
from typing import get_args

import pytest

from news.alert import AlertKind
from storage import Transaction
from tests.commands import Commands
from tests.samples import NOON, a_source, a_watch, an_article

MAIL = ["channel", "add", "email", "mail", "--host", "127.0.0.1", "--from", "v@example.com", "--to", "a@example.com"]
FILE = """
[[channel]]
name = "file"
kind = "email"
host = "127.0.0.1"
from = "v@example.com"
to = ["a@example.com"]
[channel.template]
subject = "{{ source }}: {{ title }}"
text = \"\"\"
{{ title }}
  {{ URL }}
\"\"\"
"""


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder of their own, with a channel."""
    commands = Commands(tmp_path)
    commands(*MAIL)
    return commands


def _file(tmp_path: Path, text: str) -> str:
    path = tmp_path / "template"
    path.write_text(text, encoding="utf-8")
    return str(path)


async def _store(tx: Transaction) -> None:
    source = await tx.sources.put(a_source(), NOON)
    await tx.articles.add(an_article(title="{{ 7 * 7 }}", text="{% raw %}"), source, NOON, NOON)
    await tx.watches.put(a_watch(), NOON)


def test_templates_are_kept_shown_and_taken_away(vigie: Commands, tmp_path: Path) -> None:
    text = "{{ title }}\n"
    edited = vigie(
        *("channel", "edit", "mail", "--template-subject", "{{ source }}"),
        *("--template-text", _file(tmp_path, text), "--json"),
    ).json
    assert edited["settings"]["template"] == {"subject": "{{ source }}", "text": text}
    assert "its own subject, text" in vigie("channel", "show", "mail").out
    edited = vigie("channel", "edit", "mail", "--template-subject", "", "--json").json
    assert edited["settings"]["template"] == {"text": text}
    edited = vigie("channel", "edit", "mail", "--template-text", "", "--json").json
    assert "template" not in edited["settings"]


def test_what_cannot_be_a_template_is_not_kept(vigie: Commands, tmp_path: Path) -> None:
    refused = vigie("channel", "edit", "mail", "--template-text", _file(tmp_path, "a\n  {{ titel }}"))
    assert refused.code == 2
    assert "'template.text' line 2, column 6: there is no value 'titel'; did you mean 'title'?" in refused.err
    assert "template" not in vigie("channel", "show", "mail", "--json").json["settings"]
    missing = vigie("channel", "edit", "mail", "--template-text", str(tmp_path / "none"))
    assert (missing.code, "cannot be read" in missing.err) == (2, True)


def test_a_preview_shows_what_would_be_sent_and_keeps_nothing(vigie: Commands, tmp_path: Path) -> None:
    vigie.stored(_store)
    arguments = ["channel", "preview", "mail", "--article", "1"]
    built_in = vigie(*arguments, "--json").json
    assert "Why you are told" in built_in["text"]
    seen = vigie(*arguments, "--template-html", _file(tmp_path, "<b>{{ title }}</b> {{ excerpt }}"), "--json").json
    assert seen["html"] == "<b>{{ 7 * 7 }}</b> {% raw %}"
    assert seen["text"] == built_in["text"]
    assert seen["trouble"] == ""
    told = vigie(*arguments, "--template-subject", "About {{ title }}").out
    assert "Subject:\nAbout {{ 7 * 7 }}\n" in told
    assert "template" not in vigie("channel", "show", "mail", "--json").json["settings"]


def test_a_preview_without_an_article_tells_the_latest_match_or_an_example(vigie: Commands) -> None:
    assert vigie("channel", "preview", "mail", "--json").json["subject"] == "Watch: A title <b>& more</b>"
    assert vigie("channel", "preview", "mail", "--article", "99").code == 2
    assert "line 1, column 4" in vigie("channel", "preview", "mail", "--template-subject", "{{ x }}").err


def test_a_preview_tells_an_example_of_a_kind_or_of_each(vigie: Commands, tmp_path: Path) -> None:
    arguments = ["channel", "preview", "mail", "--template-text"]
    of_digests = _file(tmp_path, "{{ kind }}{% for story in stories %};{{ story.watch }}{% endfor %}")
    seen = vigie(*arguments, of_digests, "--kind", "digest", "--json").json
    assert (seen["kind"], seen["text"], seen["left"], seen["trouble"]) == (
        "digest",
        "digest;Watch;Other watch",
        [],
        "",
    )
    every = vigie(*arguments, of_digests, "--kind", "all", "--json").json
    assert [one["kind"] for one in every] == list(get_args(AlertKind))
    told = vigie(*arguments, _file(tmp_path, "{{ title }}"), "--kind", "all")
    assert told.out.count("== ") >= len(every)
    assert "the text template says nothing of `stories`: this is the built-in text" in told.err
    assert vigie("channel", "preview", "mail", "--kind", "all", "--article", "1").code == 2
    wrong = vigie("channel", "preview", "mail", "--kind", "digests")
    assert (wrong.code, "of match, update," in wrong.err) == (2, True)


def test_a_webhook_has_no_template_to_preview(vigie: Commands) -> None:
    vigie("channel", "add", "webhook", "hook", "--url", "https://127.0.0.1/")
    refused = vigie("channel", "preview", "hook")
    assert (refused.code, "takes no templates" in refused.err) == (2, True)


def test_links_are_previewed_where_there_are_links(vigie: Commands) -> None:
    vigie.settings('[web]\npublic_url = "https://vigie.example"\n')
    seen = vigie("channel", "preview", "mail", "--json").json
    assert "https://vigie.example/feedback/" not in seen["text"]  # an example is of no watch


def test_a_file_s_template_is_checked_with_its_place(vigie: Commands) -> None:
    vigie.settings(FILE)
    refused = vigie("channel", "list")
    assert refused.code == 2
    said = " ".join(refused.err.split())
    assert "vigie.toml:10:1:" in said
    assert "'template.text' line 2, column 6: there is no value 'URL'; did you mean 'url'?" in said
    vigie.settings(FILE.replace("URL", "url"))
    assert (
        vigie("channel", "show", "file", "--json").json["settings"]["template"]["text"] == "{{ title }}\n  {{ url }}\n"
    )
