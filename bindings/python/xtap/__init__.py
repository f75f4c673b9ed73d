"""xtap: taps the streams of the X API v2 through libxtap.

    import xtap

    with xtap.Client.from_env() as client:                  # XTAP_BEARER_TOKEN
        for event in client.stream("streamPostsSample", select=["/data/text"]):
            print(event.id, event["/data/text"])
"""

from . import names
from ._calls import encoded as _encoded, filled_json as _filled_json
from ._library import LibraryNotFound, library as _find
from .batch import Batch, Event, Notice
from .client import Client
from .config import Config
from .constants import ColumnKind, Flag, Kind, Status
from .errors import Cancelled, Error, HttpError, InternalError, NetworkError, UsageError
from .request import Request, Response
from .stream import Stream

__all__ = ["Batch", "Cancelled", "Client", "ColumnKind", "Config", "Error", "Event", "Flag", "HttpError", "InternalError",
           "Kind", "LibraryNotFound", "NetworkError", "Notice", "Request", "Response", "Status", "Stream", "UsageError",
           "describe", "names", "operations", "version"]


def version():
    """The version of the library, "MAJOR.MINOR.PATCH"."""
    return _find().xtap_version().decode()


def operations():
    """The names of all operations that the library knows."""
    found = _find()
    return [found.xtap_operation_id(index).decode() for index in range(found.xtap_operation_count())]


def describe(operation):
    """What the library knows of an operation: its method, path, credentials and parameters, as a dict."""
    name = _encoded(operation, "the operation")
    return _filled_json(lambda *buffer: _find().xtap_operation_describe(name, *buffer))
