"""The options that most commands share."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path, typer.Option("--data", envvar="VIGIE_DATA", help="The data folder.", show_default="data", metavar="FOLDER")
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config", envvar="VIGIE_CONFIG", help="The settings [FOLDER/vigie.toml].", metavar="FILE"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

DEFAULT_DATA = Path("data")
