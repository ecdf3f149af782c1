"""The language of a text that no page speaks for."""

import pytest

from extraction.language import spoken


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Les troupes seront en retrait dès vendredi.", "fr"),
        ("The troops will have left by Friday, officials said.", "en"),
        ("Войска будут выведены к пятнице.", "ru"),
        ("북한은 금요일에 발표했다.", "ko"),
    ],
)
def test_a_language_is_known_by_its_words(text: str, code: str) -> None:
    assert spoken(text) == code


@pytest.mark.parametrize("text", ["", " \n", "12 345 – 67 %"])
def test_what_has_no_words_has_no_language(text: str) -> None:
    assert spoken(text) is None
