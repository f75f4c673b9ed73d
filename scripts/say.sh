# How ./dev talks: one line per step, and when a step fails the reason, the log's tail and how to repeat it.
# Knows nothing of what is built. Steps are written to descriptor 3, so that a command can keep stdout for itself.

exec 3>&1

on_terminal() { [[ -t 3 && ${CI:-} != true && ${TERM:-dumb} != dumb ]]; }

say() { printf '%s\n' "$*" >&3; }

complain() { printf './dev: %s\n' "$*" >&2; }

elapsed() { printf '%d:%02d' $(((SECONDS - $1) / 60)) $(((SECONDS - $1) % 60)); }

quoted() {
    local text
    printf -v text '%q ' "$@"
    printf '%s' "${text% }"
}

# Ninja's "[12/80]" becomes a line that rewrites itself; every other line is for the log alone.
show_progress() {
    local label=$1 line
    while IFS= read -r line; do
        [[ $line =~ ^\[[0-9]+/[0-9]+\] ]] && printf '\r  %-38s %s' "$label" "${BASH_REMATCH[0]}" >&3
    done
    printf '\r%60s\r' '' >&3
}

# step_line LABEL TEXT: a step that ended. On a terminal it may come while another one's progress is shown.
step_line() {
    on_terminal && printf '\r%60s\r' '' >&3
    printf '  %-38s %s\n' "$1" "$2" >&3
}

# run_step LABEL LOG COMMAND...: runs an external command quietly; its output goes to LOG.
run_step() {
    local label=$1 log=$2 started=$SECONDS status
    shift 2
    mkdir -p "$(dirname "$log")"
    if on_terminal; then
        printf '  %-38s ' "$label" >&3
        "$@" 2>&1 </dev/null | tee "$log" | show_progress "$label"
        status=${PIPESTATUS[0]}
    else
        "$@" >"$log" 2>&1 </dev/null
        status=$?
    fi
    if ((status == 0)); then
        step_line "$label" "done  $(elapsed "$started")"
    else
        step_line "$label" "FAILED (exit $status)  $(elapsed "$started")"
        explain_failure "$log" "$@"
    fi
    return "$status"
}

# The reason first, if the log names one; then the tail, longer when it has to speak for itself.
explain_failure() {
    local log=$1 reason lines=25
    shift
    reason=$(grep -m 8 -E '(^|[ :])(fatal error|error|ERROR|FAILED|E|undefined reference)(:| to )' "$log")
    [[ -n $reason ]] && lines=8
    {
        [[ -n $reason ]] && sed 's/^/    /' <<<"$reason"
        printf '    ... the end of %s:\n' "$log"
        tail -n "$lines" "$log" | sed 's/^/    | /'
        printf '    to repeat it: cd %s && %s\n' "$(quoted "$PWD")" "$(quoted "$@")"
    } >&3
}
