"""The command line: one file per command, loaded when it is called."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Final

import click

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "init": ("bot.cli.init:init", "Write a starter policy, full of comments."),
    "serve": ("bot.cli.serve:serve", "Run the desk: intake, jobs and chat, until stopped."),
    "demo": ("bot.cli.demo:demo", "Watch a fictional company answer the public."),
    "replay": ("bot.cli.replay:replay", "Feed the mentions of FILE (JSON lines) to the desk"),
    "policy": (
        "bot.cli.policy:policy",
        "Look at a policy: does it fit together, and where would mentions go?",
    ),
    "cases": ("bot.cli.cases:cases", "List cases, most urgent first."),
    "show": ("bot.cli.show:show", "Show a case with its mentions, notes and history."),
    "say": ("bot.cli.say:say", "Say WORDS as a person would type them, and print the reply."),
    "signin": (
        "bot.cli.signin:signin",
        "Print a link that signs EMAIL in to the web chat, once, for ten minutes.",
    ),
    "digest": ("bot.cli.digest:digest", "Print a department's digest, or by their e-mail the one"),
    "manifest": (
        "bot.cli.manifest:manifest",
        "Write what a chat platform has to know of Baton: its commands, events and permissions.",
    ),
    "doctor": (
        "bot.cli.doctor:doctor",
        "Say what is wrong with settings, policy, database and chats, and how to mend it.",
    ),
    "audit": ("bot.cli.audit:audit", "Prove that nobody changed what the desk recorded."),
    "export": (
        "bot.cli.export:export",
        "Write out what the desk knows: of a case, a colleague, a customer, or a time.",
    ),
    "erase": ("bot.cli.erase:erase", "Erase a customer's data everywhere and for good."),
    "migrate": ("bot.cli.migrate:migrate", "Bring the database to this program's shape; safe to repeat."),
}
"""name -> (where the command is, the beginning of its help), in the order in which a newcomer needs them.

The help stands here a second time so that `baton --help` need not load every room.
"""


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}:{attribute} is no command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], COMMANDS, n=1)
            meant = f" Did you mean `baton {near[0]}`?" if near else ""
            ctx.fail(f'There is no command "{args[0]}".{meant}')
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="baton-desk", prog_name="baton")
def main() -> None:
    """Baton: the desk where a company's departments answer the public together, in chat.

    Settings are environment variables: BATON_POLICY (policy.toml), BATON_DATABASE_URL, BATON_WEB_CHAT (off,
    local, signin) and more in the README. Begin with `baton demo`, or with `baton init` and `baton serve`.
    """
