"""Streams: the host's own loop over the library's read."""

import ctypes
import operator
import threading
import time

from . import _calls, _native
from .batch import Batch
from .constants import Status
from .errors import UsageError, checked, failure

_SLICE_MS = 100  # how long Ctrl-C may have to wait: Python runs no signal handler while a call is inside the library


class _Taken:
    """Records of one batch on their way to the consumer, and the last position among them."""

    __slots__ = ("records", "position")

    def __init__(self, records, position):
        self.records, self.position = iter(records), position


def _last_position(records):
    return max((record.position for record in records), default=0)


class Stream:
    """A subscription. `for event in stream:` gives every event, connecting and reconnecting as needed, until the stream
    is over. One thread at a time reads; wake, finish, cancel, stats and close may come from any.

    Leaving a loop loses nothing: the next one goes on after the last event.
    """

    def __init__(self, request, select=(), on_notice=None):
        self._library, self._client = request._library, request._client
        number = ctypes.c_void_p()
        with request._handle as made_of:
            checked(self._library.xtap_stream_open, made_of, ctypes.byref(number))
        self._handle = _calls.Handle("stream", number.value, self._library.xtap_stream_close)
        self._pointers = {pointer: index for index, pointer in enumerate(select)}
        self._on_notice = on_notice
        self._batch, self._taken, self._given = None, _Taken((), 0), 0
        if select:
            texts = [_calls.encoded(pointer, "a pointer") for pointer in select]
            with self._handle as stream:
                checked(self._library.xtap_stream_select, stream, (ctypes.c_char_p * len(texts))(*texts), len(texts))

    # ---- events ----

    def __iter__(self):
        """Every event; notices go to on_notice. (The library's log, which the client hands to the logger "xtap", has those
        that matter too.)"""
        for record in self.records():
            if not record.is_notice:
                yield record
            elif self._on_notice:
                self._on_notice(record)

    def records(self):
        """Every event and every notice, in order, with memory of their own. Ends with the stream, and by wake()."""
        self._handle.refuse_fork()  # what the parent has read is the parent's
        while True:
            for record in self._taken.records:
                self._given = record.position or self._given  # a notice that overtakes the others has no position
                yield record
            if not self._take():
                return

    def _take(self):
        """Reads the next batch into self._taken; False when there is none to come."""
        if self._batch is None:
            self._batch = Batch()
        # Ctrl-C may have come between the read that filled the batch and the line that keeps its records.
        if not self._is_untaken() and self._fill(self._batch) != Status.OK:
            return False
        records = self._batch.owned()
        self._taken = _Taken(records, _last_position(records))
        return True

    def _is_untaken(self):
        return _last_position(self._batch) > self._taken.position

    # ---- batches ----

    def batches(self, batch=None):
        """One batch after another, in the same memory: use what it holds before the loop goes on. Ends with the stream,
        and by wake()."""
        batch = Batch() if batch is None else batch
        while self.read(batch) == Status.OK:
            yield batch

    def read(self, batch, timeout=None):
        """Fills the batch with whole records and returns Status.OK, or Status.TIMEOUT after `timeout` seconds,
        Status.END when the stream is over, Status.INTERRUPTED after wake(). Failures are raised."""
        self._handle.refuse_fork()
        if operator.length_hint(self._taken.records):
            raise UsageError(Status.STATE, "events of an earlier batch are not taken yet: go on with the loop over them")
        return self._fill(batch, timeout)

    def _fill(self, batch, timeout=None):
        until = None if timeout is None else time.monotonic() + timeout
        interruptible = threading.current_thread() is threading.main_thread()
        batch.prepare(self._pointers)
        while True:
            left = _native.FOREVER if until is None else max(0, min(int((until - time.monotonic()) * 1000), 1 << 30))
            status = self._read(batch, min(left, _SLICE_MS) if interruptible else left)
            if status == Status.BUFFER_SMALL:
                batch.grow()
            elif status != Status.TIMEOUT or left == 0:
                return status

    def _read(self, batch, timeout_ms):
        details = _native.xtap_error()
        with self._handle as stream:
            status = self._library.xtap_stream_read(stream, ctypes.byref(batch._native), timeout_ms, ctypes.byref(details))
        if status >= 100 and status != Status.BUFFER_SMALL:
            raise failure(status, details)
        return status

    # ---- going on elsewhere ----

    def resume(self, checkpoint):
        """Makes a new stream go on where a checkpoint stands, before it is read: what came since is fetched, what was
        delivered before does not come again."""
        text = _calls.encoded(checkpoint, "the checkpoint")
        with self._handle as stream:
            checked(self._library.xtap_stream_resume, stream, text, len(text))
        return self

    def checkpoint(self, upto=None):
        """The text from which resume goes on, in another process too. It covers what was delivered: every event that a
        loop was given, or every batch that was read; with `upto`, up to the position of a record."""
        if upto is None:
            upto = self._given if operator.length_hint(self._taken.records) else 0
        with self._handle as stream:
            return _calls.filled_text(lambda *buffer: self._library.xtap_stream_checkpoint(stream, upto, *buffer))

    # ---- from any thread ----

    def wake(self):
        """Makes the read or loop in progress, or the next one, end. Nothing is lost; a new loop goes on."""
        with self._handle as stream:
            self._library.xtap_stream_wake(stream)

    def finish(self):
        """Ends the stream in good order: it disconnects, what is buffered is still delivered, then it is over."""
        with self._handle as stream:
            self._library.xtap_stream_finish(stream)

    def cancel(self):
        """Ends the stream now: reads raise Cancelled."""
        with self._handle as stream:
            self._library.xtap_stream_cancel(stream)

    def stats(self):
        """What the stream counted, as a dict; docs/CONFIGURATION.md lists its keys."""
        with self._handle as stream:
            return _calls.filled_json(lambda *buffer: self._library.xtap_stream_stats(stream, *buffer))

    def fileno(self):
        """A descriptor for select or asyncio: readable while read(timeout=0) would not time out. Starts the stream."""
        descriptor = ctypes.c_int()
        with self._handle as stream:
            checked(self._library.xtap_stream_fd, stream, ctypes.byref(descriptor))
        return descriptor.value

    def close(self):
        """Ends the stream. A read in another thread raises Cancelled."""
        if self._handle.closed:
            return
        self.cancel()
        self._handle.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        if hasattr(self, "_handle"):
            self._handle.close()
