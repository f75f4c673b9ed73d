"""Requests and the answers to those that do not stream."""

import ctypes
import json
import threading

from . import _calls, _library, _native
from .constants import Status
from .errors import checked, failure
from .names import KEYWORDS
from .options import StreamOptions
from .stream import Stream


class Response:
    """The answer to a request. It never changes; any thread may read it."""

    def __init__(self, number):
        self._library = _library.library()
        self._handle = _calls.Handle("response", number, self._library.xtap_response_destroy)
        self.http_status = self._library.xtap_response_http_status(number)
        self.body = _calls.borrowed(self._library.xtap_response_body(number)) or b""

    def json(self):
        """The body, read as JSON."""
        return json.loads(self.body)

    def header(self, name):
        """A header, by its name in any case; None when there is none."""
        with self._handle as number:
            value = _calls.borrowed(self._library.xtap_response_header(number, _calls.encoded(name, "the name")))
        return None if value is None else value.decode("latin-1")

    def __repr__(self):
        return f"<xtap.Response {self.http_status}, {len(self.body)} bytes>"

    def __del__(self):
        if hasattr(self, "_handle"):
            self._handle.close()


class _OwnOptions(StreamOptions):
    def __init__(self, request, values):
        self._request, self._values = request, values

    def _set_option(self, name, value):
        self._request.option(name, value)

    def _get_option(self, name):
        return self._values.get(name)  # the library does not tell those of a request


class Request:
    """An operation with its parameters. One thread at a time; only cancel() may come from any."""

    def __init__(self, client, operation):
        self._library, self._client = client._library, client
        number = ctypes.c_void_p()
        with client._handle as owner:
            checked(self._library.xtap_request_create, owner, _calls.encoded(operation, "the operation"),
                    ctypes.byref(number))
        self._handle = _calls.Handle("request", number.value, self._library.xtap_request_destroy)
        self._options = {}

    @property
    def options(self):
        """The options of this request or its streams alone, as attributes."""
        return _OwnOptions(self, self._options)  # made when asked for: kept, it would keep the request until the collector runs

    def set(self, parameter, value):
        """Sets a parameter: text, a number, a flag, a datetime, or a list of them. None unsets it."""
        name = KEYWORDS.get(parameter, parameter)
        with self._handle as number:
            checked(self._library.xtap_request_set, number, _calls.encoded(name, "the parameter's name"),
                    _calls.value_text(value, name))
        return self

    def option(self, name, value):
        """Sets an option for this request or its streams alone; None goes back to the client's."""
        with self._handle as number:
            checked(self._library.xtap_request_option, number, _calls.encoded(name, "the option's name"),
                    _calls.value_text(value, name))
        self._options[name] = value
        return self

    def body(self, value):
        """Sets the JSON body: JSON text as str or bytes, anything else is written as JSON. None unsets it."""
        if value is not None and not isinstance(value, (str, bytes)):
            value = json.dumps(value)
        data = value.encode() if isinstance(value, str) else value
        with self._handle as number:
            checked(self._library.xtap_request_body, number, data, len(data or b""))
        return self

    def attach(self, part, data, filename=None):
        """Adds a part of a multipart body."""
        with self._handle as number:
            checked(self._library.xtap_request_attach, number, _calls.encoded(part, "the part's name"),
                    None if filename is None else _calls.encoded(filename, "the file's name"), bytes(data), len(data))
        return self

    def send(self):
        """Sends the request and returns the Response. A failure is raised; if the server answered, it holds the
        response. Ctrl-C cancels the request, which is then over."""
        if threading.current_thread() is not threading.main_thread():
            return self._send()
        # Python runs signal handlers on its main thread only, and not while that is inside the library.
        outcome = []
        worker = threading.Thread(target=lambda: outcome.append(self._caught()), name="xtap-send", daemon=True)
        worker.start()
        try:
            while worker.is_alive():
                worker.join(0.1)  # in slices: the signal may have come to another thread, which wakes nobody
        except BaseException:
            self.cancel()
            worker.join()
            raise
        response, problem = outcome[0]
        if problem is not None:
            raise problem
        return response

    def _caught(self):
        try:
            return self._send(), None
        except BaseException as problem:
            return None, problem

    def _send(self):
        details, number = _native.xtap_error(), ctypes.c_void_p()
        with self._handle as request:
            status = self._library.xtap_request_send(request, ctypes.byref(number), ctypes.byref(details))
        response = None if number.value is None else Response(number.value)
        if status:
            cause, self._client._token_failure = self._client._token_failure, None
            raise failure(status, details, response) from cause
        return response

    def cancel(self):
        """Ends the send in progress; it and every later one are Cancelled. Any thread."""
        with self._handle as number:
            self._library.xtap_request_cancel(number)

    def next_page(self, response):
        """Turns the request into the one for the page after `response`; False after the last."""
        with self._handle as number, response._handle as page:
            return checked(self._library.xtap_request_next_page, number, page) == Status.OK

    def pages(self):
        """Yields the Response of each page, from the one that the request asks for now to the last."""
        while True:
            response = self.send()
            yield response
            if not self.next_page(response):
                return

    def stream(self, *, select=(), on_notice=None):
        """Opens a Stream; nothing is sent before the first read. `select`: JSON pointers of the values wanted."""
        return Stream(self, select, on_notice)

    def close(self):
        self._handle.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        if hasattr(self, "_handle"):
            self._handle.close()
