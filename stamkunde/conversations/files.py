"""Where mails and what is attached to them lie: each under the digest of its bytes."""

from stamkunde.kit.file_store import FileStore

STORE = FileStore("conversations")
