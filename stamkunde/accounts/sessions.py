"""Where a session is kept: Django's table, read by a statement that is written out, because every page reads it."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as TableStore
from django.db import connection
from django.utils import timezone

_KEPT = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(TableStore):
    def load(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(_KEPT, [self.session_key, connection.ops.adapt_datetimefield_value(timezone.now())])
            kept = cursor.fetchone()
        if kept is None:
            # What was not found is begun anew under a name of its own.
            self._session_key = None
            return {}
        return self.decode(kept[0])
