"""The `pencere` command: every part's commands, found by discovery (`<part>/commands.py`, list COMMANDS).

A command is `plain` when it needs neither database nor settings (`check`, `build`); for all others Django is
set up first. A mistake gives one clear line and exit status 2; `--json` gives machine output.
"""

from __future__ import annotations

import os
import sys

import click

from pencere.base.errors import BadDeclaration
from pencere.conf import discovery
from pencere.conf.configuration import BadConfiguration
from pencere.conf.version import VERSION


class _Discovered(click.Group):
    def _all(self) -> dict[str, click.Command]:
        return {str(command.name): command for module in discovery.modules("commands") for command in module.COMMANDS}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self._all())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self._all().get(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and not getattr(command, "plain", False) and not {"--help", "-h"} & set(rest):
            _set_up_django()
        return name, command, rest


def _set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pencere.conf.settings")
    import django

    django.setup()


@click.group(cls=_Discovered, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="pencere")
def pencere() -> None:
    """Pəncərə: a state's digital services as software."""


def main() -> None:
    try:
        pencere(prog_name="pencere")
    except (BadConfiguration, BadDeclaration) as problem:
        click.echo(str(problem), err=True)
        sys.exit(2)
