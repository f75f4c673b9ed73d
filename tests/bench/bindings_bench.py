#!/usr/bin/python3
"""Measures the bindings beside a program in C and beside plain clients of their own languages, all against the load source of
xtap-bench. Rounds are interleaved; a ratio is taken inside a round, and its median counts.

It builds the programs of the languages whose toolchain is there into BUILD/bindings, and needs BUILD/tests/bench/bindings_load
and bindings_client, and BUILD/src/libxtap.so.1.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODES = {"raw": "batches, index=off", "three": "three fields as values of the language", "plain": "without the library"}

# (language, mode): what it is compared with, the least ratio, and what that is.
GOALS = {
    ("Rust", "raw"): ("C", "raw", 0.95), ("Go", "raw"): ("C", "raw", 0.9), ("C#", "raw"): ("C", "raw", 0.9),
    ("Rust", "three"): ("C", "three", 0.9), ("Go", "three"): ("C", "three", 0.75), ("C#", "three"): ("C", "three", 0.6),
}
PLAIN_GOAL = 5  # times the events of the plain client
PYTHON_GOAL = 100_000  # events per second


class Load:
    """The load source: one server for each measurement."""

    def __init__(self, program):
        self._process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def serve(self, laps):
        self._process.stdin.write(f"{laps}\n")
        self._process.stdin.flush()
        facts = dict(word.split("=", 1) for word in self._process.stdout.readline().split())
        return facts["URL"], int(facts["EVENTS"])

    def end(self):
        self._process.stdin.close()
        self._process.wait()


def built(command, folder, environment):
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)


def programs(build, environment):
    """The command of each language that is there, by its name."""
    found, bindings, output = {"C": [build / "tests/bench/bindings_client"]}, ROOT / "bindings", build / "bindings" / "bench"
    if shutil.which("cargo"):
        target = output / "rust"
        built(["cargo", "build", "--release", "--locked", "--offline", "-q", "-p", "xtap-bench", "--target-dir", target],
              bindings / "rust", environment)
        found["Rust"] = [target / "release" / "xtap-bench"]
    if shutil.which("go"):
        built(["go", "build", "-o", output / "go_bench", "./bench"], bindings / "go", environment)
        found["Go"] = [output / "go_bench"]
    if shutil.which("dotnet"):
        built(["dotnet", "publish", "-c", "Release", "-o", output / "csharp", "--nologo", "-v", "q"],
              bindings / "csharp" / "Xtap.Bench", environment)
        found["C#"] = ["dotnet", output / "csharp" / "Xtap.Bench.dll"]
    found["Python"] = ["/usr/bin/python3", "-B", bindings / "python" / "bench" / "bench.py"]
    return found


def environment_of(build):
    return {**os.environ, "PKG_CONFIG_PATH": str(build / "bindings"), "LD_LIBRARY_PATH": str(build / "src"),
            "XTAP_BINDINGS_BUILD": str(build / "bindings"), "GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOTOOLCHAIN": "local",
            "CGO_ENABLED": "1", "DOTNET_CLI_TELEMETRY_OPTOUT": "1", "DOTNET_NOLOGO": "1", "MSBUILDDISABLENODEREUSE": "1",
            "UseSharedCompilation": "false", "DOTNET_TieredPGO": os.environ.get("DOTNET_TieredPGO", "1")}


def measured(load, command, mode, laps, environment):
    """Events per second, and per second of a processor."""
    url, events = load.serve(laps)
    done = subprocess.run([*command, mode, url, str(events)], env=environment, check=True, capture_output=True, text=True)
    facts = dict(word.split("=", 1) for word in done.stdout.split())
    if not events <= int(facts["events"]) or int(facts["bytes"]) == 0:
        raise SystemExit(f"{command} {mode}: {done.stdout}")
    return tuple(int(facts["measured"]) / float(facts[time]) for time in ("seconds", "processor"))


def rounds_of(measures, arguments, load, environment):
    """What `measured` gives for each measure, a list by rounds."""
    laps, rates = {}, {name: [] for name in measures}
    for name, command in measures.items():  # also warms files and caches
        rate = measured(load, command, name[1], 1 if arguments.quick else 4, environment)[0]
        laps[name] = 1 if arguments.quick else max(1, round(rate * arguments.seconds * 1.5 / 8000))
    for number in range(arguments.rounds):
        for name, command in measures.items():
            rates[name].append(measured(load, command, name[1], laps[name], environment))
        print(f"bindings_bench: round {number + 1} of {arguments.rounds}", file=sys.stderr)
    return rates


def ratio(rates, one, other, time):
    return statistics.median([mine[time] / theirs[time] for mine, theirs in zip(rates[one], rates[other])])


def rows(rates):
    """(what, wanted, measured, by processor time, met) for every goal that could be measured."""
    for (language, mode), (other, other_mode, least) in GOALS.items():
        if (language, mode) in rates:
            found, used = [ratio(rates, (language, mode), (other, other_mode), time) for time in (0, 1)]
            yield (f"{language}, {MODES[mode]}, beside {other}", f"at least {least}", f"{found:.2f}", f"{used:.2f}",
                   found >= least)
    if ("Python", "three") in rates:
        found, used = [statistics.median([each[time] for each in rates["Python", "three"]]) for time in (0, 1)]
        yield (f"Python, {MODES['three']}, events/s", f"at least {PYTHON_GOAL:,}", f"{found:,.0f}", f"{used:,.0f}",
               found >= PYTHON_GOAL)
    for language in ("Go", "C#", "Python"):
        if (language, "plain") in rates:
            found, used = [ratio(rates, (language, "three"), (language, "plain"), time) for time in (0, 1)]
            yield (f"{language}, {MODES['three']}, beside a plain client", f"at least {PLAIN_GOAL}", f"{found:.1f}",
                   f"{used:.1f}", found >= PLAIN_GOAL)


def print_tables(rates):
    print("| program | events/s, median | least | largest | processor s per million |\n|---|---:|---:|---:|---:|")
    for (language, mode), each in rates.items():
        speeds, used = zip(*each)
        print(f"| {language}, {MODES[mode]} | {statistics.median(speeds):,.0f} | {min(speeds):,.0f} | {max(speeds):,.0f} | "
              f"{1e6 / statistics.median(used):.2f} |")
    print("\n| goal | wanted | measured | by processor time | met |\n|---|---:|---:|---:|---|")
    for what, wanted, found, used, met in rows(rates):
        print(f"| {what} | {wanted} | {found} | {used} | {'yes' if met else 'no'} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release", help="the build of the library")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1, help="length of one measurement")
    parser.add_argument("--only", action="append", metavar="LANGUAGE", help="Rust, Go, C#, Python; C always runs")
    parser.add_argument("--quick", action="store_true", help="a short run, to see that it works; its figures mean nothing")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures there, too")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds = 1
    environment, build = environment_of(arguments.build.resolve()), arguments.build.resolve()
    found = programs(build, environment)
    wanted = {"C", *(arguments.only or found)}
    measures = {(language, mode): command for mode in MODES for language, command in found.items()
                if language in wanted and (mode != "plain" or language not in ("C", "Rust"))}
    load = Load(build / "tests/bench/bindings_load")
    rates = rounds_of(measures, arguments, load, environment)
    load.end()
    print(f"Machine: {platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}\n")
    print_tables(rates)
    for language in sorted({"Rust", "Go", "C#"} - set(found)):
        print(f"NOT MEASURED: {language}, its toolchain is not installed", file=sys.stderr)
    if arguments.json:
        arguments.json.write_text(json.dumps({" ".join(name): each for name, each in rates.items()}, indent=1) + "\n")


if __name__ == "__main__":
    main()
