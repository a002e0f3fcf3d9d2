"""The tables of import and export, by noun."""

from stamkunde.exchange.models.export_file import ExportFile, ExportState
from stamkunde.exchange.models.import_run import ImportRun, RunState, SavedMapping
from stamkunde.exchange.models.replay import Replay
from stamkunde.exchange.models.token import Bearer, Pace, Token
from stamkunde.exchange.models.trace import ImportChange, ImportLikeness, ImportProblem, SourceKey
from stamkunde.exchange.models.webhook import MessageState, Webhook, WebhookMessage

__all__ = [
    "Bearer",
    "ExportFile",
    "ExportState",
    "ImportChange",
    "ImportLikeness",
    "ImportProblem",
    "ImportRun",
    "MessageState",
    "Pace",
    "Replay",
    "RunState",
    "SavedMapping",
    "SourceKey",
    "Token",
    "Webhook",
    "WebhookMessage",
]
