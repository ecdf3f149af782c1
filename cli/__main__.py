"""`python -m cli` is `vigie`."""

from cli.main import main

main()
