"""The outside programs of the tests: what packages.txt brings, and a PostgreSQL cluster of our own."""

from __future__ import annotations

import glob
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PROGRAMS = {
    "chromium": "chromium",
    "default-jdk-headless": "javac",
    "libnss3-tools": "certutil",
    "maven": "mvn",
    "mupdf-tools": "mutool",
    "openssl": "openssl",
    "poppler-utils": "pdfsig",
    "postgresql": "initdb",
    "qpdf": "qpdf",
    "zbar-tools": "zbarimg",
}


LIGHT_BROWSER = "chromium-headless-shell"
FORGETFUL = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"
"""For a cluster whose own processes nobody kills, and of tables that tests fill and empty: statistics that are taken
between two tests tell the planner that there are no rows. Proofs and measurements take a cluster as it comes."""


def packages() -> list[str]:
    lines = (REPOSITORY / "packages.txt").read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def program(name: str) -> str | None:
    """The path of a program; PostgreSQL's are not on the PATH of Debian."""
    found = shutil.which(name)
    return found or next(iter(sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)), None)


def missing_packages() -> list[str]:
    return [package for package, name in PROGRAMS.items() if program(name) is None]


def browser() -> str | None:
    """Chromium without a window, where the system has it apart: the same engine for two thirds of the work."""
    return program(LIGHT_BROWSER) or program("chromium")


def compiled(source: Path, folder: Path) -> str:
    """Compiles a Java program into the folder, and gives the classpath that runs it.

    Its packages come from Maven as the `pom.xml` beside it says; each is the one whose hash `jars.sha256` holds.
    """
    here, listed = source.parent, folder / "classpath"
    subprocess.run(
        ["mvn", "-q", "-f", str(here / "pom.xml"), "dependency:build-classpath", f"-Dmdep.outputFile={listed}"],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    known = dict(line.split()[::-1] for line in (here / "jars.sha256").read_text().splitlines())
    for jar in map(Path, listed.read_text().split(":")):
        assert hashlib.sha256(jar.read_bytes()).hexdigest() == known.get(jar.name), jar.name
    classpath = f"{listed.read_text()}:{folder}"
    subprocess.run(["javac", "-nowarn", "-cp", classpath, "-d", str(folder), str(source)], check=True,
                   stderr=subprocess.DEVNULL)  # fmt: skip
    return classpath


def install_missing() -> list[str]:
    """Installs what is missing where we may (root on Debian); returns what is missing still."""
    missing = missing_packages()
    if (missing or not program(LIGHT_BROWSER)) and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False)
        for wanted in (packages(), [LIGHT_BROWSER]):  # the second is not in every system, and we do without
            command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted]
            subprocess.run(command, env=quiet, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        missing = missing_packages()
    return missing


@contextmanager
def postgresql(more: str = "", language: str = "") -> Iterator[str]:
    """A cluster of its own on a Unix socket, gone afterwards; gives its URL. initdb refuses root, so root lends.

    `more` are further options of the server (`FORGETFUL`). `language`: text is ordered by its rules where a statement
    does not say otherwise, as a state's server may be set up; by bytes without it, and before PostgreSQL 15.
    """
    folder = Path(tempfile.mkdtemp(prefix="pencere-pg-"))
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    lend = ["runuser", "-u", user, "--"] if os.geteuid() == 0 else []
    if os.geteuid() == 0:
        owner = pwd.getpwnam(user)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    folder.chmod(0o755)
    cluster = folder / "cluster"
    initdb = str(program("initdb"))
    _quietly([*lend, initdb, "-D", str(cluster), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
              *_ordered_as(language, initdb)])  # fmt: skip
    here = f"-c listen_addresses='' -c unix_socket_directories={folder}"
    options = f"{here} -c max_connections=90 -c shared_buffers=64MB {more}"
    log = str(folder / "log")
    _quietly([*lend, str(program("pg_ctl")), "-D", str(cluster), "-w", "-l", log, "-o", options, "start"])
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        _quietly([*lend, str(program("pg_ctl")), "-D", str(cluster), "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def _ordered_as(language: str, initdb: str) -> list[str]:
    said = subprocess.run([initdb, "--help"], capture_output=True, text=True, check=True).stdout
    return ["--locale-provider=icu", f"--icu-locale={language}"] if language and "--icu-locale" in said else []


def _quietly(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{command[-1]}: {done.stdout}{done.stderr}")
