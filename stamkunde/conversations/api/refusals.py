"""How refusals of conversations are told to machines."""

from stamkunde.conversations.refusals import ConversationRefused, KeyReused, Stale, Taken
from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.versions import stale


@said_as(ConversationRefused)
def _refused(error: ConversationRefused) -> Problem:
    return invalid(error.sentence, error.field)


@said_as(Stale)
def _stale(error: Stale) -> Problem:
    return stale()


@said_as(Taken)
def _taken(error: Taken) -> Problem:
    return Problem(409, "taken", error.sentence, members={"owner": error.owner})


@said_as(KeyReused)
def _key_reused(error: KeyReused) -> Problem:
    return Problem(422, "key_reused", error.sentence)
