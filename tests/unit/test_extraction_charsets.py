"""Pages in the charsets that the web has been written in, and the lies that servers and heads tell of them."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.decoding import decoded

SENTENCES = {
    "fr": "L’été dernier, à Valdoré, le maire a promis que les travaux du "
        "pont commenceraient dès la fonte des neiges.",
    "fr €": "À Évry, l’œuvre coûte déjà 3 € par habitant, « c’est peu », "
        "dit-on à la mairie, où l’on espère mieux.",
    "de": "Die Bürgermeisterin sagte, die Brücke über den Fluß werde für "
        "Fußgänger geöffnet, größere Fahrzeuge müßten warten.",
    "es": "El alcalde anunció que el puente abrirá mañana; según él, la "
        "región invirtió más. ¿Quién pagará el resto?",
    "pt": "O prefeito anunciou que a ponte abrirá amanhã; não há razão para "
        "esperar, disse, e a região já investiu milhões.",
    "pl": "Burmistrz ogłosił, że most zostanie otwarty wiosną, gdy stopnieją "
        "śniegi; mieszkańcy już długo czekają na tę przeprawę.",
    "cs": "Starosta oznámil, že nový most přes řeku bude otevřen příští jaro; "
        "obyvatelé na něj čekají a říkají, že je nejvyšší čas.",
    "hu": "A polgármester bejelentette, hogy az új hidat tavasszal nyitják meg; "
        "a lakosok régóta várják, mert a kerülő út hosszú.",
    "tr": "Belediye başkanı yeni köprünün gelecek ilkbaharda açılacağını "
        "söyledi; halk bekliyor ve sevinçli olduğunu belirtiyor.",
    "ru": "Правительство сообщило в четверг, что новый мост через реку откроют "
        "весной следующего года; жители давно ждут этого.",
    "uk": "Міський голова оголосив, що новий міст через річку відкриють "
        "навесні; мешканці давно чекають на це й радіють новині.",
    "el": "Ο δήμαρχος ανακοίνωσε ότι η νέα γέφυρα θα ανοίξει την άνοιξη· οι "
        "κάτοικοι περιμένουν εδώ και καιρό και χαίρονται.",
    "he": "ראש העיר הודיע ביום חמישי כי הגשר החדש ייפתח באביב הבא, והתושבים "
        "אומרים שהם מחכים לכך זמן רב ושמחים על הבשורה.",
    "ar": "أعلن رئيس البلدية يوم الخميس أن الجسر الجديد سيفتح في الربيع "
        "المقبل، ويقول السكان إنهم ينتظرون ذلك منذ زمن طويل.",
    "ja": "政府は木曜日、新しい橋を来年の春に開通させると発表した。"
        "住民は長い間この橋を待っていたと話し、知らせを喜んでいる。",
    "ko": "시장은 목요일 새 다리가 내년 봄에 개통될 것이라고 발표했다. 주민들은 "
        "오랫동안 이 다리를 기다려 왔다며 반겼다.",
    "zh": "市长星期四宣布，新桥将于明年春天通车。居民们说，他们等这座桥已经很久了，听到消息都很高兴。",
    "zh-tw": "市長星期四宣布，新橋將於明年春天通車。居民們說，他們等這座橋已經很久了，聽到消息都很高興。",
    "th": "นายกเทศมนตรีประกาศเมื่อวันพฤหัสบดีว่าสะพานใหม่จะเปิดในฤดู"
        "ใบไม้ผลิหน้า ชาวบ้านบอกว่ารอคอยมานานแล้วและดีใจกับข่าวนี้",
}  # fmt: skip
CHARSETS = [
    ("fr", "windows-1252"), ("fr €", "windows-1252"), ("fr €", "iso-8859-15"), ("de", "iso-8859-1"),
    ("es", "iso-8859-15"), ("pt", "iso-8859-1"), ("pl", "windows-1250"), ("pl", "iso-8859-2"),
    ("cs", "windows-1250"), ("cs", "iso-8859-2"),
    ("hu", "windows-1250"), ("tr", "windows-1254"), ("tr", "iso-8859-9"), ("ru", "windows-1251"), ("ru", "koi8-r"),
    ("uk", "windows-1251"), ("uk", "koi8-u"), ("el", "windows-1253"), ("el", "iso-8859-7"), ("he", "windows-1255"),
    ("ar", "windows-1256"), ("ar", "iso-8859-6"), ("ja", "shift_jis"), ("ja", "euc-jp"), ("ja", "iso-2022-jp"),
    ("ko", "euc-kr"), ("zh", "gb2312"), ("zh", "gb18030"), ("zh-tw", "big5"), ("th", "tis-620"),
]  # fmt: skip


def page(language: str, charset: str, head: str = "") -> str:
    """A page whose every character the charset has."""
    text = SENTENCES[language].encode(charset, "ignore").decode(charset)
    assert len(text) > 0.95 * len(SENTENCES[language])
    return f"<!DOCTYPE html><html><head>{head}<title>{text[:40]}</title></head><body><a href='/'>A</a><p>{text}</p>"


@pytest.mark.parametrize(("language", "charset"), CHARSETS)
class TestOneOfManyCharsets:
    def test_is_read_as_the_header_says(self, language: str, charset: str) -> None:
        text = page(language, charset)
        assert decoded(text.encode(charset), f"text/html; charset={charset}") == text

    def test_is_read_as_the_head_says(self, language: str, charset: str) -> None:
        text = page(language, charset, f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">')
        assert decoded(text.encode(charset), "text/html") == text

    def test_is_read_as_the_head_says_below_other_things(self, language: str, charset: str) -> None:
        text = page(language, charset, f"<style>{'p {} ' * 3_000}</style><meta charset={charset}>")
        assert decoded(text.encode(charset)) == text

    @pytest.mark.parametrize("lie", ["utf-8", "iso-8859-1", "utf-16", "no-such-charset"])
    def test_is_read_as_the_head_says_whatever_the_server_sends_with_all_pages(
        self, language: str, charset: str, lie: str
    ) -> None:
        text = page(language, charset, f"<meta charset={charset}>")
        assert decoded(text.encode(charset), f"text/html; charset={lie}") == text

    def test_is_guessed_where_nobody_says_it(self, language: str, charset: str) -> None:
        text = page(language, charset)
        assert decoded(text.encode(charset), "text/html") == text

    def test_is_guessed_where_header_and_head_lie(self, language: str, charset: str) -> None:
        text = page(language, charset, "<meta charset=utf-8>")
        assert decoded(text.encode(charset), "text/html; charset=utf-8") == text

    def test_is_read_up_to_where_it_is_cut(self, language: str, charset: str) -> None:
        text = page(language, charset, f"<meta charset={charset}>") + SENTENCES[language] * 20
        whole = text.encode(charset, "ignore")
        for missing in (1, 2, 3):
            assert decoded(whole[:-missing], "text/html").startswith(
                page(language, charset, f"<meta charset={charset}>")
            )


@pytest.mark.parametrize("language", SENTENCES)
class TestAPageInUnicode:
    @pytest.mark.parametrize("lie", ["iso-8859-1", "windows-1251", "utf-16", "utf-7", "hz", "iso-2022-jp", "gb18030"])
    def test_is_utf8_whatever_is_said_of_it(self, language: str, lie: str) -> None:
        text = page(language, "utf-8", f"<meta charset={lie}>")
        assert decoded(text.encode(), f"text/html; charset={lie}") == text

    @pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
    @pytest.mark.parametrize("claim", ["", "text/html; charset=utf-16", "text/html; charset=utf-8"])
    def test_is_wide_without_a_mark(self, language: str, charset: str, claim: str) -> None:
        text = page(language, "utf-8")
        assert decoded(text.encode(charset), claim) == text

    def test_is_mended_where_it_was_encoded_twice(self, language: str) -> None:
        text = page(language, "utf-8") * 3
        twice = "".join(bytes([code]).decode("cp1252", "ignore") or chr(code) for code in text.encode())
        assert decoded(twice.encode()) == text

    def test_is_read_in_spite_of_nuls_and_broken_characters(self, language: str) -> None:
        text = page(language, "utf-8") * 3
        broken = text.encode().replace(b"<p>", b"<p>\x00\xff\x00", 1)
        assert decoded(broken, "text/html; charset=iso-8859-1").replace("\x00", "").replace("\ufffd", "") == text


def test_what_is_written_of_broken_charsets_is_left_as_it_is() -> None:
    text = (
        "<p>Un « é » devient « Ã© » et une apostrophe « â€™ » quand on lit l’UTF-8 comme du latin-1. ESPAÑA, NÃO.</p>"
    )
    assert decoded(text.encode()) == text


@pytest.mark.parametrize("claim", ["text/html; charset=utf-8", "text/html; charset=UTF-8; x=iso-8859-1"])
def test_a_few_stray_bytes_do_not_undo_what_a_page_says_it_is(claim: str) -> None:
    text = "<p>The “budget” of next year’s council: “we invest”.</p>"
    patched = text.encode() + b"<p>It\x92s late.</p>"
    assert decoded(patched, claim) == text + "<p>It\ufffds late.</p>"


def test_a_claim_of_utf8_over_another_charset_is_no_more_believed_for_that() -> None:
    text = page("fr", "cp1252") * 3
    assert decoded(text.encode("cp1252"), "text/html; charset=utf-8") == text


def test_a_page_of_two_charsets_keeps_what_most_of_it_is_in() -> None:
    text = page("fr", "utf-8") * 3
    assert decoded(text.encode() + "<p>déjà".encode("cp1252")).startswith(text)


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "raw_unicode_escape", "punycode"])
def test_charsets_that_hide_markup_are_not_believed(charset: str) -> None:
    body = b"<p>+ADw-script+AD4- \\x3cscript\\x3e</p>"
    assert decoded(body, f"text/html; charset={charset}") == body.decode()


HEADERS = st.one_of(
    st.text(max_size=60),
    st.sampled_from([*dict(CHARSETS).values(), "utf-16", "utf-7", "hz", "hex", "\x00"]).map("a; charset={}".format),
)  # fmt: skip
SIGNS = st.sampled_from([
    b"\x1b$B", b"\x1b$)C", b"~{", b"~}", b"<meta charset=", b"hz>", b"iso-2022-jp>", b"\x00", b"<\x00", b"\x00<",
    b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3\x83\xc2\xa9" * 6, "ÃƒÂ©".encode() * 6, b"\x81", b"\xe9",
    b"<p>mot", b"<meta charset=cp949>\x81 ", b"<meta charset=koi8-r>",
])  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.lists(SIGNS, max_size=40).map(b"".join)), HEADERS)
def test_any_bytes_are_text_whatever_is_said_of_them(body: bytes, content_type: str) -> None:
    decoded(body, content_type).encode("utf-8", "surrogatepass")


def seconds(body: bytes, content_type: str, turns: int) -> float:
    """The shortest of some turns: what else the machine does makes one longer and never shorter."""
    times = []
    for _ in range(turns):
        started = time.process_time()
        decoded(body, content_type)
        times.append(time.process_time() - started)
    return min(times)


@settings(max_examples=25, deadline=None)
@given(st.one_of(st.binary(min_size=1, max_size=60), st.lists(SIGNS, min_size=1, max_size=6).map(b"".join)), HEADERS)
def test_any_bytes_take_time_as_their_number_has_it(piece: bytes, content_type: str) -> None:
    body = b"<p>" + piece * (100_000 // len(piece))
    larger = body + body[3:] * 3
    most = 2 * 4 * (seconds(body, content_type, 3) + seconds(SENTENCES["ja"].encode("euc-jp"), "", 3))
    assert seconds(larger, content_type, 1) <= most or seconds(larger, content_type, 5) <= most
