"""What changed between two texts of an article: a slip of the pen, the page around it, or the news itself."""
