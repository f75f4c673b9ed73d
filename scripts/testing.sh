# Running the tests of what was built, counting them, and the last lines of ./dev test. Builds nothing.

TEST_TIME_LIMIT=2400

# Counts and remarks go through files, because tests are run beside builds, by another shell.
start_tally() {
    mkdir -p "$DEV_BUILD/logs"
    TALLY_FILE=$DEV_BUILD/logs/tally REMARKS_FILE=$DEV_BUILD/logs/remarks
    : >"$TALLY_FILE" && : >"$REMARKS_FILE"
}

count() { # count LABEL PASSED FAILED SKIPPED
    printf '%s %d %d %d\n' "$@" >>"$TALLY_FILE"
}

# print_tally: the counts of each configuration, what was not run or ran smaller, and their sum; fails when a test did.
print_tally() {
    local label passed failed skipped total_passed=0 total_failed=0 total_skipped=0
    echo
    while read -r label passed failed skipped; do
        printf '  %-14s %5d passed, %d failed, %d skipped\n' "$label" "$passed" "$failed" "$skipped"
        ((total_passed += passed, total_failed += failed, total_skipped += skipped))
    done <"$TALLY_FILE"
    echo
    # A language that was left out must not pass for one that was tested, nor a short trial for a long one.
    if [[ -s $REMARKS_FILE ]]; then
        sort -u "$REMARKS_FILE" | sed 's/^/  /'
        echo
    fi
    printf '%d passed, %d failed, %d skipped\n' "$total_passed" "$total_failed" "$total_skipped"
    # Nothing passed is no success either: a run that did not happen must not look green.
    ((total_failed == 0 && total_passed > 0))
}

nothing_was_counted() { [[ -z $(cut -d ' ' -f 2- "$TALLY_FILE" | grep -v '^0 0 0$') ]]; }

# What the caller's shell has set must not change what is tested.
quiet_environment() {
    local name
    for name in $(compgen -e); do
        case $name in
        XTAP_NUGET_FOLDER) ;; # where packages come from is no matter of what is tested
        XTAP_* | *_proxy | *_PROXY | GTEST_* | CURL_CA_BUNDLE | SSL_CERT_*) unset "$name" ;;
        esac
    done
    export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1:check_initialization_order=1
    export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
    export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:die_after_fork=0
}

# runner_of NAME: sets RUN_WITH to what programs of that configuration are started through. Fails, aloud, where a sanitizer
# cannot run, as in some kernels and containers; without address randomisation TSan runs on kernels whose memory layout it
# does not know.
runner_of() {
    local sanitizers
    RUN_WITH=()
    case $1 in
    asan) sanitizers=address,undefined ;;
    tsan) sanitizers=thread ;;
    *) return 0 ;;
    esac
    sanitizer_works "$1" "$sanitizers" && return 0
    RUN_WITH=(setarch "$(uname -m)" -R)
    sanitizer_works "$1" "$sanitizers" && return 0
    complain "SKIPPED: programs built with -fsanitize=$sanitizers do not run here"
    return 1
}
RUN_WITH=()

sanitizer_works() {
    local program=$DEV_BUILD/logs/sanitizer-probe-$1
    mkdir -p "$DEV_BUILD/logs"
    echo 'int main() { return 0; }' | "${CXX:-c++}" -x c++ "-fsanitize=$2" -o "$program" - 2>/dev/null &&
        "${RUN_WITH[@]}" "$program" >/dev/null 2>&1
}

# Several tests for each core, since most wait for a clock or for another process.
test_jobs() { echo "$(($(cores) * 5 / 2))"; }

# run_tests NAME SIZE [MESON-ARGUMENT...]: runs what was built. SIZE: usual leaves the slow tests out; reduced and full have
# them, and tests whose size is arbitrary look for it in XTAP_TEST_SIZE. Each test has its own time limit in Meson; the whole
# has one here.
run_tests() {
    local name=$1 size=$2 folder=$DEV_BUILD/$1 started=$SECONDS status counts arguments=() required=()
    shift 2
    [[ $size == usual && $# -eq 0 ]] && arguments+=(--no-suite slow)
    # Everything includes every language: one whose tools are missing has not been tested.
    [[ $size != usual && $# -eq 0 ]] && required=(bindings)
    [[ $name == asan || $name == tsan ]] && arguments+=(--no-suite "no-$name" --timeout-multiplier 5)
    runner_of "$name" || return 0
    rm -f "$folder/meson-logs/testlog.json" "$folder"/*.xml
    "${RUN_WITH[@]}" timeout -k 10 "$TEST_TIME_LIMIT" env XTAP_TEST_SIZE="$size" \
        "$DEV_MESON" test -C "$folder" --no-rebuild --num-processes "$(test_jobs)" "${arguments[@]}" "$@" \
        >"$DEV_BUILD/logs/$name-test.log" 2>&1 </dev/null &
    RUNNING_TESTS=$!
    wait "$RUNNING_TESTS"
    status=$?
    RUNNING_TESTS=''
    counts=$("$DEV_PYTHON" "$DEV_ROOT/scripts/tally.py" "$folder/meson-logs/testlog.json" "${required[@]}")
    report_tests "$name" "$status" "$started" "$counts" "$#"
}

# A process in the background does not see Ctrl-C; who started the tests ends them.
RUNNING_TESTS=''
stop_running_tests() { [[ -z $RUNNING_TESTS ]] || kill "$RUNNING_TESTS" 2>/dev/null; }

# A run that did not finish, failed without a failing test or ran nothing at all counts as a failure of its own.
report_tests() { # report_tests NAME STATUS STARTED COUNTS CHOSEN
    local name=$1 status=$2 started=$3 counts=$4 chosen=$5 log=$DEV_BUILD/logs/$1-test.log passed=0 failed=0 skipped=0 why=''
    if [[ ${counts%%$'\n'*} =~ ^([0-9]+)\ ([0-9]+)\ ([0-9]+)$ ]]; then
        passed=${BASH_REMATCH[1]} failed=${BASH_REMATCH[2]} skipped=${BASH_REMATCH[3]}
    else
        counts='' why='the results could not be counted'
    fi
    if [[ -z $why ]] && ((status == 124 || status == 137)); then
        why="the tests were stopped after $TEST_TIME_LIMIT s"
    elif [[ -z $why ]] && ((status != 0 && failed == 0)); then
        why='the tests could not be run'
    elif [[ -z $why ]] && ((chosen == 0 && passed + failed + skipped == 0)); then
        why='no test ran'
    fi
    [[ -n $why ]] && ((++failed))
    {
        step_line "test $name" "$passed passed, $failed failed, $skipped skipped  $(elapsed "$started")"
        [[ $counts == *$'\n'* ]] && grep -Ev '^(NOT RUN|REDUCED): ' <<<"${counts#*$'\n'}"
        if [[ -n $why ]]; then
            printf '    %s\n' "$why"
            tail -n 15 "$log" | sed 's/^/      /'
        fi
        ((failed > 0)) && printf '    to repeat: ./dev test NAME; the whole log: %s\n' "$log"
    } >&3
    grep -E '^(NOT RUN|REDUCED): ' <<<"$counts" >>"$REMARKS_FILE"
    count "$name" "$passed" "$failed" "$skipped"
}
