"""Discover and fetch: from a home page to its feeds, from feeds to links, from links to pages, politely and guarded."""
