# Which packages a command needs, which of them are missing, and how to get them. Knows apt; builds nothing.

# package | set | what it is for | how it is recognised anywhere | the least version
# Recognised by: cmd:NAME a program, pc:NAME a pkg-config module, py:NAME a Python module.
DEV_PACKAGES='
g++|build|compiles the library|cmd:c++|GCC 12 or Clang 14
meson|build|describes the build|cmd:meson|1.0
ninja-build|build|runs the build|cmd:ninja|1.10
pkgconf|build|finds the libraries below|cmd:pkg-config|1.0
libcurl4-openssl-dev|build|HTTP and TLS|pc:libcurl|7.88
libssl-dev|build|signatures and digests of OAuth, TLS of the simulator|pc:openssl|3.0
libsimdjson-dev|build|reads JSON|pc:simdjson|3.0
zlib1g-dev|build|inflates gzip|pc:zlib|1.2
libcpp-httplib-dev|simulator|HTTP server of the simulator|pc:cpp-httplib|0.11
nlohmann-json3-dev|simulator|writes the JSON of the simulator and of the command|pc:nlohmann_json|3.11
libcli11-dev|simulator|command lines of the simulator and of the command|pc:CLI11|2.1
libgtest-dev|test|runs the tests|pc:gtest|1.12
libgmock-dev|test|matchers of the tests|pc:gmock|1.12
python3-jinja2|generate|writes the generated files|py:jinja2|3.1
abigail-tools|interface|compares the interface with its baseline|cmd:abidiff|2.0
cargo|languages|the oldest Rust that the crates work with|cmd:/usr/bin/cargo|1.63
golang-go|languages|builds and tests the Go package|cmd:go|1.19
libbenchmark-dev|bench|runs the benchmarks|pc:benchmark|1.7
clang-format-14|format|checks the layout of the sources|cmd:clang-format-14|14, exactly
clang-tidy-14|tidy|static analysis|cmd:clang-tidy-14|14, exactly
'

# The system's own Python sees the system's packages; one found first on PATH may not.
DEV_PYTHON=$([[ -x /usr/bin/python3 ]] && echo /usr/bin/python3 || echo python3)

recognised() {
    local what=$1 version=$2
    case $what in
    cmd:c++) command -v "${CXX:-c++}" >/dev/null ;;
    cmd:*) command -v "${what#cmd:}" >/dev/null ;;
    pc:*) pkg-config --atleast-version="$version" "${what#pc:}" 2>/dev/null ;;
    py:*) "$DEV_PYTHON" -c "import ${what#py:}" 2>/dev/null ;;
    esac
}

dpkg_has() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# Prints "PACKAGE|why|recognised by|version" for each package of the given sets that is not there.
missing_packages() {
    local package set why what version wanted=" $* "
    while IFS='|' read -r package set why what version; do
        [[ -z $package || $wanted != *" $set "* ]] && continue
        dpkg_has "$package" || recognised "$what" "$version" || printf '%s|%s|%s|%s\n' "$package" "$why" "$what" "$version"
    done <<<"$DEV_PACKAGES"
}

# The systems whose package names are known here: Debian from 12, Ubuntu from 24.04.
system_is_known() {
    local ID='' VERSION_ID=''
    command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 1
    # shellcheck source=/dev/null
    [[ -r /etc/os-release ]] && source /etc/os-release
    case $ID in
    debian) [[ -z $VERSION_ID || ${VERSION_ID%%.*} -ge 12 ]] ;;
    ubuntu) [[ ${VERSION_ID%%.*} -ge 24 ]] ;;
    *) return 1 ;;
    esac
}

name_missing() {
    local package why what version
    while IFS='|' read -r package why what version; do
        if system_is_known; then
            printf '  %-22s %s\n' "$package" "$why"
        else
            printf '  %-22s %s (version: %s; recognised by: %s)\n' "$package" "$why" "$version" "$(say_recognised "$what")"
        fi
    done <<<"$1" >&2
}

say_recognised() {
    case $1 in
    cmd:*) printf 'the program %s' "${1#cmd:}" ;;
    pc:*) printf 'pkg-config %s' "${1#pc:}" ;;
    py:*) printf 'the Python module %s' "${1#py:}" ;;
    esac
}

run_apt() {
    local as_root=()
    ((EUID == 0)) || as_root=(sudo)
    run_step "$1" "$DEV_BUILD/logs/apt.log" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -o DPkg::Lock::Timeout=120 "${@:2}"
}

# Layout and analysis differ from one major version to the next, so only version 14 is asked for; a system
# that no longer has it goes without, and the check that needs it says that it was skipped. Without package
# lists, as in a fresh container, nothing is known to be unavailable.
drop_unavailable_tools() {
    local line package
    if [[ -z $(apt-cache show g++ 2>/dev/null) ]]; then
        printf '%s\n' "$1"
        return
    fi
    while IFS= read -r line; do
        package=${line%%|*}
        [[ $package == clang-* ]] && [[ -z $(apt-cache show "$package" 2>/dev/null) ]] && continue
        printf '%s\n' "$line"
    done <<<"$1"
}

install_missing() {
    local missing=$1 names
    # A broken third source must not stop what the other sources have.
    run_apt 'apt-get update' update || complain 'going on with the package lists that are there'
    missing=$(drop_unavailable_tools "$missing")
    [[ -z $missing ]] && return 0
    mapfile -t names < <(cut -d '|' -f 1 <<<"$missing")
    # --no-remove: another flavour of a package that somebody chose is never thrown out.
    run_apt 'apt-get install' install -y --no-install-recommends --no-remove "${names[@]}"
}

# Says before an hour of tests what they will miss at their end: apt may not have it, so it is not among the packages.
name_missing_dotnet() {
    dotnet --list-sdks 2>/dev/null | grep -q '^1[0-9]\.' ||
        complain 'the .NET 10 SDK is not installed and not to be had from here: the tests of the C# package will count as failed'
}

# need_packages INSTALL SET...: INSTALL is yes or no. Exits with 3 when something is missing and stays missing.
need_packages() {
    local install=$1 missing
    shift
    missing=$(missing_packages "$@")
    # The version-bound tools are no reason to stop: their check says itself that it was skipped.
    if [[ $install == no ]] || ! system_is_known; then missing=$(grep -v '^clang-' <<<"$missing"); fi
    [[ $missing == *clang-* ]] && missing=$(drop_unavailable_tools "$missing")
    [[ -z $missing ]] && return 0
    if ! system_is_known; then
        complain 'missing; this system is neither Debian 12 nor Ubuntu 24.04 (or later), so please install'
        name_missing "$missing"
        exit 3
    fi
    complain "missing packages$([[ $install == yes ]] && echo ', to be installed with apt-get')"
    name_missing "$missing"
    if [[ $install == no ]]; then
        printf '  to install them: apt-get install %s\n' "$(cut -d '|' -f 1 <<<"$missing" | tr '\n' ' ')" >&2
        exit 3
    fi
    if ((EUID != 0)) && ! command -v sudo >/dev/null; then
        complain "installing needs root or sudo: apt-get install $(cut -d '|' -f 1 <<<"$missing" | tr '\n' ' ')"
        exit 3
    fi
    if ((EUID != 0)) && ! sudo -v; then exit 3; fi
    install_missing "$missing" || exit 3
}
