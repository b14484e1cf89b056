"""`baton init`: a first policy to begin from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

STARTER = "starter.toml"


@click.command()
@click.option(
    "--path",
    type=click.Path(path_type=Path),
    envvar="BATON_POLICY",
    default=Path("policy.toml"),
    show_default="BATON_POLICY, else policy.toml",
    help="Where to write it.",
)
def init(path: Path) -> None:
    """Write a starter policy, full of comments. Never overwrites a file."""
    text = files("bot.policy").joinpath(STARTER).read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise click.ClickException(
            f"{path} is already there and stays as it is. For another one: baton init --path OTHER.toml"
        ) from None
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from None
    click.echo(f"Wrote {path}. Change the lines marked <- and then look whether it fits together:")
    click.echo(f"    baton policy check {path}")
