# ./dev generate: the generated files, written or compared.

dev_generate() {
    local install=yes arguments=()
    while (($#)); do
        case $1 in
        --check) arguments+=(--check) ;;
        --no-install) install=no ;;
        *) complain "generate does not know '$1'; it knows --check and --no-install" && return 2 ;;
        esac
        shift
    done
    need_packages "$install" generate
    "$DEV_PYTHON" "$DEV_ROOT/bindings/generate.py" "${arguments[@]}"
}
