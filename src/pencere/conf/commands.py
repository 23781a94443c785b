"""Commands that run the installation: `run`, `web`, `worker`, `migrate`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--demo", is_flag=True, help="Synthetic persons, their own sign-in provider, keys named DEMO.")
@click.option("--persons", type=click.IntRange(50, 10_000_000), default=10_000, show_default=True)
def run(demo: bool, persons: int) -> None:
    """Start everything: web, worker and, in the demo, what stands in for others. Ctrl+C stops it."""
    from pencere.conf.running import run as run_all

    raise SystemExit(run_all(demo=demo, persons=persons))


@click.command()
def web() -> None:
    """Serve the pages (one process tree of granian)."""
    from pencere.conf.serving import serve_portal

    serve_portal()


@click.command()
def worker() -> None:
    """Do what was put off: jobs, the ledger's seal each second, what is due each minute."""
    from pencere.conf.working import work

    work()


@click.command()
def migrate() -> None:
    """Bring the tables of the database up to this version."""
    from pencere.conf.preparing import migrate as bring_up

    bring_up()


@click.command()
@click.option("--persons", type=click.IntRange(50, 10_000_000), default=10_000, show_default=True)
def prepare(persons: int) -> None:
    """Make tables, keys and, in the demo, the nation. Safe to repeat; `run` does it by itself."""
    from django.conf import settings

    from pencere.conf import preparing

    preparing.prepare(demo=settings.PENCERE.demo, persons=persons)


@click.command()
@click.argument("service")
@click.option("--country", type=click.Path(exists=True, path_type=Path), help="The country's folder.")
@click.option("--address", default="127.0.0.1:8030", show_default=True, help="Where it listens; this machine only.")
def preview(service: str, country: Path | None, address: str) -> None:
    """Show the pages of SERVICE with invented facts; they change when a file is saved."""
    from pencere.conf.preview.running import preview as show
    from pencere.country.commands import country_folder
    from pencere.country.reading import load
    from pencere.country.records import did_you_mean

    folder = country_folder(country)
    known = load(folder).services
    if service not in known:
        raise click.UsageError(f'there is no service "{service}"{did_you_mean(service, known)}')
    raise SystemExit(show(service, folder, address))


preview.plain = True  # type: ignore[attr-defined]
run.plain = True  # type: ignore[attr-defined]
COMMANDS: list[click.Command] = [run, web, worker, migrate, prepare, preview]
