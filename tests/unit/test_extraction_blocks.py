"""The one walk over a page: its blocks, the nodes around them, and who is called a byline."""

from lxml import html

from extraction.blocks import Walk, walked


def walk(markup: str) -> Walk:
    return walked(html.fromstring(f"<html><body>{markup}</body></html>").find("body"))


def test_each_run_of_text_is_a_block_with_its_node() -> None:
    found = walk("<div>One<p class='a b' id='c'>Two <b>three</b></p>Four</div>")
    assert [block.text for block in found.blocks] == ["One", "Two three", "Four"]
    assert [found.tags[block.node] for block in found.blocks] == ["div", "p", "div"]
    assert found.names[found.blocks[1].node] == "a b c"
    assert found.classes[found.blocks[1].node] == "a b"


def test_a_node_knows_which_blocks_stand_in_it() -> None:
    found = walk("<p>Before</p><div><p>One</p><p>Two</p></div><p>After</p>")
    div = found.tags.index("div")
    assert (found.first[div], found.end[div]) == (1, 3)
    assert (found.first[0], found.end[0]) == (0, 4)


def test_the_nodes_around_a_node_are_named_from_the_inside_out() -> None:
    found = walk("<section><div><p>Text</p></div></section>")
    assert [found.tags[node] for node in found.around(found.blocks[0].node)] == ["p", "div", "section", "body"]


def test_linked_and_bold_characters_are_counted() -> None:
    (block,) = walk("<p>See <a href='/x'>the <b>page</b></a> now</p>").blocks
    assert (block.linked, block.bold) == (7, 4)


def test_the_inline_element_that_a_block_begins_with_gives_it_a_name() -> None:
    first, second = walk(
        "<p><span class='kicker'>Sport</span> Text</p><p>Text <span class='kicker'>x</span></p>"
    ).blocks
    assert (first.name, second.name) == ("kicker", "")


def test_what_a_browser_hides_is_called_hidden() -> None:
    found = walk("<p hidden>a</p><p style='display: none'>b</p><p aria-hidden='true'>c</p><p aria-hidden='false'>d</p>")
    assert [found.names[block.node] for block in found.blocks] == ["hidden", "hidden", "hidden", ""]


def test_elements_that_are_called_a_byline_are_kept_whatever_their_tag() -> None:
    found = walk("<p class='byline'>A</p><p>by <a rel='author'>B</a> <span itemprop='author'>C</span> <i>D</i></p>")
    assert [element.text_content() for element in found.signed] == ["A", "B", "C"]


def test_ten_thousand_nested_elements_are_walked() -> None:
    root = html.fromstring("<div>top</div>")
    inner = root
    for _ in range(10_000):
        inner = html.etree.SubElement(inner, "div")
    inner.text = "deep"
    assert [block.text for block in walked(root).blocks] == ["top", "deep"]


def test_an_inline_element_may_be_the_outermost() -> None:
    assert [block.text for block in walked(html.fromstring("<span>One <b>two</b></span>")).blocks] == ["One two"]


def test_the_walk_leaves_scripts_and_buttons_but_not_what_follows_them() -> None:
    assert [block.text for block in walk("<p>a<script>x()</script>b<button>c</button>d</p>").blocks] == ["abd"]
