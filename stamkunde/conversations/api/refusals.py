"""How refusals about conversations are told to machines."""

from stamkunde.conversations.refusals import ConversationRefused, Stale
from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.versions import stale


@said_as(ConversationRefused)
def _refused(error: ConversationRefused) -> Problem:
    return invalid(error.sentence, error.field)


@said_as(Stale)
def _stale(error: Stale) -> Problem:
    return stale()
