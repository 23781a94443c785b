"""A whole installation for a test: its own folder, ports, database and processes, as `pencere run --demo` makes it.

Used by journeys, faults and bench. Everything is on loopback and ends with the test. Where `PREPARED` names a folder
(`tests.run`), those who ask for it start on a copy of what one `pencere prepare` has made there for all of them.
"""

from __future__ import annotations

import fcntl
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pencere.conf.running import die_with_parent
from tests import tools


@dataclass
class Installation:
    data: Path
    environment: dict[str, str]
    url: str
    log: Path
    process: subprocess.Popen[bytes] | None = None
    extra: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, persons: int = 300, wait: float = 120, *, prepared: bool = False) -> None:
        """`pencere run --demo`, until the portal and the demo's providers answer.

        `prepared`: it need not be the first start of all; that is tried by those who do not say so.
        """
        if prepared and "PREPARED" in os.environ:
            self._lay(Path(os.environ["PREPARED"]), persons)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pencere", "run", "--demo", "--persons", str(persons)],
                env=self.environment,
                stdout=log,
                stderr=log,
                cwd=tools.REPOSITORY,
                start_new_session=True,
                preexec_fn=die_with_parent,  # a test run that is cut off leaves no installation behind
            )
        self.wait_until_ready(wait)

    def wait_until_ready(self, seconds: float = 60) -> None:
        provider = self.environment["PENCERE_DEMO_IDP_ADDRESS"].rpartition(":")[2]
        payments = self.environment["PENCERE_DEMO_PAYMENTS_ADDRESS"].rpartition(":")[2]
        stand_in = self.environment["PENCERE_STAND_IN_ADDRESS"].rpartition(":")[2]
        places = [
            f"http://localhost:{stand_in}/health/live",
            f"{self.url}/health/ready",
            f"http://localhost:{provider}/.well-known/openid-configuration",
            f"http://localhost:{payments}/health/live",
        ]
        until = time.monotonic() + seconds
        while places:
            if self.process is not None and self.process.poll() is not None:
                raise RuntimeError(f"the installation ended:\n{self.log.read_text()[-4000:]}")
            if time.monotonic() > until:
                raise TimeoutError(f"not ready: {places}\n{self.log.read_text()[-4000:]}")
            places = [place for place in places if not _answers(place)]
            time.sleep(0.1)

    def _lay(self, folder: Path, persons: int) -> None:
        """What a first start makes, into the empty folder and database; made by whoever wants it first."""
        url = self.environment.get("PENCERE_DATABASE", "")
        country = Path(self.environment["PENCERE_COUNTRY"]).name
        kept = folder / f"{country}-{persons}{'-postgresql' if url else ''}"
        database = f"{folder.name}-{kept.name}".replace("-", "_")
        with kept.with_suffix(".lock").open("w") as alone:
            fcntl.flock(alone, fcntl.LOCK_EX)
            if not kept.exists():
                fresh = kept.with_suffix(".fresh")
                sound = {"PENCERE_DATA": str(fresh), "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
                if url:
                    sound["PENCERE_DATABASE"] = _database(database)
                self.command("prepare", "--persons", str(persons), more=sound)
                fresh.rename(kept)
            shutil.copytree(kept, self.data, dirs_exist_ok=True)
            if url:
                _drop_database(url)
                _database(urlsplit(url).path.lstrip("/"), f'TEMPLATE "{database}"')

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def kill_everything(self) -> None:
        """The power goes out: every process of the tree at once, no goodbye."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def command(
        self, *words: str, check: bool = True, more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """A `pencere` command on this installation."""
        return subprocess.run(
            [sys.executable, "-m", "pencere", *words],
            env=self.environment | (more or {}),
            cwd=tools.REPOSITORY,
            capture_output=True,
            text=True,
            check=check,
        )

    def logged(self) -> str:
        return self.log.read_text(errors="replace")


@contextmanager
def installation(country: str = "azerbaijan", more: Mapping[str, str] | None = None) -> Iterator[Installation]:
    """Made, not yet started; stopped and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pencere-installation-"))
    web, provider = free_port(), free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PENCERE_", "DJANGO_"))}
    environment |= {
        "PENCERE_DATA": str(folder / "data"),
        "PENCERE_COUNTRY": str(tools.REPOSITORY / "countries" / country),
        "PENCERE_URL": f"http://localhost:{web}",
        "PENCERE_ADDRESS": f"127.0.0.1:{web}",
        "PENCERE_DEMO_IDP_ADDRESS": f"127.0.0.1:{provider}",
        "PENCERE_DEMO_PAYMENTS_ADDRESS": f"127.0.0.1:{free_port()}",
        "PENCERE_STAND_IN_ADDRESS": f"127.0.0.1:{free_port()}",
        "PENCERE_DEMO": "yes",
        "PENCERE_DATABASE": _database(folder.name),
        **(more or {}),
    }
    if not environment["PENCERE_DATABASE"]:
        del environment["PENCERE_DATABASE"]
    made = Installation(folder / "data", environment, environment["PENCERE_URL"], folder / "log")
    try:
        yield made
    finally:
        made.stop()
        _drop_database(environment.get("PENCERE_DATABASE", ""))
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port that nobody listens on, below those the kernel gives to outgoing connections: it stays free till used."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as asked:
            try:
                asked.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return response.status == 200
    except OSError:
        return False


def _database(name: str, how: str = "") -> str:
    """On the PostgreSQL of this run a database of its own; "" for SQLite in the data folder."""
    cluster = os.environ.get("PENCERE_TEST_DATABASE", "")
    if not cluster:
        return ""
    name = name.replace("-", "_")
    _administer(cluster, f'CREATE DATABASE "{name}" {how}')
    parts = urlsplit(cluster)
    return parts._replace(path=f"/{name}").geturl()


def _drop_database(url: str) -> None:
    if url:
        name = urlsplit(url).path.lstrip("/")
        _administer(os.environ["PENCERE_TEST_DATABASE"], f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _administer(cluster: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]
