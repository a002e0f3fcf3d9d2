"""The vocabulary: every distinct word by which customers are found, with how it sounds."""

from django.db import models


class NameWord(models.Model):
    """One folded word; words of addresses begin with @."""

    word = models.CharField(max_length=48, unique=True)
    sound = models.CharField(max_length=48)

    def __str__(self) -> str:
        return self.word
