# ./dev chaos: builds the optimised library and puts consumers of it through the trial with the arguments given.

dev_chaos() {
    local install=yes
    if [[ ${1:-} == --no-install ]]; then
        install=no
        shift
    fi
    need_packages "$install" build simulator test
    configure release -Dtests=true || return 1
    # The consumer and the simulator are programs of their own, which the trial starts and kills.
    build release tests/chaos/xtap-chaos tests/chaos/chaos_consumer tests/simulator/xtap-sim \
        tests/simulator/libxtap_fast_clock.so || return 1
    "$DEV_BUILD/release/tests/chaos/xtap-chaos" "$@"
}
