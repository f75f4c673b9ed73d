# ./dev test: builds and runs the tests in every configuration and ends with one line that counts them.

# shellcheck source=/dev/null
source "$DEV_ROOT/scripts/checks.sh"

TEST_TIME_LIMIT=2400
FUZZ_ROUNDS_OF_ALL=1000000
TALLY=()
NOT_RUN=()
TOTAL_PASSED=0 TOTAL_FAILED=0 TOTAL_SKIPPED=0

dev_test() {
    local install=yes all=no filter=''
    while (($#)); do
        case $1 in
        --all) all=yes ;;
        --no-install) install=no ;;
        -*) complain "test does not know '$1'; it knows --all, --no-install and a part of a test's name" && return 2 ;;
        *) filter=$1 ;;
        esac
        shift
    done
    local sets=(build simulator test generate format)
    [[ $all == yes ]] && sets+=(bench tidy interface languages)
    need_packages "$install" "${sets[@]}"
    [[ $all == yes && -z $filter ]] && name_missing_dotnet
    quiet_environment
    say 'libxtap: tests'
    test_configuration release "$filter" "$all"
    test_sanitized asan 'address,undefined' "$filter"
    [[ $all == yes ]] && test_sanitized tsan thread "$filter"
    [[ $all == yes ]] && build_with_clang
    [[ -z $filter ]] && run_checks "$all"
    if [[ -n $filter ]] && ((TOTAL_PASSED + TOTAL_FAILED + TOTAL_SKIPPED == 0)); then
        complain "no test's name contains '$filter'"
        return 1
    fi
    print_tally
    # Nothing passed is no success either: a run that did not happen must not look green.
    ((TOTAL_FAILED == 0 && TOTAL_PASSED > 0))
}

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

count() { # count LABEL PASSED FAILED SKIPPED
    TALLY+=("$(printf '%-14s %5d passed, %d failed, %d skipped' "$@")")
    ((TOTAL_PASSED += $2, TOTAL_FAILED += $3, TOTAL_SKIPPED += $4))
}

print_tally() {
    local line
    echo
    for line in "${TALLY[@]}"; do printf '  %s\n' "$line"; done
    echo
    # A language that was left out must not pass for one that was tested.
    for line in "${NOT_RUN[@]}"; do printf '  %s\n' "$line"; done
    ((${#NOT_RUN[@]})) && echo
    printf '%d passed, %d failed, %d skipped\n' "$TOTAL_PASSED" "$TOTAL_FAILED" "$TOTAL_SKIPPED"
}

test_configuration() { # test_configuration NAME FILTER SLOW
    if configure "$1" -Dtests=true && build "$1"; then
        run_tests "$@"
    else
        count "$1" 0 1 0
    fi
}

# A sanitizer that cannot run in this kernel or container is skipped aloud; without address randomisation
# TSan runs on kernels whose memory layout it does not know.
test_sanitized() { # test_sanitized NAME SANITIZERS FILTER
    RUN_WITH=()
    if ! sanitizer_works "$2"; then
        RUN_WITH=(setarch "$(uname -m)" -R)
        if ! sanitizer_works "$2"; then
            complain "SKIPPED: programmes built with -fsanitize=$2 do not run here"
            count "$1" 0 0 1
            return
        fi
    fi
    test_configuration "$1" "$3" no
    RUN_WITH=()
}
RUN_WITH=()

sanitizer_works() {
    local programme=$DEV_BUILD/logs/sanitizer-probe
    mkdir -p "$DEV_BUILD/logs"
    echo 'int main() { return 0; }' | "${CXX:-c++}" -x c++ "-fsanitize=$1" -o "$programme" - 2>/dev/null &&
        "${RUN_WITH[@]}" "$programme" >/dev/null 2>&1
}

# run_tests NAME FILTER SLOW: runs what was built, one test more than there are cores, since many wait. Each test has
# its own time limit in Meson; the whole has one here.
run_tests() {
    local name=$1 filter=$2 slow=$3 folder=$DEV_BUILD/$1 started=$SECONDS status counts chosen=() variables=() required=()
    if [[ -n $filter ]]; then
        mapfile -t chosen < <("$DEV_PYTHON" "$DEV_ROOT/scripts/matching_tests.py" "$DEV_MESON" "$folder" "$filter")
        # The last word about it counts: programmes whose list of cases is split have a filter of their own.
        [[ ${chosen[0]:-} == cases ]] && chosen+=("--test-args=--gtest_filter=*$filter*")
        chosen=("${chosen[@]:1}")
    elif [[ $slow == yes ]]; then
        variables+=("XTAP_FUZZ_ROUNDS=$FUZZ_ROUNDS_OF_ALL")
        # Everything includes every language: one whose tools are missing has not been tested.
        required+=(bindings)
    else
        chosen+=(--no-suite slow)
    fi
    [[ $name == asan || $name == tsan ]] && chosen+=(--no-suite "no-$name" --timeout-multiplier 5)
    printf '  %-38s ' "test $name" >&3
    rm -f "$folder/meson-logs/testlog.json" "$folder"/*.xml
    "${RUN_WITH[@]}" timeout -k 10 "$TEST_TIME_LIMIT" env "${variables[@]}" \
        "$DEV_MESON" test -C "$folder" --no-rebuild --num-processes "$(($(cores) + 1))" "${chosen[@]}" \
        >"$DEV_BUILD/logs/$name-test.log" 2>&1 </dev/null
    status=$?
    counts=$("$DEV_PYTHON" "$DEV_ROOT/scripts/tally.py" "$folder/meson-logs/testlog.json" "${required[@]}")
    report_tests "$name" "$filter" "$status" "$started" "$counts"
}

# A run that did not finish, failed without a failing test or ran nothing at all counts as a failure of its own.
report_tests() {
    local name=$1 filter=$2 status=$3 started=$4 counts=$5 log=$DEV_BUILD/logs/$1-test.log passed failed skipped why=''
    if [[ ${counts%%$'\n'*} =~ ^([0-9]+)\ ([0-9]+)\ ([0-9]+)$ ]]; then
        passed=${BASH_REMATCH[1]} failed=${BASH_REMATCH[2]} skipped=${BASH_REMATCH[3]}
    else
        passed=0 failed=0 skipped=0 why='the results could not be counted'
    fi
    if [[ -n $why ]]; then
        counts=''
    elif ((status == 124 || status == 137)); then
        why="the tests were stopped after $TEST_TIME_LIMIT s"
    elif ((status != 0 && failed == 0)); then
        why='the tests could not be run'
    elif [[ -z $filter ]] && ((passed + failed + skipped == 0)); then
        why='no test ran'
    fi
    [[ -n $why ]] && ((++failed))
    say "$passed passed, $failed failed, $skipped skipped  $(elapsed "$started")"
    [[ $counts == *$'\n'* ]] && say "$(grep -v '^NOT RUN: ' <<<"${counts#*$'\n'}")"
    mapfile -t -O "${#NOT_RUN[@]}" NOT_RUN < <(grep '^NOT RUN: ' <<<"$counts")
    if [[ -n $why ]]; then
        say "    $why"
        tail -n 15 "$log" | sed 's/^/      /' >&3
    fi
    ((failed > 0)) && say "    to repeat: ./dev test $(quoted "${filter:-NAME}"); the whole log: $log"
    count "$name" "$passed" "$failed" "$skipped"
}

build_with_clang() {
    if ! find_clang >/dev/null; then
        complain 'SKIPPED: clang is not installed, so nothing was built with it'
        count clang 0 0 1
    elif configure clang -Dtests=false && build clang; then
        count clang 1 0 0
    else
        count clang 0 1 0
    fi
}

run_checks() {
    run_check "layout (clang-format $LINT_TOOLS_VERSION)" check_layout
    run_check 'scripts parse' check_scripts
    run_check 'layering and openings' check_layering
    run_check 'generated files are fresh' check_generated
    [[ $1 == yes ]] && run_check "static analysis (clang-tidy $LINT_TOOLS_VERSION)" check_analysis
    count checks "$CHECKS_PASSED" "$CHECKS_FAILED" "$CHECKS_SKIPPED"
}
