"""What every call needs: handles that cannot be used after their end, texts in, texts out.
It must not know what the handles are for."""

import ctypes
import datetime
import json
import os
import threading

from . import _native
from .constants import Status
from .errors import UsageError, failure

_lock = threading.Lock()


_forks = 0  # between the first process and this one


def _after_fork_in_child():
    global _lock, _forks
    _lock = threading.Lock()  # another thread of the parent may have held it
    _forks += 1


os.register_at_fork(after_in_child=_after_fork_in_child)


class Handle:
    """A handle of the library. `with handle as number:` keeps it alive during a call; close() ends it when the last
    call has left, so that no thread is ever inside a call with a handle that another one has freed."""

    __slots__ = ("_number", "_users", "_closed", "_end", "_what", "_born")

    def __init__(self, what, number, end):
        self._number, self._users, self._closed, self._end, self._what = number, 0, False, end, what
        self._born = _forks

    def __enter__(self):
        with _lock:
            closed = self._closed
            self._users += not closed
        if closed:  # said without the lock: an exception is memory, which may start the collector, which closes handles
            raise UsageError(Status.STATE, f"the {self._what} is closed")
        return self._number

    def __exit__(self, *_):
        with _lock:
            self._users -= 1
            last = self._closed and self._users == 0
        if last:
            self._end(self._number)

    def refuse_unusable(self):
        """What a call would answer, for what is done without one."""
        if self._born != _forks:
            raise UsageError(Status.FORKED, f"the {self._what} belongs to the parent process")
        if self._closed:
            raise UsageError(Status.STATE, f"the {self._what} is closed")

    @property
    def closed(self):
        return self._closed

    def close(self):
        """Ends it now or, while another thread is inside a call, when that has left: then the answer is False."""
        with _lock:
            if self._closed:
                return True
            self._closed, busy = True, self._users > 0
        if not busy:
            self._end(self._number)
        return not busy


def encoded(text, what):
    """Text as the library takes it; a NUL would silently end it."""
    data = text.encode() if isinstance(text, str) else bytes(text)
    if b"\0" in data:
        raise UsageError(Status.VALUE, f"{what} holds a NUL character")
    return data


def value_text(value, what):
    """A value of a parameter or option as text: numbers, flags, times and lists are written as the API wants them."""
    if value is None:
        return None
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            raise UsageError(Status.VALUE, f"{what}: a time needs a zone: datetime.now(timezone.utc)")
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    if isinstance(value, (list, tuple, set, frozenset)):
        return b",".join(value_text(item, what) for item in value)
    return encoded(value if isinstance(value, (str, bytes)) else str(value), what)


def filled_text(call):
    """The text that `call(buffer, capacity, size_out, error)` gives, however long it has become meanwhile."""
    capacity, details, size = 1024, _native.xtap_error(), ctypes.c_size_t()
    while True:
        buffer = ctypes.create_string_buffer(capacity)
        status = call(buffer, capacity, ctypes.byref(size), ctypes.byref(details))
        if status == Status.OK:
            return buffer.raw[:size.value].decode()
        if status != Status.BUFFER_SMALL:
            raise failure(status, details)
        capacity = max(capacity * 2, size.value + 1)


def filled_json(call):
    return json.loads(filled_text(call))


def borrowed(text):
    """The bytes of an xtap_text, copied; None when it is absent."""
    return None if text.data is None else ctypes.string_at(text.data, text.size)
