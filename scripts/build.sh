# Build directories under ./build: how each is configured, and building in it. Installs and tests nothing.

cores() { nproc 2>/dev/null || echo 2; }

# Distribution tools see the distribution's packages; a foreign Meson earlier on PATH may bring a Python that does not.
DEV_MESON=$([[ -x /usr/bin/meson ]] && echo /usr/bin/meson || echo meson)

# The Meson options of a configuration. Sanitizers run at -O1: fast enough, and the stacks stay readable; of debug
# information they get lines alone, which takes a third off the build. Their
# instrumentation hides from GCC 12 what an optional holds: it warns of uninitialised values that are not.
config_options() {
    local sanitized=(--buildtype=debug -Doptimization=1 -Db_lundef=false
        '-Dcpp_args=-D_GLIBCXX_ASSERTIONS -Wno-maybe-uninitialized -g1')
    case $1 in
    release) printf '%s\n' --buildtype=release ;;
    asan) printf '%s\n' "${sanitized[@]}" -Db_sanitize=address,undefined ;;
    tsan) printf '%s\n' "${sanitized[@]}" -Db_sanitize=thread ;;
    clang) printf '%s\n' --buildtype=debug -Ddebug=false ;;
    esac
    # Warnings stop our own builds; a newer compiler's new warning must not stop a user's.
    if [[ ${CI:-} == true ]]; then echo --werror; fi
}

# find_clang: prints the newest clang++ that is installed, or fails.
find_clang() {
    local name
    for name in clang++ clang++-{22..14}; do
        command -v "$name" && return 0
    done
    return 1
}

config_environment() {
    local clang
    if [[ $1 == clang ]] && clang=$(find_clang); then
        printf '%s\n' "CXX=$clang" "CC=${clang/clang++/clang}"
    fi
}

# configure NAME [MESON-OPTION...]: does nothing when the directory already has these options.
configure() {
    local name=$1 folder=$DEV_BUILD/$1 options environment wanted mode=()
    shift
    mapfile -t options < <(config_options "$name")
    mapfile -t environment < <(config_environment "$name")
    wanted=$(quoted "$DEV_ROOT" "${CC:-}" "${CXX:-}" "${environment[@]}" "${options[@]}" "$@")
    if [[ -e $folder/build.ninja ]]; then
        [[ $(cat "$folder/dev-options" 2>/dev/null) == "$wanted" ]] && return 0
        mode=(--wipe)
        same_place "$folder" "$wanted" && mode=(--reconfigure)
    fi
    run_step "configure $name" "$DEV_BUILD/logs/$name-configure.log" env "${environment[@]}" \
        "$DEV_MESON" setup "${mode[@]}" "$folder" "$DEV_ROOT" "${options[@]}" "$@" || return 1
    printf '%s\n' "$wanted" >"$folder/dev-options"
}

# A directory whose compiler or repository moved is started afresh; otherwise changing options keeps the objects.
same_place() {
    local before
    before=$(cat "$1/dev-options" 2>/dev/null)
    [[ ${before%% --*} == "${2%% --*}" ]]
}

# up_to_date NAME: lets Meson look at its files again, where they changed, before it is asked what there is.
up_to_date() {
    local log=$DEV_BUILD/logs/$1-configure.log
    ninja -C "$DEV_BUILD/$1" build.ninja >"$log" 2>&1 </dev/null && return 0
    explain_failure "$log" ninja -C "$DEV_BUILD/$1" build.ninja
    return 1
}

# Set where tests run beside builds: those have a clock to keep.
YIELDING=()

# build NAME [TARGET...]: a target is a file's path in the build directory; without one, everything is built.
build() {
    local name=$1
    shift
    run_step "build $name" "$DEV_BUILD/logs/$name-build.log" "${YIELDING[@]}" ninja -C "$DEV_BUILD/$name" -j "$(cores)" "$@"
}

# configure_as_it_is NAME: an existing directory stays as it was configured; a new one goes without the tests, and so
# without the packages that only they need.
configure_as_it_is() {
    local folder=$DEV_BUILD/$1
    if [[ -e $folder/build.ninja && $(cat "$folder/dev-options" 2>/dev/null) == "$(quoted "$DEV_ROOT")"\ * ]]; then
        return 0
    fi
    configure "$1" -Dtests=false
}
