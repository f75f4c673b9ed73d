#!/usr/bin/env bash
# Installs the build into a folder of its own and uses it as a stranger would: pkg-config, compiler, run.
# Once with the shared library, once with the archive alone. Knows nothing of the source tree but the program.
set -eu -o pipefail

build=$1 program=$2 version=$3
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

meson=$([[ -x /usr/bin/meson ]] && echo /usr/bin/meson || echo meson)
"$meson" install -C "$build" --no-rebuild --quiet --destdir "$place/shared" >/dev/null
cp -a "$place/shared" "$place/static"
find "$place/static" -name 'libxtap.so*' -delete

# Below a sysroot, pkg-config puts the folder in front of every -I and -L that xtap.pc names.
ask() { # ask shared|static ARGUMENT...
    local root=$place/$1 found
    found=$(find "$root" -name xtap.pc -printf '%h\n')
    PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_PATH=$found pkg-config "${@:2}" xtap
}

run_it() { # run_it KIND LIBRARY_PATH FLAGS...
    local said
    said=$(LD_LIBRARY_PATH=$2 "$place/$1/program")
    [[ $said == "$version" ]] || { echo "$1: it says '$said', not '$version'" >&2 && exit 1; }
    echo "$1: built, linked and ran through pkg-config ($said)"
}

[[ $(ask shared --modversion) == "$version" ]]

# eval, because pkg-config quotes for a shell: the folder's name may hold a space.
eval "${CC:-cc} -Wall -Werror -o \"\$place/shared/program\" \"\$program\" $(ask shared --cflags --libs)"
run_it shared "$(dirname "$(find "$place/shared" -name libxtap.so.1)")"

eval "${CC:-cc} -Wall -Werror -o \"\$place/static/program\" \"\$program\" $(ask static --static --cflags --libs)"
run_it static ''
if readelf -d "$place/static/program" | grep -q 'NEEDED.*libxtap'; then
    echo 'static: still needs the shared library' >&2
    exit 1
fi
