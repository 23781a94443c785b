"""Reads `PENCERE_*` from the environment, once, loudly: a bad value or an unknown name is an error.

docs/run/configuration.md holds the same table; a test holds them together. Secrets are never values
of the environment: they are files in the data folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

REPOSITORY = Path(__file__).resolve().parents[3]


class BadConfiguration(Exception):
    """A `PENCERE_*` value cannot be read; the text says which, and what was expected."""


@dataclass(frozen=True, slots=True)
class Name:
    """One name of the environment: its default as written, and what it is for."""

    name: str
    default: str
    meaning: str


NAMES = (
    Name("PENCERE_DATA", "var", "folder of everything that is kept: database, keys, papers"),
    Name("PENCERE_DATABASE", "", "`sqlite:///PATH` or `postgresql://USER@HOST/NAME`; empty: SQLite in the data folder"),
    Name("PENCERE_COUNTRY", "countries/azerbaijan", "folder of the country's declarations"),
    Name("PENCERE_URL", "http://localhost:8000", "the one public name; requests to other hosts are redirected to it"),
    Name("PENCERE_ADDRESS", "127.0.0.1:8000", "where the web server listens"),
    Name(
        "PENCERE_DEMO",
        "",
        "`yes`: the demo (invented persons, its own sign-in, keys named DEMO); empty: as the data folder is marked",
    ),
    Name("PENCERE_DEMO_IDP_ADDRESS", "127.0.0.1:8010", "where the demo's sign-in provider listens"),
    Name("PENCERE_STAND_IN_ADDRESS", "127.0.0.1:8030", "where the demo's stand-in for other agencies' systems listens"),
    Name("PENCERE_DEMO_PAYMENTS_ADDRESS", "127.0.0.1:8020", "where the demo's payment provider listens"),
    Name("PENCERE_PAYMENTS_URL", "", "address of the payment provider; empty in the demo: the demo's own"),
    Name("PENCERE_OIDC_ISSUER", "", "address of the OpenID provider; empty in the demo: the demo's own"),
    Name(
        "PENCERE_OIDC_CLIENT", "pencere", "our name at the OpenID provider; its secret is the file `keys/oidc-secret`"
    ),
    Name(
        "PENCERE_OIDC_IDENTIFIER_CLAIM", "", "claim that holds the person's identifier; empty: the kind's name (`fin`)"
    ),
    Name("PENCERE_HOST_PORTALS", "", "client names, apart by commas, of portals whose sign-ins may use `/api/cases`"),
    Name("PENCERE_WEB_PROCESSES", "1", "number of web processes"),
    Name("PENCERE_WEB_THREADS", "2", "threads of each web process"),
    Name("PENCERE_TRUSTED_PROXIES", "0", "number of reverse proxies in front whose X-Forwarded-* is believed"),
    Name("PENCERE_LOG", "text", "`text` for people or `json` for machines"),
)
TEST_NAMES = ("PENCERE_TEST_DATABASE",)


@dataclass(frozen=True, slots=True)
class Configuration:
    """What an installation may decide, with kinds."""

    data: Path
    database: str
    country: Path
    url: str
    address: tuple[str, int]
    demo: bool
    demo_idp_address: tuple[str, int]
    stand_in_address: tuple[str, int]
    demo_payments_address: tuple[str, int]
    payments: str
    oidc_issuer: str
    oidc_client: str
    oidc_identifier_claim: str
    host_portals: tuple[str, ...]
    web_processes: int
    web_threads: int
    trusted_proxies: int
    log: str

    @property
    def keys(self) -> Path:
        """Folder of keys and secrets; mode 0700, files 0600."""
        return self.data / "keys"

    @property
    def papers(self) -> Path:
        """Folder of sealed certificates."""
        return self.data / "papers"

    @property
    def assets(self) -> Path:
        """Styles, scripts and fonts, built at install from their packages."""
        return REPOSITORY / "var" / "assets"

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def https(self) -> bool:
        return self.url.startswith("https://")

    @property
    def demo_idp_url(self) -> str:
        """The demo provider's public address: the host of the portal, its own port."""
        return f"http://{urlsplit(self.url).hostname}:{self.demo_idp_address[1]}"

    @property
    def demo_payments_url(self) -> str:
        """The public address of the demo's payment provider."""
        return f"http://{urlsplit(self.url).hostname}:{self.demo_payments_address[1]}"

    @property
    def payments_url(self) -> str:
        """Where fees are paid; empty where they cannot be."""
        return self.payments or (self.demo_payments_url if self.demo else "")


def read(environ: Mapping[str, str] = os.environ) -> Configuration:
    """Raises BadConfiguration with one sentence that says what to mend."""
    known = {name.name: name.default for name in NAMES}
    for given in environ:
        if given.startswith("PENCERE_") and given not in known and given not in TEST_NAMES:
            close = get_close_matches(given, known, 1)
            raise BadConfiguration(f"{given}: unknown name" + (f", did you mean {close[0]}?" if close else ""))
    values = {name: environ.get(name, default) for name, default in known.items()}
    data = _folder(values["PENCERE_DATA"])
    return Configuration(
        data=data,
        database=_database(values["PENCERE_DATABASE"] or f"sqlite:///{data / 'pencere.sqlite3'}"),
        country=_folder(values["PENCERE_COUNTRY"]),
        url=_url("PENCERE_URL", values["PENCERE_URL"]),
        address=_address("PENCERE_ADDRESS", values["PENCERE_ADDRESS"]),
        demo=_demo(data, values["PENCERE_DEMO"]),
        demo_idp_address=_address("PENCERE_DEMO_IDP_ADDRESS", values["PENCERE_DEMO_IDP_ADDRESS"]),
        stand_in_address=_address("PENCERE_STAND_IN_ADDRESS", values["PENCERE_STAND_IN_ADDRESS"]),
        demo_payments_address=_address("PENCERE_DEMO_PAYMENTS_ADDRESS", values["PENCERE_DEMO_PAYMENTS_ADDRESS"]),
        payments=_url("PENCERE_PAYMENTS_URL", values["PENCERE_PAYMENTS_URL"]) if values["PENCERE_PAYMENTS_URL"] else "",
        oidc_issuer=_url("PENCERE_OIDC_ISSUER", values["PENCERE_OIDC_ISSUER"]) if values["PENCERE_OIDC_ISSUER"] else "",
        oidc_client=values["PENCERE_OIDC_CLIENT"],
        oidc_identifier_claim=values["PENCERE_OIDC_IDENTIFIER_CLAIM"],
        host_portals=tuple(name.strip() for name in values["PENCERE_HOST_PORTALS"].split(",") if name.strip()),
        web_processes=_number("PENCERE_WEB_PROCESSES", values["PENCERE_WEB_PROCESSES"], 1, 64),
        web_threads=_number("PENCERE_WEB_THREADS", values["PENCERE_WEB_THREADS"], 1, 64),
        trusted_proxies=_number("PENCERE_TRUSTED_PROXIES", values["PENCERE_TRUSTED_PROXIES"], 0, 8),
        log=_one_of("PENCERE_LOG", values["PENCERE_LOG"], ("text", "json")),
    )


def _demo(data: Path, value: str) -> bool:
    """`run --demo` marks its folder, so that no later command takes invented persons for real ones."""
    marked = (data / "demo").is_dir()
    if value and marked and not _yes_or_no("PENCERE_DEMO", value):
        raise BadConfiguration(f"PENCERE_DEMO: {data} is the folder of a demo; use another PENCERE_DATA")
    return marked or (bool(value) and _yes_or_no("PENCERE_DEMO", value))


def _folder(value: str) -> Path:
    path = Path(value).expanduser()
    return path if path.is_absolute() else REPOSITORY / path


def _url(name: str, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadConfiguration(f"{name}: {value!r} is no address; write it like https://example.gov.az")
    return value.rstrip("/")


def _address(name: str, value: str) -> tuple[str, int]:
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise BadConfiguration(f"{name}: {value!r} is no host:port; write it like 127.0.0.1:8000")
    return host.strip("[]"), int(port)


def _database(value: str) -> str:
    if not value.startswith(("sqlite:///", "postgresql://")):
        raise BadConfiguration("PENCERE_DATABASE: write sqlite:///PATH or postgresql://USER@HOST/NAME")
    return value


def _yes_or_no(name: str, value: str) -> bool:
    return _one_of(name, value, ("yes", "no")) == "yes"


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise BadConfiguration(f"{name}: {value!r} is not one of {', '.join(allowed)}")
    return value


def _number(name: str, value: str, least: int, most: int) -> int:
    if not value.isdigit() or not least <= int(value) <= most:
        raise BadConfiguration(f"{name}: {value!r} is not a number from {least} to {most}")
    return int(value)
