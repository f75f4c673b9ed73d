"""Options of a client to be. It must not know what they mean."""

import ctypes

from . import _calls, _library
from .errors import checked
from .options import ClientOptions, StreamOptions


class Config(ClientOptions, StreamOptions):
    """Options of a client, as attributes: `config.bearer_token = "..."`. A value that is not allowed is refused at
    once. Secrets read back as "***". One thread at a time."""

    def __init__(self, **options):
        self._library = _library.library()
        number = ctypes.c_void_p()
        checked(self._library.xtap_config_create, ctypes.byref(number))
        self._handle = _calls.Handle("config", number.value, self._library.xtap_config_destroy)
        for name, value in options.items():
            self.set(name, value)

    @classmethod
    def from_env(cls, prefix="XTAP", **options):
        """Takes every option for which the environment has a variable: XTAP_BEARER_TOKEN sets bearer_token."""
        config = cls()
        with config._handle as number:
            checked(config._library.xtap_config_load_env, number, _calls.encoded(prefix, "the prefix"))
        for name, value in options.items():
            config.set(name, value)
        return config

    def set(self, name, value):
        """Sets an option by name; None goes back to the default."""
        with self._handle as number:
            checked(self._library.xtap_config_set, number, _calls.encoded(name, "the option's name"),
                    _calls.value_text(value, name))

    def get(self, name):
        """The value of an option as text."""
        with self._handle as number:
            return _calls.filled_text(lambda *buffer: self._library.xtap_config_get(
                number, _calls.encoded(name, "the option's name"), *buffer))

    _set_option, _get_option = set, get

    def __del__(self):
        if hasattr(self, "_handle"):
            self._handle.close()
