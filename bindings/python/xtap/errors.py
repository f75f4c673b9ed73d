"""Failures as exceptions with all the facts that the library gives."""

import ctypes

from . import _native
from .constants import STATUS_NAMES, Status


class Error(Exception):
    """A call failed.

    status          one of Status, an int; `name` is its name in xtap.h, such as "XTAP_E_FORBIDDEN"
    message         what, where, and what is allowed
    http_status     the server's, or 0 when there was no answer
    retriable       whether the same call may succeed later
    retry_after     seconds to wait first, or None when that is not known
    problem_type, problem_title, request_id
                    the server's own words and its name for the exchange, or ""
    response        the Response that came with the failure, or None
    """

    def __init__(self, status, message, *, http_status=0, retriable=False, retry_after=None, problem_type="",
                 problem_title="", request_id="", response=None):
        super().__init__(message)
        self.status, self.message, self.http_status = status, message, http_status
        self.retriable, self.retry_after = retriable, retry_after
        self.problem_type, self.problem_title, self.request_id = problem_type, problem_title, request_id
        self.response = response

    @property
    def name(self):
        return STATUS_NAMES.get(self.status, f"status {self.status}")

    def __str__(self):
        return f"{self.message} ({self.name})" if self.message else self.name


class UsageError(Error, ValueError):
    """The call was wrong or came at the wrong time; nothing was sent (100 to 199)."""


class Cancelled(Error):
    """The stream or request was cancelled."""


class NetworkError(Error, ConnectionError):
    """The connection failed (200 to 299)."""


class HttpError(Error):
    """The server refused (300 to 399)."""


class InternalError(Error):
    """The library itself failed (900 and up)."""


_KINDS = ((100, Error), (200, UsageError), (300, NetworkError), (400, HttpError), (900, Error))


def kind_of(status):
    if status == Status.CANCELLED:
        return Cancelled
    return next((kind for below, kind in _KINDS if status < below), InternalError)


def failure(status, details=None, response=None):
    """The exception for a status and the xtap_error that came with it."""
    kind = kind_of(status)
    # A function without an xtap_error leaves its caller's as it was: then there is only the status to tell.
    if details is None or details.status != status:
        return kind(status, "", response=response)
    return kind(status, details.message.decode(), http_status=details.http_status, retriable=bool(details.retriable),
                retry_after=details.retry_after_ms / 1000 if details.retry_after_ms else None,
                problem_type=details.problem_type.decode(), problem_title=details.problem_title.decode(),
                request_id=details.request_id.decode(), response=response)


def checked(function, *arguments):
    """Calls a function whose last parameter is an xtap_error; raises what is no success (100 and up)."""
    details = _native.xtap_error()
    status = function(*arguments, ctypes.byref(details))
    if status >= 100:
        raise failure(status, details)
    return status
