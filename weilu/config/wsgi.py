"""Django's WSGI application, for servers that know no other; `weilu up` runs `rsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "weilu.config.settings")

application = get_wsgi_application()
