"""Lines that the templates put around every article: what a reader of the text must never meet."""

from seeds.texts import Template

BOILERPLATE: dict[Template, tuple[str, ...]] = {
    "magazine": (
        "You may also like",
        "Leave a Comment",
        "Popular Posts",
        "previous post",
        "0 comment",
        "Keep in touch",
        "Back To Top",
    ),
    "slideshow": (
        "Et aussi",
        "See also",
        "Suivre",
        "Follow",
        "LIRE AUSSI",
        "READ ALSO",
    ),
}


def boilerplate_of(template: Template, page: str) -> tuple[str, ...]:
    """Those of the template's lines that are on the page, in order."""
    return tuple(line for line in BOILERPLATE[template] if line in page)
