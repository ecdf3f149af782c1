"""Pages that answer 200 and stand in an article's place: 'page not found', and walls that ask for consent."""

import re

from extraction.document import Document
from news.article import NoArticle
from news.url import host

_MOST_WORDS = 250  # an article on missing pages or on privacy is longer, or says when it was published
_BETWEEN = (  # words that stand between 'page' and what is the matter with it
    "you|we|are|were|is|was|looking|for|requested|could|can|be|demandée?|recherchée?|que|vous|cherchez|est|die|sie|suchen"
    "|wurde|ist|konnte|buscas?|solicitada|richiesta|è|foi"
)
_GONE = (
    r"not (?:be )?found|introuvable|n.existe (?:pas|plus)|n.est plus (?:disponible|en ligne)"
    r"|(?:does ?n.t|does not|no longer) exist|no longer available|unavailable|nicht gefunden|existiert nicht"
    r"|no encontrad[ao]|no existe|non trovat[ao]|non esiste|não encontrad[ao]|niet gevonden|nie istnieje"
)
_NOT_FOUND = re.compile(
    r"(?:^|[-|:–—(]\s*)(?:error|erreur|fehler|errore|erro|fout|błąd|ошибка|hata)?\s*404\b(?!\s*\w*\s*(?:morts|dead|people))"
    r"|^(?:oops|ouch|sorry|désolé|hoppla|uups)?[\s!,.:]*(?:(?:the|this|that|la|cette|die|diese|esta|questa|a)\s+)?"
    r"(?:page|article|story|content|seite|artikel|página|pagina|artículo|contenu|strona)"
    rf"(?:\s+(?:{_BETWEEN}))*\s+(?:{_GONE})"
    r"|^not found$|^страница не найдена|^페이지를 찾을 수 없|^ページが見つかりません|^页面不存在|^الصفحة غير موجودة",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"^before you continue|^avant d.accéder|^avant de (?:continuer|poursuivre)|^bevor sie (?:fortfahren|weiter)"
    r"|^antes de continuar|^prima di continuare|^accept (?:all )?cookies|^valoramos (?:tu|su) privacidad"
    r"|^(?:we|nous) (?:value|care about|respectons) (?:your|votre) (?:privacy|vie priv)"
    r"|^your privacy choices|^vos? choix (?:concernant|en matière de|relatifs)|^cookie (?:consent|preferences|settings)"
    r"|^(?:gestion|paramètres) des cookies$|^wir respektieren ihre privatsphäre|^ihre privatsphäre"
    r"|^datenschutzeinstellungen",
    re.IGNORECASE,
)
_CONSENT_HOST = re.compile(r"^(?:consent|cmp|privacy-?gate|guce|collector)\.")


def impostor(document: Document, titles: list[str], words: int, is_dated: bool) -> NoArticle | None:
    """The verdict on a page that only stands in for an article; None for one that may be an article."""
    if _CONSENT_HOST.match(host(document.url)):
        return NoArticle(document.url, "consent wall", f"it is a page of {host(document.url)}, which asks for consent")
    if is_dated or words > _MOST_WORDS:
        return None
    for title in titles:
        if _NOT_FOUND.search(title):
            return NoArticle(document.url, "soft 404", f"it says {title!r}, and answers as if it were there")
        if _CONSENT.search(title):
            return NoArticle(document.url, "consent wall", f"it asks for consent: {title!r}")
    return None
