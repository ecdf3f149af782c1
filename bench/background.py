"""Count in how many texts each word stands, for the first stories of an archive that has learned nothing yet.

    python -m bench.background TEXTS... [--to matching/background]

TEXTS are corpora as bench/corpus.py describes them (what is annotated is counted, else what is extracted), folders of
JSON files with `language`, `title` and `text` (tests/pages/french), and folders of a manual in HTML with a folder for
each language (`fr-FR`), which is cut into stretches of a few hundred words. Written are numbers only: of each language
the number of texts, and of each word that stands in at least two how many hold it. docs/stories.md names the sources
of the tables that are shipped, and their licences.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import py3langid
from lxml import html

from bench.corpus import CorpusError, annotated_pages
from extraction.article import extract_article
from matching import DictionaryLexicon, Lexicon, tokens
from matching.background import FOLDER, written
from matching.terms import terms
from news.article import Article, Page

_FEWEST_TEXTS = 70  # of a language, or its numbers say little
_MOST_WORDS = 8_000  # in a table
_STRETCH = 400  # words of a manual that count as one text

Text = tuple[str, str]  # ISO 639-1 code, and the words


def main() -> None:
    """Count and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", metavar="TEXTS", type=Path, nargs="+", help="an archive or a folder")
    parser.add_argument("--to", metavar="FOLDER", type=Path, default=FOLDER, help="where the tables are written")
    parser.add_argument("--languages", metavar="CODE", nargs="+", help="only these, as in ISO 639-1")
    options = parser.parse_args()
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    documents: Counter[str] = Counter()
    lexicon = DictionaryLexicon()
    try:
        for path in options.texts:
            for language, text in texts_of(path):
                if options.languages and language not in options.languages:
                    continue
                documents[language] += 1
                counted[language].update(distinct(text, language, lexicon))
    except CorpusError as error:
        sys.exit(str(error))
    options.to.mkdir(exist_ok=True)
    for language, number in sorted(documents.items()):
        if number < _FEWEST_TEXTS:
            continue
        ordered = sorted(counted[language].items(), key=lambda one: (-one[1], one[0]))
        common = {word: times for word, times in ordered[:_MOST_WORDS] if times > 1}
        (options.to / f"{language}.txt").write_text(written(number, common), encoding="utf-8")
        print(f"{language}: {number} texts, {len(common)} words")


def distinct(text: str, language: str, lexicon: Lexicon) -> set[str]:
    """The terms of a text: its lemmas, and its words as they are folded; a lexicon may know more or less one day."""
    lemmas = {term for term, _ in terms(tokens(text, language, lexicon))}
    return lemmas | {term for term, _ in terms(tokens(text))}


def texts_of(path: Path) -> Iterator[Text]:
    """The texts of a corpus or a folder, with their languages. Raises CorpusError."""
    if path.is_dir() and not (path / "gold.jsonl").exists():
        yield from _of_manual(path) if any(path.glob("*/*.html")) else _of_json(path)
        return
    for page in annotated_pages(path):
        article = extract_article(Page(page.gold.url, page.body, "text/html"))
        if isinstance(article, Article) and article.language:
            yield article.language, f"{page.gold.title or article.title}\n\n{page.gold.text or article.text}"


def _of_json(path: Path) -> Iterator[Text]:
    for file in sorted(path.glob("*.json")):
        gold = json.loads(file.read_text(encoding="utf-8"))
        yield gold["language"], f"{gold['title']}\n\n{gold['text']}"


def _of_manual(path: Path) -> Iterator[Text]:
    """Stretches of a manual; what is left in its first language, untranslated, is told by each paragraph's words."""
    for folder in sorted(path.iterdir()):
        language = folder.name.partition("-")[0]
        words: list[str] = []
        for paragraph in (text for file in sorted(folder.glob("*.html")) for text in _paragraphs(file)):
            if py3langid.classify(paragraph)[0] == language:
                words += paragraph.split()
            if len(words) >= _STRETCH:
                yield language, " ".join(words)
                words = []


def _paragraphs(file: Path) -> Iterator[str]:
    for element in html.parse(str(file)).iter("div"):
        if element.get("class") == "para":
            yield element.text_content()


if __name__ == "__main__":
    main()
