"""Page to article: text, metadata, dates, language, canonical URL; pure, and run in killable processes."""
