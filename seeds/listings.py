"""How a site lists its articles for machines: an RSS feed, a news sitemap, robots.txt. Pure."""

from collections.abc import Sequence
from email.utils import format_datetime
from html import escape

from seeds.texts import SeedArticle

_RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>{site}</title>
<link>{base_url}/</link>
<atom:link href="{base_url}/feed/" rel="self" type="application/rss+xml"/>
<description>Chaque matin, le monde vu de la vallée</description>
{entries}
</channel>
</rss>
"""
_RSS_ENTRY = """<item>
<title>{title}</title>
<link>{url}</link>
<guid isPermaLink="true">{url}</guid>
<dc:creator>{author}</dc:creator>
<pubDate>{date}</pubDate>
<category>{category}</category>
<description>{teaser}</description>
</item>"""

_SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
{entries}
</urlset>
"""
_SITEMAP_ENTRY = """<url>
<loc>{url}</loc>
<news:news>
<news:publication><news:name>{site}</news:name><news:language>{lang}</news:language></news:publication>
<news:publication_date>{date}</news:publication_date>
<news:title>{title}</news:title>
</news:news>
</url>"""

_ROBOTS = """User-agent: *
Disallow: /admin/

Sitemap: {base_url}/news-sitemap.xml
"""


def rss(articles: Sequence[SeedArticle], base_url: str, site: str) -> str:
    """The feed, its entries in the order given; `base_url` has no slash at its end."""
    entries = "\n".join(
        _RSS_ENTRY.format(
            title=escape(article.title),
            url=escape(base_url + article.path),
            author=escape(article.author),
            date=format_datetime(article.published_at),
            category=escape(article.category),
            teaser=escape(article.teaser),
        )
        for article in articles
    )
    return _RSS.format(site=escape(site), base_url=base_url, entries=entries)


def news_sitemap(articles: Sequence[SeedArticle], base_url: str, site: str) -> str:
    """The sitemap with the news extension, in the order given."""
    entries = "\n".join(
        _SITEMAP_ENTRY.format(
            url=escape(base_url + article.path),
            site=escape(site),
            lang=article.lang,
            date=article.published_at.isoformat(timespec="seconds"),
            title=escape(article.title),
        )
        for article in articles
    )
    return _SITEMAP.format(entries=entries)


def robots_txt(base_url: str) -> str:
    """What crawlers may do: everything but `/admin/`; and where the sitemap is."""
    return _ROBOTS.format(base_url=base_url)
