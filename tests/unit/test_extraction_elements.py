"""The elements that several rules ask for, found in one pass."""

from lxml.html import document_fromstring

from extraction.elements import elements_of

PAGE = """<html><head><title>The site</title><meta name="a"><link rel="b"><script>1</script></head><body>
<h1>The news</h1><a href="/c">C</a><svg><title>A drawing</title></svg><time>today</time><h1>More</h1><a>D</a>
</body></html>"""


def test_each_kind_is_in_the_order_of_the_page() -> None:
    found = elements_of(document_fromstring(PAGE))
    assert [element.text for element in found.anchors] == ["C", "D"]
    assert [element.get("name") for element in found.metas] == ["a"]
    assert [element.get("rel") for element in found.links] == ["b"]
    assert [element.text for element in (*found.scripts, *found.times)] == ["1", "today"]


def test_titles_and_headlines_share_one_order() -> None:
    titles = elements_of(document_fromstring(PAGE)).titles
    assert [element.text for element in titles] == ["The site", "The news", "A drawing", "More"]


def test_the_title_is_the_first_title_element_and_no_headline() -> None:
    title = elements_of(
        document_fromstring("<html><body><h1>News</h1><svg><title>Logo</title></svg></body></html>")
    ).title
    assert title is not None
    assert title.text == "Logo"
    assert elements_of(document_fromstring("<html><body><h1>News</h1></body></html>")).title is None
