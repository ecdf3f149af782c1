"""The boxes within an article that are none of it, each rule alone, over small pages."""

import pytest
from lxml import html

from extraction.blocks import walked
from extraction.boxes import boxed
from extraction.lines import lines_of

ONE, TWO, THREE = (
    f"<p>Le conseil a voté {what}, après un débat de quatre heures dans une salle comble où chacun a parlé.</p>"
    for what in ("le budget de la commune", "la rallonge des écoles", "les travaux de la digue")
)
PICTURE = "of a picture"
ASKING = "in a box that asks the reader"
ELSEWHERE = "link under a header of related articles"
OVER = "short line over the title"


def gone(markup: str, odds: float = 0.6) -> dict[str, str]:
    """The lines of this body that go, were all of them taken with these odds, and why."""
    walk = walked(html.fromstring(f"<html><body>{markup}</body></html>").find("body"))
    lines = lines_of(walk)
    found = boxed(walk, lines, range(len(lines)), [odds] * len(lines))
    return {lines[at].text: why for at, why in found.items()}


@pytest.mark.parametrize("picture", ['<img src="/a.jpg">', "<amp-img></amp-img>", "<video></video>"])
def test_lines_beside_a_picture_in_an_element_of_its_own_go(picture: str) -> None:
    box = f"<div class=pic><div>{picture}</div><span>Le maire jeudi soir</span></div>"
    assert gone(f"{ONE}{TWO}{box}{THREE}") == {"Le maire jeudi soir": PICTURE}
    assert gone(f"{ONE}{TWO}<div class=pic><span>Le maire jeudi soir</span></div>{THREE}") == {}


def test_what_the_model_is_sure_of_stays() -> None:
    box = '<div class=pic><img src="/a.jpg"><span>Le maire jeudi soir</span></div>'
    assert gone(f"{ONE}{TWO}{box}{THREE}", odds=0.92)
    assert gone(f"{ONE}{TWO}{box}{THREE}", odds=0.93) == {}


def test_a_picture_among_paragraphs_takes_none_of_them() -> None:
    assert gone(f'<div>{ONE}<img src="/a.jpg"><p>Le maire jeudi soir</p>{TWO}{THREE}</div>') == {}


@pytest.mark.parametrize(
    "box",
    [
        "<div><img src=a.jpg><h3>Une promesse</h3><span>Le maire jeudi soir</span></div>",
        "<div><img src=a.jpg><span>a b</span><b><div>c d</div></b><div>e f</div><div>g h</div></div>",
        f"<div><img src=a.jpg><span>{' mot' * 46}</span></div>",
        "<table><tr><td><img src=a.jpg></td><td>Pont</td></tr><tr><td>1 240</td><td>Quai</td></tr></table>",
    ],
    ids=["a heading", "four lines", "many words", "a table"],
)
def test_what_is_more_than_a_caption_stays(box: str) -> None:
    assert gone(f"{ONE}{TWO}{box}{THREE}{ONE}{TWO}") == {}


def test_a_box_with_a_field_to_fill_in_goes_whole() -> None:
    box = "<div class=nl><h3>La lettre du soir</h3><span>Trois nouvelles par jour</span><div><input></div></div>"
    assert gone(f"{ONE}{TWO}{box}{THREE}") == dict.fromkeys(("La lettre du soir", "Trois nouvelles par jour"), ASKING)
    assert gone(f"{ONE}{TWO}{box.replace('<input>', '')}{THREE}") == {}


def test_a_box_with_a_plea_goes_whole() -> None:
    plea = "Abonnez-vous à notre newsletter pour ne rien manquer."
    box = f"<div class=nl><div><h3>La lettre du soir</h3></div><div><span>{plea}</span></div></div>"
    assert gone(f"{ONE}{TWO}{box}{THREE}") == dict.fromkeys(("La lettre du soir", plea), ASKING)
    assert gone(f"{ONE}{TWO}{box.replace(plea, 'Trois nouvelles par jour')}{THREE}") == {}
    alone = f"{ONE}{TWO}<p>Une promesse</p><p>{plea}</p>{THREE}"
    assert gone(f"<div>{alone}</div>") == {}, "it is set as the prose is: no box, and a matter of the phrases"


def test_a_box_is_small_against_what_was_taken() -> None:
    said = " ".join(["mot"] * 14)
    box = f"<div class=nl><span>{said}</span><div><input></div></div>"
    assert gone(f"{ONE}{box}") == {}
    assert gone(f"{ONE}{TWO}{THREE}{box}") == {said: ASKING}
    long = " ".join(["mot"] * 61)
    assert gone(f"{ONE}{TWO}{THREE}{ONE}{TWO}{THREE}{ONE}{TWO}{THREE}{box.replace(said, long)}") == {}


def test_links_right_under_a_header_of_related_articles_go() -> None:
    links = "<ul><li><a href=/1>Le pont en cinq dates</a></li><li><a href=/2>La digue vue du port</a></li></ul>"
    found = dict.fromkeys(("Le pont en cinq dates", "La digue vue du port"), ELSEWHERE)
    assert gone(f"{ONE}{TWO}<h4>Lire aussi</h4>{links}{THREE}") == {"Lire aussi": ASKING, **found}
    assert gone(f"{ONE}{TWO}<h4>Une promesse</h4>{links}{THREE}") == {}
    assert gone(f"{ONE}{TWO}<h4>Lire aussi</h4>{THREE}{links}") == {"Lire aussi": ASKING}, "prose comes between"


def test_short_lines_over_the_title_go() -> None:
    title = "<h1>Le budget est voté</h1>"
    assert gone(f"<p>Vie locale</p>{title}{ONE}{TWO}") == {"Vie locale": OVER}
    assert gone(f"<p>Vie locale</p>{ONE}{title}{TWO}") == {}, "the article stands there"
    assert gone(f"<p>Vie locale</p>{title}{ONE}<h1>Un autre titre</h1>{TWO}") == {}, "which title?"
    assert gone(f"<p>Accueil Le budget est voté</p>{title}{ONE}{TWO}") == {}, "crumbs have a rule of their own"
