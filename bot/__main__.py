"""`baton` and `python -m bot`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

import click

from bot.cli import main as cli

INTERRUPTED: Final = 130
"""What a shell expects of a command that Ctrl-C ended."""


def main(args: Sequence[str] | None = None) -> None:
    """Runs the command and exits: 0, 1 for a refusal, 2 for wrong settings or usage, 130 after Ctrl-C.

    What a person can mend is said in a sentence on standard error; only a surprise shows its traceback.
    """
    sys.exit(run(args))


def run(args: Sequence[str] | None = None) -> int:
    """The command's exit code."""
    try:
        code = cli.main(args=None if args is None else list(args), prog_name="baton", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Exception as error:
        # Imported here: it knows the errors of every room, and `baton --help` should not load them all.
        from bot.cli.failures import told

        known = told(error)
        if known is None:
            raise
        click.echo(known[0], err=True)
        return known[1]
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    main()
