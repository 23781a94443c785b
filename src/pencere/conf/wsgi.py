"""The web server's entry; loaded in a process of granian's, which ends with its head."""

import os

from django.core.wsgi import get_wsgi_application

from pencere.base.parent import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pencere.conf.settings")
application = get_wsgi_application()
end_with_parent()
