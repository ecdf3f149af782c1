"""What the names that a page's makers gave its elements say: `article-body`, `relatedPosts`, `js-newsletter`."""

import re
from functools import lru_cache

# Each group is one kind of hint; its stems are looked for in the words of class, id, itemprop and role.
GROUPS: tuple[tuple[str, ...], ...] = (
    ("article", "artikel", "artic", "story", "storia", "noticia", "nota"),
    ("body", "corps", "cuerpo", "corpo", "fliesstext", "texte", "testo", "texto", "prose", "richtext", "rich"),
    ("content", "contenu", "conten", "inhalt", "main", "primary", "entry", "post", "single", "page"),
    ("text", "paragraph", "absatz", "para"),
    ("comment", "kommentar", "disqus", "reply", "respond", "discussion", "forum"),
    ("sidebar", "aside", "complementary", "rail", "secondary", "marginal"),
    ("related", "recommend", "similar", "more", "read", "also", "outbrain", "taboola", "popular", "trending", "latest",
     "suggest", "further"),
    ("teaser", "card", "promo", "tile", "list", "grid", "carousel", "slider", "swiper", "item", "feed", "stream"),
    ("newsletter", "subscri", "signup", "abo", "optin", "register", "login", "paywall", "piano", "offer", "donat"),
    ("share", "social", "sharing", "facebook", "twitter", "follow", "tweet", "whatsapp", "instagram"),
    ("footer", "bottom", "copyright", "legal", "colophon", "imprint", "disclaimer"),
    ("nav", "menu", "breadcrumb", "crumb", "pagination", "pager", "tabs", "toolbar", "skip", "header", "masthead"),
    ("caption", "credit", "figure", "image", "photo", "media", "video", "gallery", "player", "bild", "legende", "img",
     "audio", "lightbox"),
    ("author", "byline", "autor", "auteur", "writer", "bio", "contributor", "avatar"),
    ("date", "time", "meta", "info", "publish", "updated", "timestamp", "datum"),
    ("tag", "topic", "keyword", "categor", "label", "kicker", "eyebrow", "rubri", "section", "channel"),
    ("ad", "ads", "advert", "anzeige", "sponsor", "banner", "werbung", "affiliate", "commerce", "shop", "product",
     "price"),
    ("cookie", "consent", "gdpr", "modal", "popup", "overlay", "dialog", "toast", "alert", "notice", "hidden",
     "hide", "visually", "sr", "screen", "noprint", "print"),
    ("widget", "module", "box", "block", "infobox", "factbox", "embed", "inset", "callout", "pullquote", "quote"),
    ("title", "headline", "heading", "titel", "titre", "hed"),
    ("lead", "lede", "intro", "summary", "excerpt", "standfirst", "dek", "subtitle", "description", "abstract",
     "teasertext", "chapo", "vorspann", "sommario", "bajada"),
    ("toc", "contents", "index", "note", "footnote", "reference", "source", "transcript"),
)  # fmt: skip
_SHORT = 3  # letters; a stem of no more stands for the whole word only
_WORD = re.compile(r"[a-z]+|[A-Z]+(?![a-z])|[A-Z][a-z]+")
_WHOLE = {stem: 1 << number for number, stems in enumerate(GROUPS) for stem in stems if len(stem) <= _SHORT}
_LONG = tuple(
    (1 << number, re.compile("|".join(stem for stem in stems if len(stem) > _SHORT)))
    for number, stems in enumerate(GROUPS)
)
_ANY = re.compile("|".join(stem for stems in GROUPS for stem in stems if len(stem) > _SHORT))


@lru_cache(maxsize=20_000)
def _word_signs(word: str) -> int:
    found = _WHOLE.get(word, 0)
    if _ANY.search(word):
        found |= sum(group for group, stems in _LONG if stems.search(word))
    return found


@lru_cache(maxsize=20_000)
def signs(name: str) -> int:
    """The groups of hints in a name, a bit for each."""
    found = 0
    for part in name.split():
        found |= _part_signs(part)
    return found


@lru_cache(maxsize=20_000)
def _part_signs(part: str) -> int:
    found = 0
    for word in _WORD.findall(part):
        found |= _word_signs(word.lower())
    return found
