#!/bin/sh
# Runs the tests of the Rust crates, their lints, and packs them. Needs libxtap where pkg-config finds it (PKG_CONFIG_PATH)
# and the dynamic linker too (LD_LIBRARY_PATH), and xtap-sim on PATH. Exits with 77 when there is no Rust.
cd "$(dirname "$0")" || exit 1
if ! command -v cargo >/dev/null || ! cargo --version >/dev/null 2>&1; then
    echo 'SKIPPED: Rust (cargo) is not installed' >&2
    exit 77
fi
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-${XTAP_BINDINGS_BUILD:-$PWD}/target}
# Nobody debugs these builds.
export CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0
export CARGO_TARGET_DIR CARGO_NET_OFFLINE=true RUSTFLAGS="${RUSTFLAGS:--D warnings}" RUSTDOCFLAGS="${RUSTDOCFLAGS:--D warnings}"
# Over a library that was built with ASan, which looks for leaks in the tests and not in what compiles them.
if [ -n "${XTAP_OVER_ASAN:-}" ]; then
    host=$(rustc -vV | sed -n 's/^host: //p' | tr 'a-z-' 'A-Z_')
    export "CARGO_TARGET_${host}_LINKER=$PWD/../tests/link_with_asan.sh" "CARGO_TARGET_${host}_RUNNER=env ASAN_OPTIONS=${ASAN_OPTIONS:-}"
    export ASAN_OPTIONS=detect_leaks=0
    exec cargo test --locked --quiet
fi
. ../tests/size.sh
set -ex
if [ -n "${XTAP_BINDING_CASES:-}" ]; then exec cargo test --locked --quiet "$XTAP_BINDING_CASES"; fi
if [ "${XTAP_BINDING_PART:-}" = stress ]; then exec cargo test --locked --quiet --test stress; fi
cargo test --locked --quiet
# The oldest Rust that is promised (rust-version) is the distribution's: where another comes first on PATH, both are asked.
# The older one's warnings are not: it sees some where the newer one sees none.
if [ "$(command -v cargo)" != /usr/bin/cargo ] && [ -x /usr/bin/cargo ]; then
    PATH="/usr/bin:$PATH" RUSTFLAGS='' cargo test --locked --quiet --target-dir "$CARGO_TARGET_DIR/oldest"
fi
cargo doc --locked --quiet --no-deps
DOCS_RS=1 cargo check --locked --quiet --target-dir "$CARGO_TARGET_DIR/docs-rs"
# Each crate has all it needs. Before cargo 1.90 xtap cannot be built from its package until xtap-sys is published, so that
# only its list is made.
if [ "$(cargo --version | sed 's/cargo 1\.\([0-9]*\).*/\1/')" -ge 90 ]; then
    cargo package --locked --quiet --allow-dirty -p xtap-sys -p xtap
else
    cargo package --locked --quiet --allow-dirty -p xtap-sys
fi
cargo package --locked --quiet --allow-dirty --list -p xtap | grep -x src/setters.rs
if cargo clippy --version >/dev/null 2>&1; then cargo clippy --locked --quiet --all-targets; fi
if cargo fmt --version >/dev/null 2>&1; then cargo fmt --check; fi
