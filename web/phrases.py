"""What the pages say, in English and in French."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of one language, by name."""

    language: str
    texts: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """Raises KeyError."""
        return self.texts[name]


ENGLISH = Phrases(
    "en",
    {
        "lookout": "Vigie, your lookout",
        "watch": "Watch",
        "not_relevant": "Not relevant?",
        "found": "was found by this query:",
        "exclude_intro": "Leaving out one word would spare you articles like it. Each choice is measured on what the "
        "watch has found so far.",
        "exclude": "Leave out “{word}”",
        "effect": "would have removed {removed} of {of} matches",
        "effect_latest": "would have removed {removed} of the latest {of} matches",
        "only_this": "only this article",
        "among": "among them:",
        "none": "No single word sets this article apart from what the watch is meant to find. You can write the query "
        "more narrowly yourself.",
        "not_found": "The watch was changed since: as it asks now, it would not find this article any more.",
        "keep": "Keep the watch as it is",
        "declared": "This watch is written in vigie.toml, and can only be changed there. Put the line that you "
        "choose in the place of its query:",
        "mute": "Mute this story?",
        "mute_intro": "You will hear no more of it for this watch, whoever writes on it. Other stories are told as "
        "before.",
        "one_article": "The story has one article so far.",
        "articles": "The story has {number} articles so far.",
        "no_story": "This article belongs to no story, so there is nothing to mute.",
        "mute_button": "Mute this story",
        "kept_title": "Nothing was changed",
        "kept": "The watch stays as it is. The link stays good until it expires.",
        "changed_title": "The watch was changed",
        "changed": "From now on it looks for:",
        "muted_title": "The story is muted",
        "muted": "You will hear no more of it for this watch.",
        "unknown_title": "There is nothing here",
        "unknown": "This link was not made by this Vigie, or it was cut short on its way. Open it again from the mail.",
        "expired_title": "This link has expired",
        "expired": "Links in mails are good for thirty days.",
        "used_title": "Done already",
        "used": "This link was used before, and works once. There is nothing more to do.",
        "gone_title": "It is not there any more",
        "gone": "The watch or the article of this link has been removed.",
        "not_offered_title": "That cannot be done here",
        "not_offered": "Open the link again from the mail, and choose what the page offers. Nothing was changed.",
        "conflict_title": "The watch was not changed",
        "conflict": "It is written in vigie.toml or other watches depend on it: change it where it was made.",
        "broken_title": "That did not work",
        "broken": "Nothing was changed. The log of Vigie says more.",
    },
)


def _spaced(text: str) -> str:
    """French with spaces that do not break where a mark follows or precedes them."""
    for mark in "?:!;»":
        text = text.replace(f" {mark}", f"\u00a0{mark}")
    return text.replace("« ", "«\u00a0")


_FRENCH = {
    "lookout": "Vigie, votre guetteur",
    "watch": "Veille",
    "not_relevant": "Hors sujet ?",
    "found": "a été trouvé par cette requête :",
    "exclude_intro": "Écarter un mot vous épargnerait les articles de ce genre. Chaque choix est mesuré sur ce que "
    "la veille a trouvé jusqu’ici.",
    "exclude": "Écarter « {word} »",
    "effect": "aurait retiré {removed} des {of} articles trouvés",
    "effect_latest": "aurait retiré {removed} des {of} derniers articles trouvés",
    "only_this": "seulement cet article",
    "among": "dont :",
    "none": "Aucun mot ne distingue à lui seul cet article de ce que la veille doit trouver. Vous pouvez préciser "
    "la requête vous-même.",
    "not_found": "La veille a changé depuis : telle qu’elle est, elle ne trouverait plus cet article.",
    "keep": "Laisser la veille telle quelle",
    "declared": "Cette veille est écrite dans vigie.toml et ne se change que là. Mettez la ligne choisie à la "
    "place de sa requête :",
    "mute": "Ne plus suivre ce sujet ?",
    "mute_intro": "Cette veille ne vous en parlera plus, quel que soit le site. Les autres sujets vous "
    "parviendront comme avant.",
    "one_article": "Le sujet compte un article à ce jour.",
    "articles": "Le sujet compte {number} articles à ce jour.",
    "no_story": "Cet article ne se rattache à aucun sujet : il n’y a rien à taire.",
    "mute_button": "Ne plus suivre ce sujet",
    "kept_title": "Rien n’a changé",
    "kept": "La veille reste telle quelle. Le lien reste valable jusqu’à son terme.",
    "changed_title": "La veille a été modifiée",
    "changed": "Elle cherche désormais :",
    "muted_title": "Le sujet n’est plus suivi",
    "muted": "Cette veille ne vous en parlera plus.",
    "unknown_title": "Il n’y a rien ici",
    "unknown": "Ce lien ne vient pas de cette Vigie, ou il a été coupé en route. Ouvrez-le de nouveau depuis le "
    "message.",
    "expired_title": "Ce lien a expiré",
    "expired": "Les liens des messages sont valables trente jours.",
    "used_title": "C’est déjà fait",
    "used": "Ce lien a déjà servi, et ne sert qu’une fois. Il n’y a plus rien à faire.",
    "gone_title": "Cela n’existe plus",
    "gone": "La veille ou l’article de ce lien a été supprimé.",
    "not_offered_title": "Ce n’est pas possible ici",
    "not_offered": "Ouvrez de nouveau le lien depuis le message et choisissez ce que la page propose. Rien n’a changé.",
    "conflict_title": "La veille n’a pas été modifiée",
    "conflict": "Elle est écrite dans vigie.toml, ou d’autres veilles en dépendent : changez-la à sa source.",
    "broken_title": "Cela n’a pas marché",
    "broken": "Rien n’a changé. Le journal de Vigie en dit plus.",
}

FRENCH = Phrases("fr", {name: _spaced(text) for name, text in _FRENCH.items()})


def phrases_for(accepted: str) -> Phrases:
    """The language that an `Accept-Language` header likes best of those we speak; English where it names neither."""
    best, liked = ENGLISH, 0.0
    for part in accepted[:1_000].split(","):
        tag, _, parameter = part.strip().partition(";")
        spoken = {"fr": FRENCH, "en": ENGLISH}.get(tag.strip().lower().partition("-")[0])
        weight = _weight(parameter)
        if spoken is not None and weight > liked:
            best, liked = spoken, weight
    return best


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if name.strip() == "q" and 0 <= weight <= 1 else 0.0
