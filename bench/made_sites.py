"""Made-up news sites: each sets all its articles in one layout, with lines of its own on every page.

Six layouts as sites have them (semantic tags, class names that mean nothing, tables, deep nests of `div`, AMP, lazy
loading), French and English. What a site writes on all its pages is worded as no list of phrases has it, and stands
between the paragraphs in the markup of a paragraph, or of a box. The same at every run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from random import Random

LAYOUTS = ("semantic", "opaque", "tables", "divs", "amp", "lazy")
LANGUAGES = ("fr", "en")

_WHO = {
    "fr": ("Le conseil municipal", "La préfecture", "Le syndicat des dockers", "L’association des riverains",
           "Le tribunal administratif", "La compagnie des bacs", "L’hôpital de Vernelle", "La coopérative laitière",
           "Le club de handball", "La chambre d’agriculture", "Le lycée Colette", "Le comité des fêtes"),
    "en": ("The town council", "The harbour board", "The dockers’ union", "A group of residents", "The county court",
           "The ferry company", "Vernelle hospital", "The dairy cooperative", "The handball club",
           "The farmers’ chamber", "Colette high school", "The festival committee"),
}  # fmt: skip
_DOES = {
    "fr": ("a annoncé la fermeture du pont", "a suspendu les travaux de la digue", "a voté une rallonge pour l’école",
           "a demandé une nouvelle expertise", "a ouvert une enquête", "a recruté quarante saisonniers",
           "a renoncé au projet de parking", "a déposé un recours", "a signé un accord avec les pêcheurs",
           "a doublé ses effectifs", "a reporté sa décision", "a changé de présidente"),
    "en": ("announced that the bridge will close", "halted work on the sea wall", "voted more money for the school",
           "asked for another survey", "opened an inquiry", "hired forty seasonal workers",
           "gave up its plans for a car park", "lodged an appeal", "signed a deal with the fishermen",
           "doubled its staff", "put off its decision", "elected a new chair"),
}  # fmt: skip
_HOW = {
    "fr": ("après une nuit de négociations qui a réuni toutes les parties", "malgré l’opposition du quartier",
           "au terme d’une réunion houleuse jeudi soir", "à la surprise générale et sans donner de calendrier",
           "en attendant les conclusions de la commission", "avec le soutien de trois communes voisines",
           "faute de crédits pour l’année prochaine", "dans l’espoir d’un retour à la normale avant l’été"),
    "en": ("after a night of talks that brought all sides to the table", "in spite of protests from the neighbourhood",
           "at the end of a stormy meeting on Thursday", "to general surprise and without giving a timetable",
           "while it waits for the commission to report", "with the backing of three nearby villages",
           "for want of funds for the coming year", "in the hope that things are back to normal by summer"),
}  # fmt: skip
_OWN = {
    "fr": ("Nos pages locales sont préparées à Vernelle par une équipe de neuf personnes.",
           "Une faute dans ce texte ? Un mot au médiateur suffit, il répond dans la journée.",
           "Cette chronique passe aussi sur l’antenne de Radio Port, le jeudi à midi.",
           "Le cercle des lecteurs se réunit samedi à dix heures, halle aux grains.",
           "Imprimé à Saint-Aubrac, lu dans quarante et une communes depuis 1928.",
           "La maison du journal reste ouverte le dimanche, café offert aux visiteurs.",
           "Chaque voix compte : le grand sondage de l’automne dure jusqu’à lundi.",
           "Les archives de nos cinq dernières années tiennent désormais dans une poche."),
    "en": ("Our local pages are put together in Vernelle by a team of nine.",
           "Spotted a slip in this story? A word to the readers’ editor is enough.",
           "This column also goes out on Harbour Radio, Thursdays at noon.",
           "The readers’ circle meets on Saturday at ten, in the old corn hall.",
           "Printed in Saint Aubrac, read in forty-one parishes since 1928.",
           "The newspaper house is open on Sundays, and coffee is on us.",
           "Every voice counts: the great autumn poll runs until Monday.",
           "Five years of our archive now fit into one pocket."),
}  # fmt: skip
_MENU = {"fr": ("Région", "Politique", "Économie", "Sports", "Culture"),
         "en": ("Region", "Politics", "Business", "Sports", "Culture")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MadePage:
    """A page of a made-up site, and the text of its article."""

    url: str
    body: bytes
    text: str


@dataclass(frozen=True, slots=True)
class _Story:
    title: str
    paragraphs: tuple[str, ...]


def made_site(layout: str, lang: str, seed: int, count: int, *, is_new: bool = False) -> list[MadePage]:
    """So many pages of one site, four lines of its own on each of them; other ones where it `is_new`."""
    dice = Random(f"{layout} {lang} {seed} {is_new}")
    own = list(_OWN[lang][4:] if is_new else _OWN[lang][:4])
    dice.shuffle(own)
    host = f"https://{layout}-{lang}-{seed}{'-new' if is_new else ''}.example"
    pages = []
    for number in range(count):
        story = _story(lang, dice)
        teasers = [_sentence(lang, dice) for _ in range(5)]
        page = _LAYOUTS[layout](story, _flow(story, own, dice), teasers, lang)
        pages.append(MadePage(f"{host}/news/{number}.html", page.encode(), "\n\n".join(story.paragraphs)))
    return pages


def _sentence(lang: str, dice: Random) -> str:
    return " ".join(dice.choice(words[lang]) for words in (_WHO, _DOES, _HOW))


def _story(lang: str, dice: Random) -> _Story:
    paragraphs = tuple(
        " ".join(f"{_sentence(lang, dice)}." for _ in range(dice.choice((1, 2, 3)))) for _ in range(dice.randint(4, 9))
    )
    return _Story(f"{dice.choice(_WHO[lang])} {dice.choice(_DOES[lang])}", paragraphs)


def _flow(story: _Story, own: list[str], dice: Random) -> list[tuple[str, bool]]:
    """What stands where the text does, and whether it is a box: two of the site's lines between, one at each end."""
    flow = [(text, False) for text in story.paragraphs]
    for line in own[:2]:
        flow.insert(dice.randrange(1, len(flow)), (line, line is own[0]))
    return [(own[2], False), *flow, (own[3], False)]


def _set(flow: list[tuple[str, bool]], paragraph: str, box: str) -> str:
    return "\n".join((box if is_box else paragraph).format(escape(text)) for text, is_box in flow)


def _links(texts: list[str] | tuple[str, ...], each: str) -> str:
    return "\n".join(each.format(f'<a href="/{at}">{escape(text)}</a>') for at, text in enumerate(texts))


def _head(story: _Story, more: str = "") -> str:
    title = escape(story.title)
    return (
        f'<head><meta charset="utf-8"><title>{title}</title><meta property="og:title" content="{title}">'
        f'<meta property="article:published_time" content="2026-11-20T08:00:00Z">{more}</head>'
    )


def _semantic(story: _Story, flow: list[tuple[str, bool]], teasers: list[str], lang: str) -> str:
    return (
        f"<!doctype html><html lang={lang}>{_head(story)}<body><header><nav><ul>{_links(_MENU[lang], '<li>{}</li>')}"
        f"</ul></nav></header><main><article><h1>{escape(story.title)}</h1><div class='article-body'>"
        f"{_set(flow, '<p>{}</p>', '<div class=note><p>{}</p></div>')}</div></article>"
        f"<aside><h2>+</h2><ul>{_links(teasers, '<li>{}</li>')}</ul></aside></main>"
        f"<footer>{_links(_MENU[lang], '<span>{}</span>')}</footer></body></html>"
    )


def _opaque(story: _Story, flow: list[tuple[str, bool]], teasers: list[str], lang: str) -> str:
    paragraph = '<p class="css-1k2l9x">{}</p>'
    return (
        f"<!doctype html><html lang={lang}>{_head(story)}<body><div class=x7a><div class=x7b>"
        f"{_links(_MENU[lang], '<div class=q1>{}</div>')}</div><div class=z0><h1 class=t9>{escape(story.title)}</h1>"
        f"<div class=css-9aa>{_set(flow, paragraph, '<div class=css-k3><p class=css-1k2l9x>{}</p></div>')}</div>"
        f"<div class=w2>{_links(teasers, '<div class=q4><p>{}</p></div>')}</div></div></div></body></html>"
    )


def _tables(story: _Story, flow: list[tuple[str, bool]], teasers: list[str], lang: str) -> str:
    text = _set(flow, "{}<br><br>", "<i>{}</i><br><br>")
    return (
        f"<html>{_head(story)}<body><table width=900><tr><td>{_links(_MENU[lang], '{} | ')}</td></tr></table>"
        f"<table width=900><tr><td width=200 valign=top>{_links(teasers, '{}<br>')}</td><td valign=top>"
        f"<font size=5><b>{escape(story.title)}</b></font><br><br>{text}</td></tr></table></body></html>"
    )


def _divs(story: _Story, flow: list[tuple[str, bool]], teasers: list[str], lang: str) -> str:
    nest, end = '<div class="row"><div class="col"><div class="inner">', "</div></div></div>"
    return (
        f"<!doctype html><html lang={lang}>{_head(story)}<body>{nest}{_links(_MENU[lang], '<div>{}</div>')}{end}"
        f"{nest * 2}<div class=title><h1>{escape(story.title)}</h1></div><div class=field>"
        f"{_set(flow, '<div class=par><div>{}</div></div>', '<div class=box><div><div>{}</div></div></div>')}</div>"
        f"{end * 2}{nest}{_links(teasers, '<div class=teaser><div>{}</div></div>')}{end}</body></html>"
    )


def _amp(story: _Story, flow: list[tuple[str, bool]], teasers: list[str], lang: str) -> str:
    script = '<script async src="https://cdn.ampproject.org/v0.js"></script>'
    return (
        f"<!doctype html><html amp lang={lang}>{_head(story, script)}<body><amp-sidebar id=s layout=nodisplay><ul>"
        f"{_links(_MENU[lang], '<li>{}</li>')}</ul></amp-sidebar><div class=amp-wp-article><h1>{escape(story.title)}"
        f"</h1><amp-img src=/a.jpg width=9 height=9></amp-img><div class=amp-wp-article-content>"
        f"{_set(flow, '<p>{}</p>', '<section class=amp-box><p>{}</p></section>')}</div>"
        f"<amp-list>{_links(teasers, '<div>{}</div>')}</amp-list></div></body></html>"
    )


def _lazy(story: _Story, flow: list[tuple[str, bool]], teasers: list[str], lang: str) -> str:
    image = '<figure data-src=/a.jpg><img class=lazyload src="data:," data-src=/a.jpg></figure>'
    return (
        f"<!doctype html><html lang={lang}>{_head(story)}<body><div id=top>{_links(_MENU[lang], '<b>{}</b>')}</div>"
        f"<section class=post data-lazy><h1>{escape(story.title)}</h1>{image}<div class=post__text data-component=text>"
        f"{_set(flow, '<div data-block=text><p>{}</p></div>', '<div data-block=embed><p>{}</p></div>')}</div>"
        f"</section><section class=more data-lazy>{_links(teasers, '<h3>{}</h3>')}</section></body></html>"
    )


_Layout = Callable[[_Story, list[tuple[str, bool]], list[str], str], str]
_LAYOUTS: dict[str, _Layout] = {
    "semantic": _semantic,
    "opaque": _opaque,
    "tables": _tables,
    "divs": _divs,
    "amp": _amp,
    "lazy": _lazy,
}
