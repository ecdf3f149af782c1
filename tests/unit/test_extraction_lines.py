"""A page's lines in reading order, and what two of them have in common."""

from lxml import html

from extraction.lines import Line, key, page_lines, tidy, word_count


def lines(markup: str) -> list[Line]:
    return list(page_lines(html.fromstring(f"<body>{markup}</body>")))


def texts(markup: str) -> list[str]:
    return [line.text for line in lines(markup)]


def test_inline_tags_stay_on_their_line_and_blocks_begin_another() -> None:
    assert texts("<p>Le <b>pont</b> de<br>Valdoré</p>fin<div>un<p>deux</p>trois</div>") == [
        "Le pont de",
        "Valdoré",
        "fin",
        "un",
        "deux",
        "trois",
    ]


def test_what_no_reader_sees_is_no_line() -> None:
    assert texts("<script>x</script>a<style>y</style><!-- z --> b<button>Suivre</button><p>c</p>") == ["a b", "c"]


def test_headings_links_and_chrome_are_told() -> None:
    heading, link, menu, plain = lines(
        "<h2 class='s'><span>Un vote</span></h2><p><a href='/x'>Un lien, en entier</a></p><nav>Menu</nav>"
        "<p>Un <a>lien</a> ici</p>"
    )
    assert heading.is_heading
    assert heading.style == "h2.s"
    assert link.is_linked
    assert not link.in_chrome
    assert menu.in_chrome
    assert not (plain.is_linked or plain.is_heading or plain.in_chrome)


def test_text_is_composed_and_its_white_space_evened_out() -> None:
    assert tidy(" L\u2019e\u0301te\u0301\u00a0\n\u00ab\u202fbleu\u202f\u00bb\u200b\u00ad ") == "L’été « bleu »"
    assert tidy("می\u200cخواهم") == "می\u200cخواهم", "a joiner that Persian needs"


def test_keys_are_blind_to_case_punctuation_and_space() -> None:
    assert key("« Un Vote ! »") == key("un vote")
    assert key("Un vote") != key("Un veto")


def test_words_are_counted() -> None:
    assert word_count("L’été, aujourd'hui : vingt-deux degrés") == 4
    assert word_count("新しい橋を開通させる") == 5
    assert word_count("") == 0


def test_a_deep_page_does_not_exhaust_the_stack() -> None:
    assert texts("<div>" * 200 + "fond" + "</div>" * 200) == ["fond"]
