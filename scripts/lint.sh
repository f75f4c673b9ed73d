# ./dev lint: every check that runs no product code.

dev_lint() {
    local install=yes fix=no
    while (($#)); do
        case $1 in
        --fix) fix=yes ;;
        --no-install) install=no ;;
        *) complain "lint does not know '$1'; it knows --fix and --no-install" && return 2 ;;
        esac
        shift
    done
    need_packages "$install" build simulator generate format tidy
    say 'libxtap: lint'
    if [[ $fix == yes ]]; then
        check_layout --fix || return 1
        say '  the layout was applied'
    fi
    configure_as_it_is release || return 1
    run_check "layout (clang-format $LINT_TOOLS_VERSION)" check_layout
    run_check 'scripts parse' check_scripts
    run_check 'layering and openings' check_layering
    run_check 'generated files are fresh' check_generated
    run_check "static analysis (clang-tidy $LINT_TOOLS_VERSION)" check_analysis
    printf '%d passed, %d failed, %d skipped\n' "$CHECKS_PASSED" "$CHECKS_FAILED" "$CHECKS_SKIPPED"
    ((CHECKS_FAILED == 0))
}

# shellcheck source=/dev/null
source "$DEV_ROOT/scripts/checks.sh"
