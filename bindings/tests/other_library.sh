#!/bin/sh
# Builds a libxtap.so.1 in FOLDER that has every function of the installed one, found by pkg-config, and of them only the
# version of the interface works: it is 99.7. For the tests that a binding refuses it.
set -e
folder=${1:?usage: other_library.sh FOLDER}
library=$(pkg-config --variable=libdir xtap)/libxtap.so.1
{
    echo 'unsigned xtap_abi_version(void) { return 99u << 16 | 7u; }'
    nm -D --defined-only "$library" | sed -n 's/.* T \(xtap_[a-z0-9_]*\)@.*/\1/p' | grep -vx xtap_abi_version |
        while read -r name; do echo "int $name(void) { __builtin_trap(); }"; done
} >"$folder/other.c"
echo 'XTAP_1 { global: xtap_*; local: *; };' >"$folder/other.map"
${CC:-cc} -w -shared -fPIC -Wl,-soname,libxtap.so.1 -Wl,--version-script="$folder/other.map" -o "$folder/libxtap.so.1" \
    "$folder/other.c"
