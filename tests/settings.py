"""Settings of the tests: the product's own, with a data folder and a database of the run.

`PENCERE_TEST_DATABASE` (a URL) chooses PostgreSQL; without it the tests run on SQLite, in a real file.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

for _name in [name for name in os.environ if name.startswith("PENCERE_") and name != "PENCERE_TEST_DATABASE"]:
    del os.environ[_name]
_data = Path(tempfile.mkdtemp(prefix="pencere-tests-"))
atexit.register(shutil.rmtree, _data, ignore_errors=True)
os.environ["PENCERE_DATA"] = str(_data)
os.environ["PENCERE_DEMO"] = "yes"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps a loop running in the thread of the tests
_database = os.environ.get("PENCERE_TEST_DATABASE", "")
if _database:
    os.environ["PENCERE_DATABASE"] = _database

from pencere.conf.settings import *  # noqa: E402, F403
from pencere.conf.settings import DATABASES  # noqa: E402

if _database:
    del DATABASES["default"]["OPTIONS"]["pool"]  # a pool's connections would outlive the test database
    DATABASES["default"]["TEST"] = {"NAME": f"pencere_test_{os.getpid()}"}
else:
    DATABASES["default"]["TEST"] = {"NAME": str(_data / "test.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
