"""The use cases, one verb a file: what Vigie does, put together from the stages."""
