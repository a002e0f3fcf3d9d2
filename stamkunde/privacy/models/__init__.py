"""The tables of what people ask about their data."""

from stamkunde.privacy.models.access_file import AccessFile
from stamkunde.privacy.models.erasure import Erasure
from stamkunde.privacy.models.request import DataRequest, IdentityProof, RequestKind, RequestState

__all__ = ["AccessFile", "DataRequest", "Erasure", "IdentityProof", "RequestKind", "RequestState"]
