"""What lint finds wrong with the watches of a file."""

from matching import folded_only
from service.lint import Fault, lint
from service.settings import Settings

DESK = {"name": "desk", "kind": "webhook", "url": "https://hook.example/"}


def _faults(
    *watches: dict[str, object], channels: tuple[str, ...] = (), others: dict[str, str] | None = None
) -> list[Fault]:
    return lint(Settings.model_validate({"watch": watches, "channel": [DESK]}), folded_only, channels, others)


def _told(*watches: dict[str, object], **known: object) -> list[tuple[object, ...]]:
    return [(fault.kind, *fault.where, fault.why) for fault in _faults(*watches, **known)]  # type: ignore[arg-type]


def test_watches_that_match_what_they_should_have_no_fault() -> None:
    assert _faults(
        {"name": "Corée", "query": "titre:Corée SAUF sport", "channels": ("desk",), "match": ("La Corée\nUn texte.",),
         "no_match": ("Un titre\nLa Corée.", "La Corée\nLe sport.")},
        {"name": "Armes", "query": "watch:Corée armes", "match": ("La Corée\nSes armes.",)},
    ) == []  # fmt: skip


def test_a_text_that_does_not_match_is_told_with_the_clause_that_failed() -> None:
    told = _told({"name": "Corée", "query": "Corée armes", "match": ("La Corée et ses armes", "La Corée\nRien.")})
    assert told == [("match", "watch", 0, "match", 1, "armes does not occur in the title or the text")]


def test_a_text_that_must_not_match_is_told_with_its_hits() -> None:
    texts = ("Rien", "La Corée\nCorée, Corée et Corée.")
    assert _told({"name": "Pluie", "query": "pluie"}, {"name": "Corée", "query": "Corée", "no_match": texts}) == [
        ("no_match", "watch", 1, "no_match", 1,
         "it holds “Corée” in the title, “Corée” in the text, “Corée” in the text and 1 more")
    ]  # fmt: skip


def test_a_match_without_a_word_is_told_too() -> None:
    text = "Le président a annoncé hier que les ouvriers de cette usine seraient tous payés."
    [told] = _told({"name": "Français", "query": "lang:fr", "no_match": (text,)})
    assert told[-1] == "it holds all that the query asks for"


def test_a_short_text_is_in_the_language_of_all_texts_of_its_watch() -> None:
    long = "Le président de la Chine a annoncé hier que les ouvriers de cette usine seraient tous payés."
    assert _faults({"name": "Français", "query": "lang:fr Chine", "match": ("La Chine", long)}) == []
    other = "The China of today is not what the English have always said of it in their books."
    [fault] = _faults({"name": "Français", "query": "lang:fr", "match": (long, other)})
    assert fault.language == "en"


def test_channels_have_to_be_in_the_file_or_known_otherwise() -> None:
    watch: dict[str, object] = {"name": "Corée", "query": "Corée", "channels": ("desk", "phone")}
    [told] = _told(watch)
    assert told[:-1] == ("channel", "watch", 0, "channels", 1)
    assert "no channel named 'phone'" in str(told[-1])
    assert _told(watch, channels=("phone",)) == []


def test_watches_that_are_used_have_to_be_in_the_file_or_known_otherwise() -> None:
    watch: dict[str, object] = {"name": "Armes", "query": "watch:Corée armes", "match": ("Séoul et ses armes",)}
    [told] = _told(watch)
    assert told == ("query", "watch", 0, "query", "there is no watch “Corée”")
    assert _told(watch, others={"Corée": "Séoul"}) == []
    assert _told(watch, others={"Corée": "Pékin"})[0][0] == "match"
    assert _told(watch, {"name": "Corée", "query": "Séoul"}, others={"Corée": "Pékin"}) == []


def test_circles_and_queries_that_do_not_parse_are_told_at_each_watch_with_the_place() -> None:
    faults = _faults(
        {"name": "Un", "query": "rien OU watch:Deux"},
        {"name": "Deux", "query": "watch:Un"},
        {"name": "Trois", "query": "a1 ET"},
    )
    assert [(fault.watch, fault.kind, fault.position) for fault in faults] == [
        ("Un", "query", 8),
        ("Deux", "query", 0),
        ("Trois", "query", 3),
    ]
    assert "circle: Un → Deux → Un" in faults[0].why
    assert all(fault.hint for fault in faults)


def test_only_a_text_is_a_fault_of_a_text() -> None:
    faults = _faults(
        {"name": "Corée", "query": "Corée", "channels": ("phone",), "match": ("Rien",), "no_match": ("Corée",)}
    )
    assert [fault.is_of_a_text for fault in faults] == [False, True, True]
