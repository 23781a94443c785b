"""The provider's entry."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "pencere.conf.demo_provider"
application = get_wsgi_application()
