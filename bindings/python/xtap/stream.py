"""Streams: the host's own loop over the library's read."""

import ctypes
import threading
import time

from . import _calls, _native
from .batch import Batch, Pointers
from .constants import Status
from .errors import UsageError, checked, failure

_SLICE_MS = 100  # how long Ctrl-C may have to wait: Python runs no signal handler while a call is inside the library


class _Taken:
    """What came out of the last batch: records on their way to a loop, and how many of them it was given; none when the
    batch went to the consumer as it was. One object, so that one store replaces it all: Ctrl-C raises between any two
    calls, never between a store and what follows it."""

    __slots__ = ("records", "count", "_before")

    def __init__(self, records, before):
        self.records, self.count, self._before = records, 0, before

    @property
    def left(self):
        return self.count < len(self.records)

    @property
    def given(self):
        """The position of the last record that the consumer has; 0 before the first."""
        return self.records[self.count - 1].position if self.count else self._before

    @property
    def last(self):
        """The same when the records are all given."""
        return self.records[-1].position if self.records else self._before


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
        select = list(select)
        self._pointers = Pointers(select)
        self._on_notice = on_notice
        self._batch, self._taken = None, _Taken((), 0)
        self._filling = None  # the batch of the read in progress, or of one that Ctrl-C ended
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
        self._handle.refuse_unusable()  # what the parent has read is the parent's, and what a closed stream held is gone
        while True:
            taken = self._taken
            if taken.count < len(taken.records):
                record = taken.records[taken.count]
                taken.count += 1  # no call between this and the yield, where Ctrl-C would lose the record
                yield record
            elif not self._take():
                return

    def _take(self):
        """Reads the next batch into self._taken; False when there is none to come."""
        if self._batch is None:
            self._batch = Batch()
        if self._fill(self._batch) != Status.OK:
            return False
        self._taken = _Taken(self._batch.owned(), self._taken.last)
        return True

    # ---- batches ----

    def batches(self, batch=None):
        """One batch after another, in the same memory: use what it holds before the loop goes on. Ends with the stream,
        and by wake()."""
        batch = Batch() if batch is None else batch
        while True:
            status, taken = self._read_whole(batch)
            if status != Status.OK:
                return
            self._taken = taken  # no call between this and the yield, where Ctrl-C would lose the batch
            yield batch

    def read(self, batch, timeout=None):
        """Fills the batch with whole records and returns Status.OK, or Status.TIMEOUT after `timeout` seconds,
        Status.END when the stream is over, Status.INTERRUPTED after wake(). Failures are raised."""
        status, taken = self._read_whole(batch, timeout)
        self._taken = taken
        return status

    def _read_whole(self, batch, timeout=None):
        """The status of a read, and what self._taken becomes where the batch reaches the consumer."""
        self._handle.refuse_unusable()
        if self._taken.left:
            raise UsageError(Status.STATE, "events of an earlier batch are not taken yet: go on with the loop over them")
        status = self._fill(batch, timeout)
        return status, _Taken((), batch.last_position if status == Status.OK else self._taken.last)

    def _fill(self, batch, timeout=None):
        # Ctrl-C may have come between the read that filled a batch and its way to the consumer.
        if self._filling is not None and self._filling.filled_for(self._handle) > self._taken.last:
            if self._filling is not batch:
                self._filling.swap(batch)
                self._filling = batch
            return Status.OK
        until = None if timeout is None else time.monotonic() + timeout
        interruptible = threading.current_thread() is threading.main_thread()
        batch.prepare(self._pointers, self._handle)
        while True:
            left = _native.FOREVER if until is None else max(0, min(int((until - time.monotonic()) * 1000), 1 << 30))
            self._filling = batch
            status = self._read(batch, min(left, _SLICE_MS) if interruptible else left)
            if status == Status.BUFFER_SMALL:
                batch.grow()
            elif status != Status.TIMEOUT or left == 0:
                return status

    def _read(self, batch, timeout_ms):
        details = _native.xtap_error()
        with self._handle as stream:
            status = self._library.xtap_stream_read(stream, ctypes.byref(batch._native), timeout_ms, ctypes.byref(details))
        if status not in (Status.OK, Status.BUFFER_SMALL):
            self._filling = None  # nothing came
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
            upto = self._taken.given
            if not upto and self._filling is not None:  # 0 would be all that was read, and Ctrl-C may have kept that back
                raise UsageError(Status.STATE, "no event was delivered yet")
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
