"""News told to open pages as it happens: announced by whoever writes, heard by every web process, shown by a stream.

News may be lost and is never relied on: a page also asks slowly by itself. It says that something happened and where,
and the page asks for the rest by the ways that know who may see what.
"""

from stamkunde.kit.live.hub import Ear, hub
from stamkunde.kit.live.news import News, Plain, announce
from stamkunde.kit.live.streams import LiveResponse, open_streams, stream_of

__all__ = ["Ear", "LiveResponse", "News", "Plain", "announce", "hub", "open_streams", "stream_of"]
