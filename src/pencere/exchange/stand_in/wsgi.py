"""The stand-in's entry, in the process that serves."""

import os
import threading

import django

from pencere.base.parent import end_with_parent

os.environ["DJANGO_SETTINGS_MODULE"] = "pencere.conf.stand_in"
django.setup()

from pencere.exchange.stand_in.server import application  # noqa: E402
from pencere.ledger.actions import seal_loop  # noqa: E402

__all__ = ["application"]

threading.Thread(target=seal_loop, args=(threading.Event(),), name="seal", daemon=True).start()
end_with_parent()
