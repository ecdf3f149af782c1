"""Vocabularies: the words that articles of one language are written in, and the leaves that each is a hit of.

What a word means to the watches is found once and remembered, so that an article is read at the cost of a look-up a
word. New watches bring new leaves: a vocabulary takes them in before it reads the next article, or a slice at a time.
"""

from collections.abc import Callable, Iterable
from itertools import chain

from matching.analyzer import Lexicon, tokens
from matching.document import Document
from matching.fold import fold
from matching.leaf import Leaf, Terms
from matching.reading import Form, Reading
from matching.stretch import cut, is_plain

_LONGEST_REMEMBERED = 60
_HEAD = 3
_GAP = Form("", "", (), ())


class _Known(dict[str, tuple[Form, ...]]):
    """The forms of each stretch; those that are missing are learned."""

    def __init__(self, learn: Callable[[str], tuple[Form, ...]]) -> None:
        self.learn = learn

    def __missing__(self, stretch: str) -> tuple[Form, ...]:
        return self.learn(stretch)


class Vocabulary:
    """The words of one language under one lexicon."""

    def __init__(self, terms: Terms, language: str | None, lexicon: Lexicon) -> None:
        self.pending: list[Leaf] = list(terms)
        self._terms = terms
        self._language = language
        self._lexicon = lexicon
        self._further: dict[str, list[Leaf]] = {}
        self.forget()

    @property
    def held(self) -> int:
        """How many stretches are remembered."""
        return len(self._known)

    def forget(self) -> None:
        """Drop what is remembered of the words of articles; it is learned again."""
        self._known = _Known(self._learned)
        self._by_key: dict[str, list[Form]] = {}
        self._by_head: dict[str, list[Form]] = {}

    def read(self, document: Document) -> Reading:
        """The article as the watches see it; takes in all that is pending first."""
        self.catch_up(len(self.pending))
        forms_of = self._known.__getitem__
        units = list(chain.from_iterable(map(forms_of, cut(document.article.title))))
        title_length = len(units)
        units.append(_GAP)
        units.extend(chain.from_iterable(map(forms_of, cut(document.article.text))))
        return Reading(document, units, title_length)

    def catch_up(self, most: int) -> None:
        """Take in, or leave out, at most so many of the leaves that came and went."""
        for _ in range(min(most, len(self.pending))):
            leaf = self.pending.pop()
            if leaf.uses:
                self._take_in(leaf)
            else:
                self._leave_out(leaf)

    def _keys(self, leaf: Leaf) -> tuple[str, ...]:
        """What a word in any form is found by; asked once for each change, since a dictionary takes its time."""
        return self._lexicon(leaf.exact, leaf.folded, self._language) if leaf.manner == "any form" else ()

    def _take_in(self, leaf: Leaf) -> None:
        keys = self._keys(leaf)
        for key in keys[1:]:
            sharing = self._further.setdefault(key, [])
            if leaf not in sharing:
                sharing.append(leaf)
        for form in self._hits(leaf, keys) if self._by_key else ():
            if leaf not in form.leaves:
                form.leaves = (*form.leaves, leaf)
            form.find_pairs()

    def _leave_out(self, leaf: Leaf) -> None:
        keys = self._keys(leaf)
        for key in keys[1:]:
            left = [other for other in self._further.pop(key, ()) if other is not leaf]
            if left:
                self._further[key] = left
        for form in self._hits(leaf, keys):
            form.leaves = tuple(other for other in form.leaves if other is not leaf)
            form.find_pairs()

    def _hits(self, leaf: Leaf, keys: tuple[str, ...]) -> Iterable[Form]:
        """The forms known so far that the leaf, which has these keys, is a hit of."""
        folded = leaf.folded
        if leaf.manner == "any form":
            return list(chain.from_iterable(self._by_key.get(key, ()) for key in keys))
        if leaf.manner == "beginning":
            heads = (
                [folded[:_HEAD]]
                if len(folded) >= _HEAD
                else [head for head in self._by_head if head[: len(folded)] == folded]
            )
            under = chain.from_iterable(self._by_head.get(head, ()) for head in heads)
            return [form for form in under if form.folded.startswith(folded)]
        found = [form for form in self._by_key.get(folded, ()) if form.folded == folded]
        return found if leaf.manner == "this form" else [form for form in found if form.exact == leaf.exact]

    def _learned(self, stretch: str) -> tuple[Form, ...]:
        """The forms of a stretch, the joined one hung on the first of its parts; remembered unless it is too long."""
        if len(stretch) > _LONGEST_REMEMBERED:
            return self._analysed(stretch)
        if is_plain(stretch):
            folded = stretch.lower() if stretch.isascii() else fold(stretch)
            if folded == stretch:
                folded = stretch  # one string rather than two
            form = self._form(stretch, folded, self._lexicon(stretch, folded, self._language))
            self._remember(form)
            found: tuple[Form, ...] = (form,)
        else:
            found = self._analysed(stretch)
            for form in found:
                self._remember(form)
                if form.joined is not None:
                    self._remember(form.joined[0])
        self._known[stretch] = found
        return found

    def _analysed(self, stretch: str) -> tuple[Form, ...]:
        forms: list[Form] = []
        for token in tokens(stretch, self._language, self._lexicon):
            form = self._form(token.exact, token.folded, token.keys)
            if token.length == 1:
                forms.append(form)
            else:
                forms[0].joined = form, token.length
        return tuple(forms)

    def _remember(self, form: Form) -> None:
        by_key, head = self._by_key, form.folded[:_HEAD]
        for key in form.keys:
            if key in by_key:
                by_key[key].append(form)
            else:
                by_key[key] = [form]
        if head in self._by_head:
            self._by_head[head].append(form)
        else:
            self._by_head[head] = [form]

    def _form(self, exact: str, folded: str, keys: tuple[str, ...]) -> Form:
        terms, further = self._terms, self._further
        found: tuple[Leaf, ...] = ()
        for key in keys:
            found += terms.any_form.get(key, ())
            if key in further:
                found += tuple(further[key])
        if len(keys) > 1 and len(found) > 1:
            found = tuple(dict.fromkeys(found))
        if folded in terms.this_form:
            found += (terms.this_form[folded],)
        if terms.exact and (folded, exact) in terms.exact:
            found += (terms.exact[folded, exact],)
        for length in terms.beginning_lengths:
            if folded[:length] in terms.beginnings and length <= len(folded):
                found += (terms.beginnings[folded[:length]],)
        return Form(folded, exact, keys, found)
