#!/bin/sh
# Runs the tests of the C# package and packs it. Needs libxtap where the dynamic linker finds it (LD_LIBRARY_PATH) or in
# XTAP_LIBRARY, and where pkg-config finds it (for a test that stands in for it), xtap-sim on PATH, and NuGet for xunit. Exits with 77 when there is no .NET 10 SDK.
cd "$(dirname "$0")" || exit 1
if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^1[0-9]\.'; then
    echo 'SKIPPED: the .NET 10 SDK is not installed' >&2
    exit 77
fi
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_HOME="${DOTNET_CLI_HOME:-${HOME:-/tmp}}"
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false # leave no server behind
packages=$(mktemp -d) || exit 1
trap 'rm -rf "$packages"' EXIT
# Without a registry the packages come from a folder, where there is one. Analysing for trimming needs a package of its own,
# and is left to where it can be had.
restore_from_folder() {
    for folder in "${XTAP_NUGET_FOLDER:-}" "$(dirname "$(readlink -f "$(command -v dotnet)")")/library-packs" /opt/nuget/packages; do
        [ -d "$folder" ] || continue
        export RestoreSources="$folder" XtapAnalyzeTrimming=false
        dotnet restore Xtap.Tests && return 0
    done
    return 1
}
if ! dotnet restore Xtap.Tests && ! restore_from_folder; then
    echo 'SKIPPED: the packages of the C# tests could not be restored: no NuGet source has them' >&2
    exit 77
fi
test_and_pack() {
    dotnet test --no-restore Xtap.Tests
    # Managed code alone, unless the native library is asked for.
    dotnet pack Xtap -o "$packages"
    if python3 -m zipfile -l "$packages"/Xtap.*.nupkg | grep libxtap; then exit 1; fi
    echo stand-in > "$packages/libxtap.so.1"
    dotnet pack --no-build Xtap -o "$packages" "-p:XtapNative=$packages/libxtap.so.1"
    python3 -m zipfile -l "$packages"/Xtap.*.nupkg | grep 'runtimes/linux-.*/native/libxtap.so.1'
}
. ../tests/size.sh
set -ex
if [ -n "${XTAP_BINDING_CASES:-}" ]; then
    dotnet test --no-restore Xtap.Tests --filter "FullyQualifiedName~$XTAP_BINDING_CASES"
    exit 0
fi
if [ "${XTAP_BINDING_PART:-}" = stress ]; then
    dotnet test --no-restore Xtap.Tests --filter FullyQualifiedName~StressTests
else
    test_and_pack
fi
# The examples once more, compiled ahead of time: with the slow tests, and where the compiler for that can be had.
if [ -n "${XTAP_STRESS:-}" ]; then
    runtime=linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
    if ! dotnet restore Xtap.Examples -r "$runtime" -p:PublishAot=true; then
        echo 'NOT TRIED: compiling ahead of time, since no NuGet source has Microsoft.DotNet.ILCompiler' >&2
        exit 0
    fi
    dotnet publish --no-restore Xtap.Examples -r "$runtime" -p:PublishAot=true -p:CppCompilerAndLinker=gcc -o "$packages/native"
    XTAP_EXAMPLES=$packages/native/Xtap.Examples dotnet test --no-build Xtap.Tests --filter FullyQualifiedName~Examples_do_what_they_say
fi
