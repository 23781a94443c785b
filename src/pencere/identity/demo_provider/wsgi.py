"""The provider's entry."""

import os

from django.core.wsgi import get_wsgi_application

from pencere.base.parent import end_with_parent

os.environ["DJANGO_SETTINGS_MODULE"] = "pencere.conf.demo_provider"
application = get_wsgi_application()
end_with_parent()
