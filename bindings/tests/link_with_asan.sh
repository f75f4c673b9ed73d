#!/bin/sh
# Links as GCC links a program of its own with ASan: its runtime comes first and starts before any other library does.
# Preloaded instead, it leaves glibc's lock of locales askew, over which the process never ends.
exec cc "$(cc -print-file-name=libasan_preinit.o)" -Wl,--push-state,--no-as-needed -lasan -Wl,--pop-state "$@"
