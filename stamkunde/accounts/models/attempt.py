"""The counted attempts that throttle whatever can be guessed."""

from django.db import models


class Attempt(models.Model):
    """How many times something was tried from one place in a window of time; exact across processes."""

    key = models.CharField(max_length=100, unique=True)
    count = models.PositiveIntegerField(default=0)
    # How many windows in a row have been used up: each makes the next wait longer.
    rounds = models.PositiveSmallIntegerField(default=0)
    window_ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key
