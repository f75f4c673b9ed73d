# ./dev demo: the simulator, and the library streaming from it. Posts go to stdout, everything else to stderr.

DEMO_SECONDS=10
DEMO_RATE=4000
DEMO_SIMULATOR=''

dev_demo() {
    local install=yes
    exec 3>&2
    while (($#)); do
        case $1 in
        --no-install) install=no ;;
        *) complain "demo does not know '$1'; it knows --no-install" && return 2 ;;
        esac
        shift
    done
    need_packages "$install" build simulator
    say 'libxtap: demo'
    configure_as_it_is release || return 1
    build release examples/xtap-demo tests/simulator/xtap-sim || return 1
    run_demo
}

run_demo() {
    local url='' control='' log=$DEV_BUILD/logs/simulator.log status
    trap stop_simulator EXIT
    trap 'exit 130' INT TERM
    start_simulator "$log" || return 1
    say ''
    cut_the_connection_once "$control" &
    "$DEV_BUILD/release/examples/xtap-demo" "$url" "$DEMO_SECONDS" </dev/null
    status=$?
    stop_simulator
    ((status == 141)) && return 0 # whoever read our stdout has left, as `./dev demo | head` does
    if ((status != 0)); then
        explain_failure "$log" ./dev demo
        return 1
    fi
    show_the_few_lines
}

# Starts the simulator on a port that the system picks and reads where it listens; sets url and control.
start_simulator() {
    local log=$1 ready=$DEV_BUILD/logs/simulator.ready program=$DEV_BUILD/release/tests/simulator/xtap-sim line=''
    rm -f "$ready" && mkfifo "$ready" || return 1
    "$program" --port 0 --rate "$DEMO_RATE" --with-parent >"$ready" 2>"$log" </dev/null &
    DEMO_SIMULATOR=$!
    exec 5<"$ready" # stays open: a reader that leaves would kill the simulator at its next line
    rm -f "$ready"
    IFS= read -r -t 20 line <&5
    if [[ ! $line =~ URL=([^ ]+).*CONTROL=([^ ]+) ]]; then
        complain "the simulator did not start; it said '${line}'"
        explain_failure "$log" "$program" --port 0 --rate "$DEMO_RATE"
        return 1
    fi
    url=${BASH_REMATCH[1]} control=${BASH_REMATCH[2]}
    say "  the simulator plays api.x.com at $url"
}

stop_simulator() {
    [[ -n $DEMO_SIMULATOR ]] || return 0
    kill "$DEMO_SIMULATOR" 2>/dev/null
    wait "$DEMO_SIMULATOR" 2>/dev/null
    DEMO_SIMULATOR=''
}

# Half way through, the simulator is told to close the connection, so that the reconnect can be watched.
cut_the_connection_once() {
    local address=${1#http://} body='{"kind":"close","now":true}'
    address=${address%%/*}
    sleep "$((DEMO_SECONDS / 2))"
    exec 4<>"/dev/tcp/${address%:*}/${address##*:}" || return 0
    printf 'POST /faults HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' \
        "$address" "${#body}" "$body" >&4
    exec 4>&-
} 2>/dev/null

# Taken from the program itself, so that it is what ran; only the checks of each status are left out.
show_the_few_lines() {
    {
        printf '\nThe C that did it (examples/demo.c, without its checks):\n\n'
        sed -n '/<the few lines/,/<\/the few lines/{/the few lines/!p}' "$DEV_ROOT/examples/demo.c" |
            sed -E 's/^ +(int failed = )?\(status = (.*)\) \|\|$/    \2;/; s/^ +\(status = (.*)\);$/    \1;/; s/^ +status =/    status =/; s/^ +if/    if/'
        printf '\nNext: ./dev test, docs/GUIDE.md\n'
    } >&3
}
