# ./dev bench: builds the optimised library and runs the benchmark programme with the arguments given.

dev_bench() {
    local install=yes
    if [[ ${1:-} == --no-install ]]; then
        install=no
        shift
    fi
    need_packages "$install" build simulator test bench
    configure release -Dtests=true || return 1
    if [[ ${1:-} == --bindings ]]; then
        bench_bindings "${@:2}"
        return
    fi
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

# The languages whose tools are there, beside a program in C and beside what one writes without the library.
bench_bindings() {
    build release tests/bench/bindings_load tests/bench/bindings_client src/libxtap.so.1.0.0 || return 1
    "$DEV_PYTHON" "$DEV_ROOT/tests/bench/bindings_bench.py" --build "$DEV_BUILD/release" "$@"
}
