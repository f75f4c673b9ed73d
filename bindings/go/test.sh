#!/bin/sh
# Runs the tests of the Go package. Needs libxtap where pkg-config finds it (PKG_CONFIG_PATH) and the dynamic linker too
# (LD_LIBRARY_PATH), and xtap-sim on PATH. Exits with 77 when there is no Go.
cd "$(dirname "$0")" || exit 1
if ! command -v go >/dev/null; then
    echo 'SKIPPED: Go is not installed' >&2
    exit 77
fi
export CGO_ENABLED=1 GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local
set -ex
go vet ./...
test -z "$(gofmt -l . | tee /dev/stderr)"
# Every pointer that crosses is checked, as far as the tool chain can (GOEXPERIMENT=cgocheck2 from Go 1.21 on).
GODEBUG=cgocheck=1 go test -count=1 ./...
if [ "${XTAP_TEST_RACE:-0}" != 0 ]; then go test -count=1 -race .; fi
