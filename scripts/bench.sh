# ./dev bench: builds the optimised library and runs the benchmark programme with the arguments given.

dev_bench() {
    local install=yes
    if [[ ${1:-} == --no-install ]]; then
        install=no
        shift
    fi
    need_packages "$install" build simulator test bench
    configure release -Dtests=true || return 1
    build release tests/bench/xtap-bench tests/bench/clients_bench tests/bench/dedupe_bench || return 1
    "$DEV_BUILD/release/tests/bench/xtap-bench" "$@" || return
    # A choice of measures is one of streams'; the whole run has the keys, the idle clients and the library's size as well.
    [[ " $* " == *' --only '* || " $* " == *' --list '* || " $* " == *' --help '* ]] && return
    echo
    "$DEV_BUILD/release/tests/bench/dedupe_bench" || return
    echo
    "$DEV_BUILD/release/tests/bench/clients_bench" || return
    strip -o "$DEV_BUILD/logs/stripped.so" "$DEV_BUILD"/release/src/libxtap.so.1.*[0-9]
    printf 'libxtap.so.1, stripped                    %8d bytes\n' "$(stat -c %s "$DEV_BUILD/logs/stripped.so")"
}
