"""The preview's application, with the worker beside it in one process, so that both see the same stage."""

from __future__ import annotations

import threading

from django.core.wsgi import get_wsgi_application

from pencere.conf import working

application = get_wsgi_application()
threading.Thread(target=working.work, args=(threading.Event(),), name="work", daemon=True).start()
