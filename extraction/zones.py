"""The time zone that a page's local times are in, where it names none: a guess, and told as one."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from extraction.document import Document
from news.url import host

# Countries of one zone, or of one where nearly all live. Those of several (us, ca, au, br, ru, mx) are left out.
_OF_COUNTRY = {
    "fr": "Europe/Paris", "be": "Europe/Brussels", "ch": "Europe/Zurich", "lu": "Europe/Luxembourg",
    "de": "Europe/Berlin", "at": "Europe/Vienna", "it": "Europe/Rome", "es": "Europe/Madrid", "pt": "Europe/Lisbon",
    "nl": "Europe/Amsterdam", "pl": "Europe/Warsaw", "cz": "Europe/Prague", "sk": "Europe/Bratislava",
    "hu": "Europe/Budapest", "se": "Europe/Stockholm", "no": "Europe/Oslo", "dk": "Europe/Copenhagen",
    "fi": "Europe/Helsinki", "gr": "Europe/Athens", "ro": "Europe/Bucharest", "bg": "Europe/Sofia",
    "ua": "Europe/Kyiv", "tr": "Europe/Istanbul", "uk": "Europe/London", "gb": "Europe/London", "ie": "Europe/Dublin",
    "jp": "Asia/Tokyo", "kr": "Asia/Seoul", "cn": "Asia/Shanghai", "tw": "Asia/Taipei", "in": "Asia/Kolkata",
    "il": "Asia/Jerusalem", "ma": "Africa/Casablanca", "dz": "Africa/Algiers", "tn": "Africa/Tunis",
    "sn": "Africa/Dakar", "ci": "Africa/Abidjan", "nz": "Pacific/Auckland",
}  # fmt: skip
# Languages nearly all of whose pages are of one zone.
_OF_LANGUAGE = {
    "fr": "fr", "de": "de", "it": "it", "nl": "nl", "pl": "pl", "cs": "cz", "sk": "sk", "hu": "hu", "sv": "se",
    "no": "no", "nb": "no", "da": "dk", "fi": "fi", "el": "gr", "ro": "ro", "bg": "bg", "uk": "ua", "tr": "tr",
    "ja": "jp", "ko": "kr", "he": "il",
}  # fmt: skip
_MANY_ZONES = frozenset({"us", "ca", "au", "br", "ru", "mx"})


def _country(document: Document, spoken: str | None) -> str:
    """The country of the host, else of the page's language tag, else the one that most pages in the language are of.

    A tag of another language than the text is the default of the site's maker.
    """
    ending = host(document.url).rpartition(".")[2]
    if ending in _OF_COUNTRY or ending in _MANY_ZONES:
        return ending
    tags = (document.tree.get("lang"), document.tree.get("xml:lang"), document.first("og:locale"))
    tag = next(filter(None, tags), "").strip().lower().replace("_", "-")
    language, _, region = tag.partition("-")
    if spoken and language != spoken:
        return _OF_LANGUAGE.get(spoken, "")
    return region if len(region) == 2 else _OF_LANGUAGE.get(language, "")


def local_zone(document: Document, spoken: str | None = None) -> tzinfo:
    """The likely zone of the page's writers, who write in the language `spoken`; UTC where nothing points to one."""
    name = _OF_COUNTRY.get(_country(document, spoken))
    try:
        return ZoneInfo(name) if name else UTC
    except ZoneInfoNotFoundError:  # a machine without the zones of the world
        return UTC
