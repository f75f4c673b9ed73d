# ./dev test NAME: builds what the named tests need, in each configuration at once, and runs those tests alone; and
# ./dev test --repeat N NAME, which runs them N times beside a load, to find what fails once in a hundred runs.

test_named() { # test_named NAME TIMES
    local name wanted=$1 times=$2 configured=()
    for name in release asan; do
        if ! runner_of "$name"; then
            count "$name" 0 0 1
        elif configure "$name" -Dtests=true; then
            configured+=("$name")
        else
            count "$name" 0 1 0
        fi
    done
    build_named "$wanted" "${configured[@]}"
    trap 'stop_load; stop_running_tests' EXIT
    trap 'exit 130' INT TERM
    if ((times > 1)); then
        ((TEST_TIME_LIMIT *= times))
        start_load
    fi
    for name in "${BUILT[@]}"; do
        run_named "$name" "$wanted" "$times"
    done
    stop_load
    if nothing_was_counted; then
        complain "no test's name contains '$wanted'"
        return 1
    fi
    print_tally
}

# A line changed is often one file to compile: beside each other, the configurations take no longer than one of them.
build_named() { # build_named NAME CONFIGURATION...: sets BUILT
    local name pid wanted=$1 jobs=()
    BUILT=()
    shift
    for name; do
        (
            up_to_date "$name" && targets=$(matching targets "$name" "$wanted") || exit 1
            [[ -z $targets ]] && exit 0
            mapfile -t targets <<<"$targets"
            build "$name" "${targets[@]}"
        ) &
        jobs+=("$! $name")
    done
    for pid in "${jobs[@]}"; do
        name=${pid#* }
        if wait "${pid% *}"; then BUILT+=("$name"); else count "$name" 0 1 0; fi
    done
}

matching() { "$DEV_PYTHON" "$DEV_ROOT/scripts/matching_tests.py" "$1" "$DEV_MESON" "$DEV_BUILD/$2" "$3"; }

run_named() { # run_named CONFIGURATION NAME TIMES
    local found chosen=() again=()
    if ! found=$(matching tests "$1" "$2"); then
        count "$1" 0 1 0
        return
    fi
    [[ -n $found ]] && mapfile -t chosen <<<"$found"
    unset XTAP_BINDING_CASES
    if [[ ${chosen[0]:-} == BINDING_CASES=* ]]; then
        export XTAP_BINDING_CASES=${chosen[0]#*=}
        chosen=("${chosen[@]:1}")
    fi
    ((${#chosen[@]})) || return 0
    (($3 > 1)) && again=(--repeat "$3")
    run_tests "$1" usual "${again[@]}" "${chosen[@]}"
}

# Two busy loops for each core: what waits for its turn that long shows what it takes for granted.
start_load() {
    local i
    for ((i = 0; i < 2 * $(cores); ++i)); do
        (while :; do :; done) </dev/null >/dev/null 2>&1 &
        LOAD+=("$!")
    done
    say "  beside ${#LOAD[@]} busy processes"
}

stop_load() {
    local pid
    for pid in "${LOAD[@]}"; do
        kill "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
    LOAD=()
}
LOAD=()
