"""The preview's application, with the worker beside it in one process (both see one stage); it ends with its head."""

from __future__ import annotations

import threading

from django.core.wsgi import get_wsgi_application

from pencere.base.parent import end_with_parent
from pencere.conf import working

application = get_wsgi_application()
end_with_parent()
threading.Thread(target=working.work, args=(threading.Event(),), name="work", daemon=True).start()
