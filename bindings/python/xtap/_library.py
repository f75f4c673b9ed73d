"""Finds libxtap, once, and says why it could not be loaded. It must not know what the functions are for."""

import ctypes
import os
import threading

from . import _native

NAME = "libxtap.so.1"
_lock = threading.Lock()
_loaded = None


class LibraryNotFound(OSError):
    """libxtap is not there, cannot be loaded, or is not the one that this module was written for."""


def library():
    """The library, loaded at the first call: from $XTAP_LIBRARY if that is set, else as the system finds it."""
    global _loaded
    if _loaded is None:
        with _lock:
            if _loaded is None:
                _loaded = _load(os.environ.get("XTAP_LIBRARY") or NAME)
    return _loaded


def _load(path):
    try:
        found = ctypes.CDLL(path)  # it releases the interpreter lock during every call
    except OSError as problem:
        raise LibraryNotFound(
            f"could not load {path}: {problem}. Install libxtap so that the dynamic linker finds {NAME} (ldconfig, "
            "LD_LIBRARY_PATH), or put the path of the file into XTAP_LIBRARY.") from None
    try:
        version = ctypes.CFUNCTYPE(ctypes.c_uint32)(("xtap_abi_version", found))()
    except AttributeError:
        raise LibraryNotFound(f"{path} is no libxtap: it has no xtap_abi_version") from None
    if version >> 16 != _native.ABI_MAJOR:
        raise LibraryNotFound(f"{path} has version {version >> 16}.{version & 0xffff} of the interface, and this "
                              f"module knows version {_native.ABI_MAJOR}: install the xtap module that came with it")
    try:
        return _native.declare(found)
    except AttributeError as problem:
        raise LibraryNotFound(f"{path} is older than this module: {problem}") from None


def _after_fork_in_child():
    global _lock
    _lock = threading.Lock()  # another thread of the parent may have held it


os.register_at_fork(after_in_child=_after_fork_in_child)
