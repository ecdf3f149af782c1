"""A channel's own templates in place of the built-in ones; where one breaks, the built-in one tells the alert. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from alerting.grammar import TemplateFault
from alerting.marks import one_line
from alerting.render import LONGEST_SUBJECT, Mail
from alerting.sandbox import Escape, TemplateBrokeError, as_html, as_it_is, render
from alerting.values import examples, values
from news.alert import Alert
from news.feedback import Links
from news.text import clip

TRIES_TEMPLATES = "tries templates"
"""In the context of a validation: whether templates are tried on examples, as they are unless it says no."""

_EXAMPLES = examples(datetime(2026, 1, 1, 8, tzinfo=UTC))
# What the values of docs/templates.md can tell; anything else is told by the built-in templates.
_KINDS = frozenset({"match", "silent", "failing", "blocked", "suspect", "back"})


def _fit(source: str, info: ValidationInfo, escape: Escape) -> str:
    """The template, once it has told every example if it is to be tried. Raises ValueError."""
    if info.context is not None and not info.context.get(TRIES_TEMPLATES, True):
        return source
    try:
        for alert in _EXAMPLES:
            render(source, values(alert), escape)
    except TemplateFault as fault:
        hint = f"; {fault.hint}" if fault.hint else ""
        said = fault.message.removeprefix(f"{fault.line}:{fault.column}: ")
        raise ValueError(f"line {fault.line}, column {fault.column}: {said}{hint}") from fault
    except TemplateBrokeError as broke:
        raise ValueError(f"it fails on an example: {broke.message}") from broke
    return source


def _fit_text(source: str, info: ValidationInfo) -> str:
    return _fit(source, info, as_it_is)


def _fit_html(source: str, info: ValidationInfo) -> str:
    return _fit(source, info, as_html)


class TextTemplate(BaseModel):
    """[channel.template] of a kind that sends text."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    text: Annotated[str, AfterValidator(_fit_text)] = Field(default="", description="the message")


class MailTemplate(TextTemplate):
    """[channel.template] of e-mail; a part that is empty is the built-in one."""

    subject: Annotated[str, AfterValidator(_fit_text)] = Field(default="", description="the subject, on one line")
    html: Annotated[str, AfterValidator(_fit_html)] = Field(default="", description="the mail where HTML is shown")


@dataclass(frozen=True, slots=True)
class Words:
    """A chat's way with text: how a value is escaped that a template prints, and whether it takes a text so long."""

    escape: Escape
    fits: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Written:
    """What is sent, and which template broke and why; empty where none did."""

    mail: Mail
    trouble: str = ""


def own_mail(alert: Alert, built_in: Mail, template: MailTemplate | None, links: Links | None = None) -> Written:
    """The mail with the channel's own parts in their places."""
    if template is None or alert.kind not in _KINDS:
        return Written(built_in)
    shown = values(alert, links)
    parts: dict[str, str] = {}
    troubles: list[str] = []
    for part, escape in (("subject", as_it_is), ("text", as_it_is), ("html", as_html)):
        source: str = getattr(template, part)
        if source:
            written, trouble = _told(part, source, shown, escape)
            parts |= {} if trouble else {part: written}
            troubles += [trouble] if trouble else []
    if "subject" in parts:
        parts["subject"] = clip(one_line(parts["subject"]), LONGEST_SUBJECT) or built_in.subject
    return Written(replace(built_in, **parts), "; ".join(troubles))


def own_text(
    alert: Alert, built_in: str, template: TextTemplate | None, words: Words, links: Links | None = None
) -> tuple[str, str]:
    """The message of a chat by the channel's own template, and what broke."""
    if template is None or not template.text or alert.kind not in _KINDS:
        return built_in, ""
    written, trouble = _told("text", template.text, values(alert, links), words.escape)
    if not trouble and not words.fits(written):
        trouble = "the text template of this channel says more of this alert than the chat takes"
    return (built_in, trouble) if trouble else (written, "")


def _told(part: str, source: str, shown: dict[str, Any], escape: Escape) -> tuple[str, str]:
    """What the template says, or why it says nothing."""
    try:
        written = render(source, shown, escape)
    except (TemplateFault, TemplateBrokeError) as error:
        return "", f"the {part} template of this channel broke: {clip(one_line(error.message), 300)}"
    if not written.strip():
        return "", f"the {part} template of this channel says nothing of this alert"
    return written, ""
