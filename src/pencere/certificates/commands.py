"""`pencere key …` and `pencere verify FILE|CODE`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pencere.base import clock
from pencere.base.errors import BadInput, Unavailable
from pencere.country.commands import use_page_compiler

if TYPE_CHECKING:
    from pencere.certificates.keys import SealKey
    from pencere.country.checking import CompilePage

_SENTENCES = {
    "unknown_agency": "there is no agency {agency}; its id is the name of its file in agencies/",
    "no_key_waits": "{agency} has no key that waits for a certificate: pencere key new {agency} --for seal",
    "not_a_certificate": "the file holds no certificate in PEM",
    "certificate_of_another_key": "the certificate is of another key than the one that waits",
    "not_issued_by_root": "the certificate was not issued under the root in keys/root/root.crt.pem",
    "no_such_key": "{agency} has no key {number}: pencere key list",
}


def _page_compiler() -> CompilePage:
    from pencere.certificates.page_check import load

    return load()


use_page_compiler(_page_compiler)


def _plainly(command: Callable[..., None]) -> Callable[..., None]:
    """A mistake gives one line and exit status 2."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except BadInput as problem:
            sentence = _SENTENCES.get(problem.reason, problem.reason)
            click.echo(sentence.format(**{name: str(value) for name, value in problem.details.items()}), err=True)
            sys.exit(2)
        except Unavailable as problem:
            click.echo(problem.reason, err=True)
            sys.exit(2)

    return run


_for = click.option("--for", "purpose", type=click.Choice(["seal"]), default="seal", show_default=True, help="Use.")
_json = click.option("--json", "as_json", is_flag=True, help="For machines.")


@click.group()
def key() -> None:
    """Keys of the agencies' seals. Files below the data folder, mode 0600."""


@key.command()
@click.argument("agency")
@_for
@click.option("--certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Of the waiting key.")
@_json
@_plainly
def new(agency: str, purpose: str, certificate: Path | None, as_json: bool) -> None:
    """Make a key. In the demo with its certificate; elsewhere with a request, whose answer --certificate brings in."""
    from pencere.certificates import seals

    now = clock.now()
    if certificate is not None:
        made = seals.store().take_certificate(agency, certificate.read_bytes(), now)
    else:
        made = seals.store().new(seals.holder(agency, now), now)
    _published()
    _show([made], as_json)
    if made.state == "waiting":
        request = seals.store().folder / agency / f"seal-{made.number}.csr.pem"
        click.echo(f"Send {request} to your certification authority, then:", err=True)
        click.echo(f"pencere key new {agency} --for seal --certificate FILE", err=True)


@key.command("list")
@_json
@_plainly
def list_(as_json: bool) -> None:
    """All keys with their state and window."""
    from pencere.certificates import seals

    _show(list(seals.store().seals()), as_json)


@key.command()
@click.argument("agency")
@_for
@_json
@_plainly
def rotate(agency: str, purpose: str, as_json: bool) -> None:
    """Make a new key and retire the one in use. What the old one sealed stays good."""
    from pencere.certificates import seals

    now = clock.now()
    made = seals.store().rotate(seals.holder(agency, now), now)
    _published()
    _show([made], as_json)


@key.command()
@click.argument("agency")
@_for
@click.option("--number", type=int, required=True, help="Of the key, as `pencere key list` shows it.")
@click.option("--compromised", is_flag=True, help="Nothing that it sealed is believed any more by its seal alone.")
@_json
@_plainly
def retire(agency: str, purpose: str, number: int, compromised: bool, as_json: bool) -> None:
    """End a key."""
    from pencere.certificates import seals

    ended = seals.store().retire(agency, number, clock.now(), compromised=compromised)
    _published()
    _show([ended], as_json)


def _published() -> None:
    from pencere.certificates import seals

    try:
        seals.publish(clock.now())
    except Unavailable as problem:
        click.echo(f"The trust list is not written yet: {problem.reason}", err=True)


def _show(keys: list[SealKey], as_json: bool) -> None:
    from pencere.certificates.keys import fingerprint

    rows = [
        {
            "agency": one.agency,
            "number": one.number,
            "state": one.state,
            "since": one.since.isoformat(timespec="seconds") if one.since else None,
            "until": one.until.isoformat(timespec="seconds") if one.until else None,
            "fingerprint": fingerprint(one.certificate) if one.chain else None,
        }
        for one in keys
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        window = (
            f"{str(row['since'])[:10]} to {str(row['until'])[:10]}" if row["since"] else "waits for its certificate"
        )
        click.echo(f"{row['agency']} seal {row['number']}: {row['state']}, {window}")
        if row["fingerprint"]:
            click.echo(f"  SHA-256 {row['fingerprint']}")


@click.command(context_settings={"ignore_unknown_options": True})  # a code may begin with a dash
@click.argument("what", metavar="FILE|CODE")
@click.option(
    "--trust", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Trust list; then nothing is asked."
)
@_json
@_plainly
def verify(what: str, trust: Path | None, as_json: bool) -> None:
    """Check a document. Exit status: 0 genuine, 1 not genuine, 2 cannot tell.

    A FILE is checked by its seal with the trust list and, without --trust, in this installation's database, too.
    """
    from pencere.certificates import verdicts
    from pencere.certificates.rules import code_in

    path, code = Path(what), code_in(what)
    if path.is_file():
        verdict = verdicts.of_file(path, trust)
    elif trust is not None:
        raise click.UsageError(f"{what}: there is no such file; with --trust only a file can be checked")
    elif code is not None:
        verdict = verdicts.of_code(code)
    else:
        raise click.UsageError(f"{what}: there is no such file, and it is not a code of 22 letters and digits")
    if as_json:
        click.echo(json.dumps(verdict.words(), ensure_ascii=False, indent=1))
    else:
        click.echo(verdict.sentence)
    sys.exit(0 if verdict.genuine else 1)


COMMANDS: list[click.Command] = [key, verify]
