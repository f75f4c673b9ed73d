#!/bin/sh
# Runs the tests of the Go package. Needs libxtap where pkg-config finds it (PKG_CONFIG_PATH) and the dynamic linker too
# (LD_LIBRARY_PATH), and xtap-sim on PATH. Exits with 77 when there is no Go.
cd "$(dirname "$0")" || exit 1
if ! command -v go >/dev/null; then
    echo 'SKIPPED: Go is not installed' >&2
    exit 77
fi
export CGO_ENABLED=1 GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local
. ../tests/size.sh
set -ex
if [ -n "${XTAP_BINDING_CASES:-}" ]; then exec go test -count=1 -run "$XTAP_BINDING_CASES" ./...; fi
# The race detector, which is slow, is for the stress tests, where XTAP_BINDING_PART=stress leaves all else out.
if [ "${XTAP_BINDING_PART:-}" = stress ]; then exec go test -count=1 -race .; fi
go vet ./...
test -z "$(gofmt -l . | tee /dev/stderr)"
# Every pointer that crosses is checked, in the way that the tool chain has for it.
case $(go env GOVERSION) in
go1.19* | go1.20*) GODEBUG=cgocheck=2 go test -count=1 ./... ;;
*) GOEXPERIMENT=cgocheck2 go test -count=1 ./... ;;
esac
if [ -n "${XTAP_STRESS:-}" ]; then go test -count=1 -race .; fi
