# ./dev test: builds and runs the tests in every configuration and ends with one line that counts them.

for part in checks testing named_tests; do
    # shellcheck source=/dev/null
    source "$DEV_ROOT/scripts/$part.sh" || exit 1
done

dev_test() {
    local install=yes size=usual repeat='' filter=''
    while (($#)); do
        case $1 in
        --all) size=full ;;
        --ci) size=reduced ;;
        --repeat)
            [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || { complain "--repeat takes how often, a number from 1 on, not '${2:-}'" && return 2; }
            repeat=$2
            shift
            ;;
        --no-install) install=no ;;
        -*) complain "test does not know '$1'; it knows --ci, --all, --repeat N, --no-install and a part of a test's name" && return 2 ;;
        *)
            [[ -n $filter ]] && complain "test takes one name, not '$filter' and '$1'" && return 2
            filter=$1
            ;;
        esac
        shift
    done
    [[ -n $repeat && -z $filter ]] && complain '--repeat takes the name of a test' && return 2
    [[ -n $filter && $size != usual ]] && complain 'a name, or one of --ci and --all, not both' && return 2
    local sets=(build simulator test generate)
    [[ -z $filter ]] && sets+=(format)
    [[ $size != usual ]] && sets+=(bench tidy interface languages)
    need_packages "$install" "${sets[@]}"
    [[ $size != usual ]] && name_missing_dotnet
    quiet_environment
    start_tally
    say 'libxtap: tests'
    if [[ -n $filter ]]; then
        test_named "$filter" "${repeat:-1}"
    else
        test_everything "$size"
    fi
}

# Tests wait more than they compute, so they run beside the builds of the configurations after theirs. What is built is named
# to the lane of tests by a line; builds are the ones that yield.
test_everything() {
    local size=$1 name lane status
    exec 6> >(test_lane)
    lane=$!
    trap 'kill "$lane" 2>/dev/null' EXIT
    trap 'exit 130' INT TERM
    YIELDING=(nice -n 10)
    for name in $(configurations "$size"); do
        build_for_tests "$name" "$size" >&6
    done
    [[ $size != usual ]] && build_with_clang
    run_checks "$size"
    exec 6>&-
    wait "$lane"
    trap - EXIT INT TERM
    print_tally
}

configurations() {
    echo release asan
    [[ $1 != usual ]] && echo tsan
}

# Prints "NAME SIZE" when it is ready for its tests. The slow tests are of plain builds, where their size is what tells.
build_for_tests() {
    local size=usual
    [[ $1 == release ]] && size=$2
    if ! runner_of "$1"; then
        count "$1" 0 0 1
    elif configure "$1" -Dtests=true && build "$1"; then
        echo "$1 $size"
    else
        count "$1" 0 1 0
    fi
}

test_lane() {
    local name size
    trap 'stop_running_tests; exit 130' TERM
    while read -r name size; do
        run_tests "$name" "$size"
    done
}

build_with_clang() {
    if ! find_clang >/dev/null; then
        complain 'SKIPPED: clang is not installed, so nothing was built with it'
        count clang 0 0 1
    elif configure clang -Dtests=true && build clang; then
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
    [[ $1 != usual ]] && run_check "static analysis (clang-tidy $LINT_TOOLS_VERSION)" check_analysis "$1"
    [[ $1 == reduced ]] && echo "REDUCED: static analysis: $ANALYSIS_STEPS_REDUCED of $ANALYSIS_STEPS steps a function" >>"$REMARKS_FILE"
    count checks "$CHECKS_PASSED" "$CHECKS_FAILED" "$CHECKS_SKIPPED"
}
