# ./dev bench: builds the optimised library and runs the benchmark programme with the arguments given.

dev_bench() {
    local install=yes
    if [[ ${1:-} == --no-install ]]; then
        install=no
        shift
    fi
    need_packages "$install" build simulator test bench
    configure release -Dtests=true || return 1
    build release tests/bench/xtap-bench || return 1
    "$DEV_BUILD/release/tests/bench/xtap-bench" "$@"
}
