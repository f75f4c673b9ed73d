"""Clients: credentials, limits, and what requests and streams are made from."""

import ctypes
import logging

from . import _calls, _library, _native
from .config import Config
from .errors import checked, failure
from .request import Request

_LEVELS = {1: logging.ERROR, 2: logging.WARNING, 3: logging.INFO, 4: logging.DEBUG}
_log = logging.getLogger("xtap")


class Client:
    """What requests and streams are made from. Any thread may use it.

    config      a Config; or options by name: Client(bearer_token="...")
    on_log      called with (level, line) for each line of the library's log; without it they go to the logger "xtap".
                It must not call the library. Levels are those of `logging`.
    on_token    called with (access_token, refresh_token, expires_at_ms) for each new pair of OAuth 2.0 tokens before
                its first use; store it. If it raises, the pair is not used and the request fails with that cause.
    """

    def __init__(self, config=None, *, on_log=None, on_token=None, **options):
        self._library = _library.library()
        if config is None:
            config = Config(**options)
        elif options:
            raise TypeError("give a Config or options, not both")
        number = ctypes.c_void_p()
        with config._handle as made_of:
            checked(self._library.xtap_client_open, made_of, ctypes.byref(number))
        self._handle = _calls.Handle("client", number.value, self._library.xtap_client_close)
        self._token_failure = None
        self._receive_log(on_log or (lambda level, line: _log.log(level, "%s", line)))
        if on_token:
            self._receive_tokens(on_token)

    @classmethod
    def from_env(cls, prefix="XTAP", *, on_log=None, on_token=None, **options):
        """A client with the options that the environment gives (XTAP_BEARER_TOKEN ...) and the ones given here."""
        return cls(Config.from_env(prefix, **options), on_log=on_log, on_token=on_token)

    def _receive_log(self, on_log):
        def receive(level, line, _):
            on_log(_LEVELS.get(level, logging.DEBUG), (_calls.borrowed(line) or b"").decode(errors="replace"))

        self._log_callback = _native.xtap_log_cb(receive)  # kept: the library calls it as long as the client lives
        with self._handle as number:
            self._expect_ok(self._library.xtap_client_on_log(number, self._log_callback, None))

    def _receive_tokens(self, on_token):
        def receive(access_token, refresh_token, expires_at_ms, _):
            try:
                refresh = _calls.borrowed(refresh_token)
                on_token(_calls.borrowed(access_token).decode(), refresh and refresh.decode(),
                         None if expires_at_ms == _native.TIME_UNKNOWN else expires_at_ms)
                return 0
            except BaseException as problem:  # nothing may leave a callback: the request that needed the pair tells it
                self._token_failure = problem
                return 2

        self._token_callback = _native.xtap_token_cb(receive)
        with self._handle as number:
            self._expect_ok(self._library.xtap_client_on_token(number, self._token_callback, None))

    @staticmethod
    def _expect_ok(status):
        if status:
            raise failure(status)

    def request(self, operation, parameters=None, /, *, options=None, body=None, **more):
        """A request. Parameters are given by name: in a dict, or as keywords with "_" for "." (tweet_fields=["id"])."""
        request = Request(self, operation)
        for name, value in {**(parameters or {}), **more}.items():
            request.set(name, value)
        for name, value in (options or {}).items():
            request.option(name, value)
        if body is not None:
            request.body(body)
        return request

    def send(self, operation, parameters=None, /, **more):
        """Makes a request as `request` does, sends it and returns the Response."""
        return self.request(operation, parameters, **more).send()

    def pages(self, operation, parameters=None, /, **more):
        """Makes a request and yields the Response of each of its pages."""
        return self.request(operation, parameters, **more).pages()

    def stream(self, operation, parameters=None, /, *, select=(), on_notice=None, **more):
        """Makes a request and opens its Stream; nothing is sent before the first read."""
        return self.request(operation, parameters, **more).stream(select=select, on_notice=on_notice)

    def stats(self):
        """What the client counted, as a dict; docs/CONFIGURATION.md lists its keys."""
        with self._handle as number:
            return _calls.filled_json(lambda *buffer: self._library.xtap_client_stats(number, *buffer))

    def close(self):
        """Ends the client. Requests and streams made from it live on."""
        self._handle.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        if hasattr(self, "_handle"):
            self._handle.close()
