"""Which changes of words are slips of the pen put right, and which change what is said. Pure.

No dictionary is asked: a word that became another by one letter passes for a typo, unless it is a number, a negation,
a quantity, a day or month, or written like a name.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

from extraction.revision.textdiff import Run, Word, runs, sentences, words

_MOST_RUNS = 12  # places that may be put right in one text
MOST_STEPS = 48  # words left out or put in
_MOST_WORDS = 6_000  # of the sentences that changed
_READ = 200_000  # characters of a text, to learn its names
_SHORT = 3  # letters
_LONGEST = 40  # letters
_ONE_FROM, _TWO_FROM, _THREE_FROM = 4, 8, 12  # letters of a word that may hold so many slips
_NOUNS_AS_NAMES = frozenset({"de", "lb"})
# What stands before a German noun, and seldom before a name.
_BEFORE_NOUNS = re.compile(
    r"(?:[dm]e[rmns]|d(?:ie|as)|(?:k|m|s)?ein(?:e[rmns]?)?|ihre?[rmns]?|i[mn]s?|[zv][ou][mr]|am|beim)"
)
_TITLE_CASE = 0.5  # share of capitals from which they tell nothing
_LIKE_NOUNS = 0.25

_TURNED = """
    no not nor never none nothing nobody neither without cannot t ain hardly barely scarcely he she him his her hers
    ne n pas jamais rien aucun aucune ni sans non plus guère nul nulle personne il elle
    nicht nie niemals kein keine keinen keinem keiner keines nichts niemand ohne weder nein er sie
    nunca jamás nada nadie ningún ninguno ninguna sin tampoco ni él ella
    mai niente nessuno nessuna senza né neppure
    não nem nenhum nenhuma ninguém sem ele ela
    niet geen nooit niets niemand zonder
    не ни нет никогда ничего никто нельзя без он она
    nie nigdy nic nikt bez
    لا لم لن ليس ليست غير دون بدون ما
    नहीं न मत बिना
    ex
"""
_COUNTED = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion
    half twice double triple dozen dozens few many most all some several every each both more less fewer least almost
    about over under only first second third fourth fifth last
    zéro un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt trente
    quarante cinquante soixante cent cents mille million millions milliard milliards demi moitié tiers quart double
    triple tous toutes tout toute plusieurs quelques chaque beaucoup peu moins plus presque environ seul seule premier
    première deuxième troisième dernier dernière
    null ein eine einen einem einer zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig
    fünfzig sechzig siebzig achtzig neunzig hundert tausend million millionen milliarde milliarden halb hälfte drittel
    viertel doppelt alle allen aller alles einige viele wenige mehr weniger jeder jede jedes beide fast nur erste
    ersten zweite zweiten dritte dritten letzte letzten
    cero uno una dos tres cuatro cinco seis siete ocho nueve diez once doce trece veinte treinta cuarenta cincuenta
    cien ciento mil millón millones medio mitad tercio doble todos todas todo toda algunos algunas muchos muchas pocos
    pocas más menos cada casi sólo solo primero primera segundo segunda último última
    due tre quattro cinque sei sette otto nove dieci cento mille milioni miliardi metà tutti tutte molti pochi più meno
    dois duas três quatro sete oito nove dez cem mil milhão milhões metade muitos poucos mais
    twee drie vier vijf zes zeven negen tien honderd duizend miljoen miljard helft alle veel weinig meer minder
    один одна два две три четыре пять шесть семь восемь девять десять сто тысяча тысячи тысяч миллион миллиона
    миллионов миллиард миллиарда миллиардов половина все всех много мало больше меньше несколько первый второй третий
    واحد اثنان اثنين ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة مئة مائة ألف مليون مليار نصف كل بعض جميع أكثر أقل
"""
_DATED = """
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre
    lundi mardi mercredi jeudi vendredi samedi dimanche hier demain aujourd
    januar februar märz april juni juli oktober dezember
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag gestern heute morgen
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    lunes martes miércoles jueves viernes sábado domingo ayer hoy mañana
    gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
    lunedì martedì mercoledì giovedì venerdì sabato domenica ieri oggi domani
    января февраля марта апреля мая июня июля августа сентября октября ноября декабря
    понедельник вторник среда среду четверг пятница пятницу суббота субботу воскресенье вчера сегодня завтра
    يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
    الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد أمس اليوم غدا
    km kg mm cm
"""
# What a single character says where words are not parted.
_CHARACTERS = (
    "不没沒未无無否非勿别零〇一二三四五六七八九十百千万萬亿億兆"
    "两兩半多少全各每几幾倍日月年时時分秒前后後元円男女升降涨跌漲落买卖買売東东西南北大小上下左"
    "右内外胜负勝敗赢输生死有加减減增"
)
_NOT_PREFIXES = (
    "un", "in", "im", "il", "ir", "dis", "non", "mis", "anti", "dé", "dés", "mé",
    "des", "ver", "ent", "не", "без", "анти", "ex", "re", "pro", "contre",
    "counter", "über", "sub", "under", "over",
)  # fmt: skip

_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
_ALIKE = str.maketrans({"ى": "ي", "ة": "ه", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "œ": "oe", "æ": "ae", "ß": "s"})
_GROUPED = re.compile(r"(?<=\d)[., '](?=\d{3}(?!\d))")
# Characters that join others: particles, and the kana.
_JOINING = re.compile("[的地得了着过過们們\u3041-\u3096]")
_UNPARTED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


@cache
def _turning() -> frozenset[str]:
    """The words that make a sentence its contrary."""
    return frozenset(_TURNED.casefold().split())


@cache
def _weighty() -> frozenset[str]:
    """The words of which none may change."""
    return frozenset(f"{_TURNED} {_COUNTED} {_DATED}".casefold().split()) | frozenset(_CHARACTERS)


Capitals = Literal["name", "noun", "nothing"]


@dataclass(frozen=True, slots=True)
class Context:
    """What the two whole texts tell of words, all without case.

    `names` are written with a capital wherever they stand inside a sentence; `shared` are in both texts, `one_sided`
    in one only. `capitals` says what a capital means: a name, any noun, or nothing, as in a headline.
    """

    names: frozenset[str]
    shared: frozenset[str]
    one_sided: frozenset[str]
    capitals: Capitals = "name"


def context(old: str, new: str, language: str | None) -> Context:
    """What two texts of a language (ISO 639-1, None where unknown) know of their words."""
    before, after = (_words(sentences(text[:_READ])) for text in (old, new))
    inner = [word for word in (*before, *after) if not word.is_first and word.text[0].isalpha()]
    raised = {word.folded for word in inner if word.is_capitalised}
    share = sum(word.is_capitalised for word in inner) / len(inner) if inner else 0.0
    left, right = ({word.folded for word in side} for side in (before, after))
    return Context(
        names=frozenset(raised - {word.folded for word in inner if not word.is_capitalised}),
        shared=frozenset(left & right),
        one_sided=frozenset(left ^ right),
        capitals=_capitals(share, language),
    )


def _capitals(share: float, language: str | None) -> Capitals:
    """What capitals mean where so large a share of the words inside sentences has them."""
    if share > _TITLE_CASE:
        return "nothing"
    return "noun" if language in _NOUNS_AS_NAMES or (language is None and share > _LIKE_NOUNS) else "name"


def is_typo(old: Sequence[str], new: Sequence[str], known: Context) -> bool:
    """Whether the sentences that changed differ by slips only: few places, few letters, nothing that carries weight."""
    if max(sum(map(len, side)) for side in (old, new)) > 10 * _MOST_WORDS:
        return False
    # The smaller first: there is more than one shortest way, and the verdict must be the same in both directions.
    first, second = sorted((_words(old), _words(new)), key=lambda side: [word.text for word in side])
    if max(len(first), len(second)) > _MOST_WORDS:
        return False
    found = runs([word.folded for word in first], [word.folded for word in second], MOST_STEPS)
    if found is None or len(found) > min(_MOST_RUNS, 2 + max(len(first), len(second)) // 8):
        return False
    return all(_is_slip(first, second, run, known) for run in found)


def _words(parts: Sequence[str]) -> list[Word]:
    return [word for part in parts for word in words(part)]


def _is_slip(first: Sequence[Word], second: Sequence[Word], run: Run, known: Context) -> bool:
    left, right = first[run.old_start : run.old_end], second[run.new_start : run.new_end]
    joined = [_letters("".join(word.text for word in side)) for side in (left, right)]
    if joined[0] == joined[1] or _same_numbers(left, right):
        return not any(word.text[0].isdigit() for word in (*left, *right)) or _same_numbers(left, right)
    if any(_UNPARTED.match(word.text) for word in (*left, *right)) and max(len(left), len(right)) > 1:
        return False
    if len(left) == len(right) <= _SHORT:
        raised = not _is_noun(first, run.old_start) and _beside_capitals(first, run.old_start, run.old_end)
        return all(_is_slip_of(one, other, known, raised) for one, other in zip(left, right, strict=True))
    if not left or not right:
        side, start = (second, run.new_start) if not left else (first, run.old_start)
        return _is_small(side, start, [*left, *right])
    if any(_carries_weight(word) or _is_name(word, known) for word in (*left, *right)):
        return False
    return 1 in (len(left), len(right)) and _distance(joined[0], joined[1]) <= 1 and len(joined[0]) > _ONE_FROM


def _same_numbers(left: Sequence[Word], right: Sequence[Word]) -> bool:
    """Whether both are one number, its thousands parted in another way."""
    one, other = (_GROUPED.sub("", " ".join(word.text for word in side)) for side in (left, right))
    return one == other and one.isdigit()


def _is_small(side: Sequence[Word], start: int, loose: Sequence[Word]) -> bool:
    """Whether what was put in is a word said twice, or one of those short ones that only join others."""
    if len(loose) != 1 or _carries_weight(loose[0]):
        return False
    [word] = loose
    around = [side[place].folded for place in (start - 1, start + 1) if 0 <= place < len(side)]
    if _UNPARTED.match(word.text):
        return word.folded in around or _JOINING.match(word.text) is not None
    is_joining = word.text.islower() or not (word.text.isupper() or word.is_capitalised)
    return word.folded in around or (is_joining and len(word.text) <= _SHORT)


def _carries_weight(word: Word) -> bool:
    """Whether the word is a number, a sign, a negation, a quantity, or a date."""
    return not word.text[0].isalpha() or word.folded in _weighty() or (word.text.isupper() and len(word.text) > 1)


def _is_name(word: Word, known: Context) -> bool:
    is_inside = not word.is_first and known.capitals != "nothing"
    return word.is_capitalised and (is_inside or word.folded in known.names)


def _beside_capitals(side: Sequence[Word], start: int, end: int) -> bool:
    """Whether a capitalised word stands right beside: names come in pairs, also where nouns have capitals."""
    before = start > 0 and side[start - 1].is_capitalised and not side[start - 1].is_first
    return before or (end < len(side) and side[end].is_capitalised and not side[end].is_first)


def _is_noun(side: Sequence[Word], start: int) -> bool:
    """Whether an article stands before, as before a German noun."""
    return start > 0 and _BEFORE_NOUNS.fullmatch(side[start - 1].folded) is not None


def _is_slip_of(one: Word, other: Word, known: Context, is_beside_capitals: bool) -> bool:
    """Whether one word became another by a slip, in either direction."""
    if _letters(one.text) == _letters(other.text):
        return True
    if not (one.text[0].isalpha() and other.text[0].isalpha()):
        return False
    if _was_put_right(one, other, known):
        return True
    if _is_name(one, known) or _is_name(other, known):
        if known.capitals != "noun" or is_beside_capitals:
            return False
        if min(len(one.text), len(other.text)) <= _ONE_FROM:
            return False
    return not _is_turned(one, other) and _are_near(one.text, other.text)


def _was_put_right(one: Word, other: Word, known: Context) -> bool:
    """Whether one form stands elsewhere in both texts and the other is gone: then even a name was misspelt."""
    forms = {one.folded, other.folded}
    is_misspelt = len(forms & known.shared) == 1 and len(forms & known.one_sided) == 1
    is_long = min(len(one.text), len(other.text)) >= _ONE_FROM
    weighs = _carries_weight(one) or _carries_weight(other)
    return is_misspelt and is_long and not weighs and not _is_turned(one, other) and _are_near(one.text, other.text)


def _is_turned(one: Word, other: Word) -> bool:
    """Whether one says the contrary of the other, or counts otherwise."""
    weights = _carries_weight(one) + _carries_weight(other)
    if weights == 2 or (weights and not _is_misspelt_weight(one.folded, other.folded)):
        return True
    short, long = sorted((one.folded, other.folded), key=len)
    return any(long == prefix + short for prefix in _NOT_PREFIXES) and len(short) >= _SHORT


def _is_misspelt_weight(one: str, other: str) -> bool:
    """Whether a word that carries weight was merely misspelt as what is none: 'Novmber', 'nicth', not 'now'."""
    short, long = sorted((one, other), key=len)
    if len(short) < _ONE_FROM or len(long) <= _ONE_FROM or short[0] != long[0]:
        return False
    is_swapped = sorted(one) == sorted(other)
    is_doubled = re.sub(r"(.)\1", r"\1", one) == re.sub(r"(.)\1", r"\1", other)
    if {one, other} & _turning():
        return is_swapped or is_doubled
    return is_swapped or is_doubled or short[-1] == long[-1]


def _are_near(one: str, other: str) -> bool:
    """Whether two words differ by as few letters as a slip changes in words of their length."""
    left, right = _letters(one), _letters(other)
    longest = max(len(left), len(right))
    if longest > _LONGEST or not left or not right:
        return False
    if longest <= _ONE_FROM + 1 and left[0] != right[0] and not _UNPARTED.match(left + right):
        return False
    allowed = 1 + (longest >= _TWO_FROM) + (longest >= _THREE_FROM)
    return _distance(left, right) <= allowed


def _letters(word: str) -> str:
    """The letters without case and accents; Korean syllables as the letters that they are made of."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", word.lower()))
    return bare.translate(_ALIKE)


def _distance(one: str, other: str) -> int:
    """How many letters were changed, left out, put in, or swapped with their neighbour; words are short."""
    if abs(len(one) - len(other)) > _SHORT or max(len(one), len(other)) > 2 * _LONGEST:
        return _LONGEST
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        older, before, row = before, row, [place]
        for at, (last, this) in enumerate(pairwise(" " + other), start=1):
            cost = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (letter != this))
            if place > 1 and at > 1 and letter == last and one[place - 2] == this:
                cost = min(cost, older[at - 2] + 1)
            row.append(cost)
    return row[-1]
