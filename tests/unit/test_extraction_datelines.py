"""Lines by a title that say when, and those that tell of a day."""

import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

from extraction import calendar
from extraction.datelines import is_dateline


@pytest.mark.parametrize(
    "line",
    [
        "3 May 2011",
        "By Jane Doe and John Smith, Staff Writers, November 20, 2026 at 8:05 pm ET",
        "Jane Doe | Politics | Nov. 20, 2026",
        "Posted by admin on 20 November 2026",
        "Published: Mar 8, 2024 · Modified: May 19, 2025 by Jane Doe · This post may contain affiliate links",
        "Publié le 24/05/2023 à 18h15 - Mis à jour le 25/05/2023 à 7h",
        "Recette transmise par Hortense Malaval. Parue dans la Gazette du 9 janvier 2009.",
        "Von Lukas Meier, Redaktion Wirtschaft, 20. November 2026, 8:05 Uhr",
        "来源：新华网 2026年11月20日 08:05",
        "公開日：2026年11月20日 最終更新日：2026年11月21日",
        "홍길동 기자 2026.11.20 08:05",
        "08:05, 20 ноября 2026 г. Иван Петров",
        "Opublikowano: 20 listopada 2026, godz. 8:05",
        "كتب محمد أحمد الجمعة 20 نوفمبر 2026",
        "วันศุกร์ที่ 20 พฤศจิกายน 2569 เวลา 08:05 น.",
        "Gespeichert von rasos am 24. Juli 2017 - 18:55",
        "Submitted by rasos on 24 July 2017 - 18:55",
        "28. Januar 2015 karstenb Schreibe einen Kommentar",
        "2026年11月20日付 朝刊",
        "2026年11月20日更新",
        "2026年11月20日(金) 8時05分 山田太郎",
    ],
)
def test_names_and_words_of_dates_make_a_dateline(line: str) -> None:
    assert is_dateline(line)


@pytest.mark.parametrize(
    "line",
    [
        "The mill burned down in a fire on 3 May 2011, and nobody has lived in the street since.",
        "He died on 3 May 2011.",
        "What happened on 3 May 2011",
        "On 3 May 2011 the mill burned down",
        "The mill — built on 3 May 2011 — is gone",
        "Le 3 mai 2011, le moulin brûlait.",
        "工厂于2011年5月3日在一场大火中烧毁。",
        "احترق المطحن في 3 مايو 2011 ولم يسكن أحد",
        "Мельница сгорела 3 мая 2011 года",
        "Млин згорів 3 травня 2011 року",
        "Młyn spłonął 3 maja 2011",
        "โรงงานถูกไฟไหม้เมื่อวันที่ 3 พฤษภาคม 2554",
        "2011年5月3日、福島",
        "2011年5月3日に火災",
        "2011年5月3日工厂烧毁",
        "2011년 5월 3일 공장에서 불이 났다.",
        "2011년 5월 3일 공장이 탔다",
        "3 mai 2011 : le moulin brûle",
        "3 May 2011 " * 20,
    ],
)
def test_a_story_makes_none(line: str) -> None:
    assert not is_dateline(line)


def test_every_language_names_twelve_months_and_no_name_is_of_two() -> None:
    languages = tomllib.loads(Path(calendar.__file__).with_name("dates.toml").read_text(encoding="utf-8"))
    numbers = defaultdict(set)
    for names in (language["months"] for language in languages.values() if "months" in language):
        assert len(names) == 12
        for number, month in enumerate(names, 1):
            for name in month.split(","):
                numbers[name.strip()].add(number)
    assert {name: found for name, found in numbers.items() if len(found) > 1} == {}
    assert set(map(str.casefold, numbers)) == set(calendar.months())
