"""Lines that a page's template writes around an article: stamps, counters, bylines, pointers elsewhere, walls. Pure."""

import re
from collections.abc import Collection, Sequence
from functools import cache

from extraction.revision.textdiff import key, plain, words

_MOST_WORDS = 30
_LONGEST = 300  # characters; what is longer is the author's own
_SHORT_LINE = 8  # words

# What makes a line of such words a stamp, a counter or a relative date; none of them makes one alone.
_TELLING = """
    updated published posted modified revised ago views view shares comments comment likes reads
    publié publiée mis mise modifié modifiée actualisé actualisée vues vue partages commentaires commentaire lectures
    réactions ilya
    aktualisiert veröffentlicht erstellt stand aufrufe kommentare kommentar vor
    actualizado actualizada publicado publicada hace visitas comentarios comentario compartidos
    aggiornato aggiornata pubblicato pubblicata fa visualizzazioni commenti condivisioni
    atualizado atualizada há atrás visualizações comentários
    bijgewerkt gepubliceerd geleden reacties weergaven
    обновлено опубликовано назад просмотров просмотра просмотры комментариев комментария комментарии
    تحديث نشر نشرت منذ قبل مشاهدة مشاهدات تعليق تعليقات تعليقا
    更 新 发 發 布 前 阅 閱 览 覽 评 論 论 浏
"""
_FILLING = """
    last on at the a by min mins minute minutes hour hours hr hrs h day days week weeks month months second seconds s m
    read reading time am pm gmt utc est edt pst pdt bst cet cest et ist just now today yesterday first
    le la à a jour il y heure heures jour jours semaine semaines mois secondes seconde sec de lecture temps dernière
    mise par aujourd hui hier l instant fois
    um uhr am von minuten stunde stunden tag tagen woche wochen lesezeit zuletzt min der die heute gestern
    el las los hora horas minuto minutos día días semana semanas mes meses lectura hrs
    alle ore ora minuti giorni giorno il lettura ultimo aggiornamento
    às em dia dias uur op om minuten dagen leestijd
    в часа часов час минут минуты минуту дня дней день мск
    ساعة ساعات دقيقة دقائق يوم أيام آخر في تم الساعة
    年 月 日 时 時 分 秒 小 间 間 天 次 读 讀 数 數 量 发 表 于 於 最 終 后 後 已
    january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre janv févr avr juil déc
    lundi mardi mercredi jeudi vendredi samedi dimanche
    januar februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonntag
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
    января февраля марта апреля мая июня июля августа сентября октября ноября декабря
    يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر k
"""
_CLOCK = re.compile(r"\d{1,2}[:h.]\d{2}|\d{1,4}[-./]\d{1,2}[-./]\d{2,4}|\b(?:19|20)\d\d\b")
_RELATIVE = re.compile(
    r"(?:il y a|vor|hace|há|منذ|قبل) \d+ \w+|\d+ (?:[a-zа-я]+ )(?:ago|fa|geleden|atrás|назад)\b"
    r"|\d+ ?[分天秒小時时間间]+前",
)
_BYLINE = re.compile(
    r"(?:by|par|von|por|di|door|texte|text|автор:?|текст:?|بقلم:?|文/|记者)\s*:?\s*"
    r"(?P<names>[^\W\d_][\w'.-]*(?:[\s,&/]+[^\W\d_][\w'.-]*){1,7})",
    re.IGNORECASE,
)
_JOINING = frozenset(re.findall(r"\w+", "and et und y e i en de la le van von der del bin al für pour for with в и"))
_BY = frozenset({"by", "par", "por", "di", "door", "von", "автор"})
_POINTING = re.compile(
    r"(?:read (?:also|more|next)|also read|see also|related(?: (?:article|stor)\w*)?|more on this(?: story)?|don't miss"
    r"|recommended(?: for you)?|up next|you (?:may|might) also (?:like|be interested in)|watch(?: also)?|most read"
    r"|(?:à )?(?:lire|voir|écouter|relire) (?:aussi|également)|sur le même (?:sujet|thème)|(?:notre )?dossier"
    r"|à ne pas manquer|pour aller plus loin|les plus lus|vous aimerez aussi"
    r"|lesen sie (?:auch|mehr|hier)|mehr (?:dazu|zum thema)|auch interessant|siehe auch|zum thema|meistgelesen"
    r"|(?:lee|leer|lea|mira|ver|vea|te puede interesar|le puede interesar|no te pierdas)(?: también)?|más información"
    r"|leggi (?:anche|di più)|vedi anche|guarda anche|potrebbe interessarti(?: anche)?|per approfondire"
    r"|leia (?:também|mais)|veja também|saiba mais|lees (?:ook|meer)|bekijk ook|zie ook"
    r"|читайте (?:также|ещё|еще)|смотрите также|по теме|материалы по теме"
    r"|اقرأ (?:أيضا|أيضاً|المزيد|ايضا)|شاهد أيضا"
    r"|延伸阅读|相关阅读|相关新闻|相关报道|関連記事|あわせて読みたい|更多新闻|推荐阅读)"
    r"\s*(?P<mark>[:>→»：]|-\s|$)",
    re.IGNORECASE,
)
_WHOLE = frozenset(
    key(line)
    for line in """
    advertisement|advertising|sponsored|sponsored content|share|share this|share this article|print|subscribe|sign up
    story continues below advertisement|article continues below|follow us|listen|listen to this article|copy link|save
    publicité|la suite après cette publicité|partager|partager cet article|imprimer|s'abonner|abonnez-vous|écouter
    écouter cet article|enregistrer|copier le lien|article réservé aux abonnés|réservé aux abonnés|lire la suite
    anzeige|werbung|teilen|artikel teilen|drucken|merken|artikel anhören|abonnieren|newsletter|link kopiert
    publicidad|compartir|imprimir|guardar|suscríbete|pubblicità|condividi|stampa|salva|iscriviti|abbonati
    publicidade|compartilhar|advertentie|delen|реклама|поделиться|подписаться|إعلان|شارك|اشترك|广告|分享|订阅|広告|シェア
    """.replace("\n", "|").split("|")
    if line.strip()
)
_PLEA = re.compile(
    r"(?:subscribe (?:to|now|for)|sign up (?:to|for)|follow (?:us|\w+ on)|get (?:our|the) .{0,40}newsletter"
    r"|download (?:our|the) app|join our"
    r"|abonnez-vous|inscrivez-vous|recevez (?:nos|notre|chaque|gratuitement)|suivez(?:-nous| toute| l'actu)"
    r"|retrouvez(?:-nous| toute)|rejoignez(?:-nous| notre)|téléchargez (?:l'|notre )app|abonnieren sie|folgen sie uns"
    r"|melden sie sich für|suscr[íi]bete a|suscríbase a|s[íi]guenos|síganos|recibe nuestr|iscriviti a|seguici|segui "
    r"|assine |siga-nos|inscreva-se|подпи(?:сы|ши)\w+(?:тесь|сь) на|следите за|تابعونا|اشترك في|关注我们|扫码关注)",
    re.IGNORECASE,
)
_WALL = re.compile(
    r"\b(?:cookies?|consent\w*|subscrib\w+|subscription|sign in|log in|register|newsletter|javascript|captcha|robot"
    r"|abonn\w+|connectez|connecter|inscri\w+|consentement|anmelden|einwillig\w+|zustimm\w+|suscr\w+|suscripción"
    r"|abbonat\w+|accedi|registrati|assine|assinante|подпи\w+|войдите)\b|اشترك|تسجيل|订阅|登录|会员|有料|会員|ログイン",
    re.IGNORECASE,
)
_STAMP_IN_BRACKETS = re.compile(r"[(\[][^()\[\]]{3,80}[)\]]")


@cache
def _telling() -> frozenset[str]:
    return frozenset(_TELLING.casefold().split())


@cache
def _known() -> frozenset[str]:
    return frozenset(f"{_TELLING} {_FILLING}".casefold().split())


def is_furniture(line: str, authors: Sequence[str] = ()) -> bool:
    """Whether a line, wherever it stands, is the template's: a stamp, a counter, a byline, a pointer, a plea."""
    if len(line) > _LONGEST:
        return False
    read = plain(line).lstrip("-~>→» ").strip()
    return (
        key(read) in _WHOLE
        or _POINTING.match(read) is not None
        or _PLEA.match(read) is not None
        or _is_byline(read, authors)
        or _is_stamp(read, authors)
    )


def _is_byline(line: str, authors: Sequence[str]) -> bool:
    named = {word.folded for author in authors for word in words(author)}
    said = [word.folded for word in words(line)] if named else []
    if said and len(said) <= _MOST_WORDS and named and set(said) <= named | _JOINING | _BY:
        return bool(set(said) & named)
    found = _BYLINE.fullmatch(line.rstrip(" ,"))
    if found is None or line.endswith("."):
        return False
    return all(word.is_capitalised or word.folded in _JOINING for word in words(found["names"]))


def _is_stamp(line: str, authors: Sequence[str]) -> bool:
    """Whether nothing is said but when it was written, by whom, or how many read it."""
    if not any(letter.isdigit() for letter in line):
        return False
    said = [word.folded for word in words(line)]
    if not 0 < len(said) <= _MOST_WORDS or not any(word[0].isdigit() for word in said):
        return False
    named = {word.folded for author in authors for word in words(author)}
    if not all(word in _known() or word in named or not word[0].isalpha() for word in said):
        return False
    is_date = _CLOCK.search(line) is not None and any(word[0].isalpha() or ":" in word for word in said)
    return is_date or any(word in _telling() for word in said)


def without_stamps(text: str) -> str:
    """The text without the stamps that stand in brackets, nor the relative dates of a short line."""
    bare = _STAMP_IN_BRACKETS.sub(lambda found: "" if _is_stamp(found.group(), ()) else found.group(), plain(text))
    if len(bare) <= _LONGEST and not bare.endswith(".") and len(list(words(bare))) <= _SHORT_LINE:
        return _RELATIVE.sub("", bare.casefold())
    return bare


def looks_like_a_wall(texts: Collection[str]) -> bool:
    """Whether so little text asks for a consent, a subscription or a login instead of telling something."""
    return any(_WALL.search(text) for text in texts)
