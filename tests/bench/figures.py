#!/usr/bin/env python3
"""Writes the tables of docs/BENCHMARKS.md between their markers, from what xtap-bench measured and perf recorded.

It knows the JSON and the profiles, and runs no benchmark.
"""
import argparse
import fnmatch
import json
import pathlib
import re
import subprocess
import sys

GROUPS = [
    ("plain", "Throughput, plain HTTP"),
    ("gzip", "Throughput, gzip"),
    ("tls", "Throughput, TLS"),
    ("200B", "Events of about 200 bytes"),
    ("1KB", "Events of about 1,000 bytes"),
    ("10KB", "Events of about 10,000 bytes"),
    ("continuity", "Continuity against its absence"),
    ("continuity-ahead", "Continuity against its absence, with read-ahead"),
    ("legs", "Twenty legs against one"),
    ("legs-ahead", "Twenty legs against one, with read-ahead"),
    ("latency", "Latency at 10,000 events/s, from before the server's write to the callback"),
    ("memory", "Peak memory of the process (three pointers selected)"),
    ("allocations", "Allocations (three pointers selected, after the first 100,000 events)"),
]

# What a group's ratios are taken against, where it is not curl.
BESIDE = {"continuity": "off", "continuity-ahead": "off", "legs": "one", "legs-ahead": "one"}

# Where time goes, by the object and the name of the function; the first that fits takes the sample.
PARTS = [
    ("kernel: copying out of the socket", r"kernel", r"copy_to_iter|copy_user|rep_movs|skb_copy_datagram|skb_datagram_iter"),
    ("kernel: the rest (TCP, waking, polling, memory)", r"kernel", r""),
    ("libcurl", r"libcurl", r""),
    ("TLS", r"libcrypto|libssl", r""),
    ("inflate", r"libz", r""),
    ("finding the end of the line", r"", r"memchr|Framer"),
    ("checking UTF-8", r"simdjson", r""),
    ("finding quotes and brackets", r"libxtap", r"scan"),
    ("unescaping the selected strings", r"libxtap", r"escape"),
    ("kind, id, time, key and pointers: the walk", r"libxtap", r"walk|Walker|Trie|Nesting|parse_digits|digits|derive|[Cc]lassif|Facts|facts|time|hash|scalar"),
    ("copying bytes (batch, backlog)", r"", r"memmove|memcpy"),
    ("allocating", r"", r"malloc|free|realloc|operator (new|delete)|_int_"),
    ("records, callbacks and the edge", r"libxtap", r""),
    ("the consumer itself", r"xtap-bench", r""),
    ("other", r"", r""),
]

# What the library is held to: what, which measures (the worst of them counts), which figure, at least or at most.
GOALS = [
    ("`index=off` beside curl", ["plain/read-off", "plain/run-off"], "ratio", ">=", 0.8),
    ("`index=full` beside curl", ["plain/read-full", "plain/run-full"], "ratio", ">=", 0.35),
    ("three pointers beside curl", ["plain/read-three", "plain/run-three"], "ratio", ">=", 0.25),
    ("three pointers, events/s", ["plain/read-three", "plain/run-three"], "events_per_second", ">=", 1e6),
    ("read-ahead, `index=full`, MB/s", ["plain/read-full-ahead", "plain/run-full-ahead"], "mb_per_second", ">=", 800),
    ("`continuity=auto` beside `off`", ["continuity/*", "continuity-ahead/*"], "ratio", ">=", 0.9),
    ("the same by processor time", ["continuity/*", "continuity-ahead/*"], "cpu_ratio", ">=", 0.9),
    ("twenty legs beside one, by processor time", ["legs/*", "legs-ahead/*"], "cpu_ratio", ">=", 1),
    ("latency p99, µs", ["latency/run-full", "latency/run-full-ahead"], "p99_us", "<=", 1000),
    ("peak memory, MiB", ["memory/*-three-[0-9]*"], "peak_mib", "<=", 32),
    ("peak memory with read-ahead, MiB", ["memory/*-ahead-[0-9]*"], "peak_mib", "<=", 32),
    ("allocations per event", ["allocations/*-three"], "allocations_per_event", "<=", 0.01),
    ("allocations per event with read-ahead", ["allocations/*-ahead"], "allocations_per_event", "<=", 0.01),
]


def number(value):
    return f"{value:,.0f}"


def spread(value, digits=2):
    return f"{value['median']:.{digits}f} ({value['min']:.{digits}f}-{value['max']:.{digits}f})"


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|---|" + "---:|" * (len(header) - 1)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def throughput_table(rows):
    header = ["", "events/s", "MB/s", f"ratio to {BESIDE.get(rows[0]['group'], 'curl')}", "of the best rounds", "by processor time", "CPU s per million"]
    body = []
    for row in rows:
        ratio = spread(row["ratio"]) if "ratio" in row else ""
        by_cpu = f"{row['cpu_ratio']['median']:.2f}" if "cpu_ratio" in row else ""
        best = f"{row['ratio_of_bests']:.2f}" if "ratio_of_bests" in row else ""
        body.append([row["says"], number(row["events_per_second"]["median"]), number(row["mb_per_second"]["median"]),
                     ratio, best, by_cpu, f"{row['cpu_seconds_per_million']['median']:.3f}"])
    return table(header, body)


def latency_table(rows):
    fields = ["p50_us", "p99_us", "p999_us", "worst_us"]
    return table(["µs", "p50", "p99", "p99.9", "worst"],
                 [[row["says"]] + [number(row[field]["median"]) for field in fields] for row in rows])


def memory_table(rows):
    sizes = sorted({row["events"] for row in rows})
    names = list(dict.fromkeys(row["says"] for row in rows))
    peak = {(row["says"], row["events"]): f"{row['peak_mib']['median']:.1f}" for row in rows}
    return table(["MiB"] + [f"{size:,} events" for size in sizes],
                 [[name] + [peak.get((name, size), "") for size in sizes] for name in names])


def allocation_table(rows):
    return table(["", "a million events"],
                 [[row["says"], number(row["allocations_per_event"]["median"] * 1e6)] for row in rows])


def group_table(group, rows):
    makers = {"latency": latency_table, "memory": memory_table, "allocations": allocation_table}
    return makers.get(group, throughput_table)(rows)


def chosen(figures, names):
    for row in figures["rows"]:
        full_name = f"{row['group']}/{row['name']}"
        if not row["reference"] and any(fnmatch.fnmatch(full_name, name) for name in names):
            yield row


def goal_table(figures):
    body = []
    for what, names, field, sign, limit in GOALS:
        values = [row[field]["median"] for row in chosen(figures, names) if field in row]
        if not values:
            continue
        worst = min(values) if sign == ">=" else max(values)
        met = worst >= limit if sign == ">=" else worst <= limit
        places = 0 if limit >= 100 else 1 if limit >= 10 else 3 if limit < 0.1 else 2
        body.append([what, f"{'at least' if sign == '>=' else 'at most'} {limit:,g}" if limit < 1e6 else
                     f"at least {limit:,.0f}", f"{worst:,.{places}f}", "yes" if met else "no"])
    return table(["goal", "wanted", "measured, the worst of its rows", "met"], body)


def conditions(figures):
    machine, versions = figures["machine"], figures["versions"]
    command = re.sub(r" --json \S+", "", figures["command"])
    curl = " ".join(part for part in versions["libcurl"].split() if re.match(r"libcurl|OpenSSL|zlib", part))
    return [
        f"Machine: {machine['processor']}, {machine['cores']} cores, Linux {machine['kernel']}. Other processes took "
        f"{machine['others'] * 100:.0f}% of it meanwhile.",
        f"Versions: libxtap {versions['libxtap']}, {curl}, {versions['compiler']}.",
        f"Command: `{command}`.",
    ]


def figures_text(figures):
    lines = conditions(figures) + [""] + goal_table(figures)
    for group, title in GROUPS:
        rows = [row for row in figures["rows"] if row["group"] == group]
        if rows:
            size = f" ({rows[0]['bytes_per_event']:,.0f} bytes an event)" if group not in ("memory", "allocations") else ""
            lines += ["", f"### {title}{size}", ""] + group_table(group, rows)
    return lines


def profile_of(file):
    report = subprocess.run(["perf", "report", "-i", str(file), "--stdio", "--no-children", "-g", "none", "-F",
                             "overhead,dso,sym", "-w", "0,0,0"], capture_output=True, text=True, check=True).stdout
    parts = {name: 0.0 for name, _, _ in PARTS}
    for line in report.splitlines():
        found = re.match(r"\s*([\d.]+)%\s+(\S+)\s+\[.\]\s+(.*)", line)
        if not found:
            continue
        for name, library, function in PARTS:
            if re.search(library, found[2]) and re.search(function, found[3]):
                parts[name] += float(found[1])
                break
    return parts


def profile_text(folder):
    files = sorted(pathlib.Path(folder).glob("*.perf"), key=lambda file: file.stat().st_mtime)
    if not files:
        sys.exit(f"figures.py: no profile in {folder}")
    profiles = {file.stem.split("-", 1)[1]: profile_of(file) for file in files}
    rows = [[name] + [f"{profile[name]:.0f}%" for profile in profiles.values()] for name, _, _ in PARTS
            if max(profile[name] for profile in profiles.values()) >= 0.5]
    return table(["part of the consumer's processor time"] + list(profiles), rows)


def replace_between(text, marker, lines):
    begin, end = f"<!-- {marker}: begin -->", f"<!-- {marker}: end -->"
    before, found, rest = text.partition(begin)
    if not found or end not in rest:
        sys.exit(f"figures.py: the document has no '{begin}' ... '{end}'")
    return before + begin + "\n" + "\n".join(lines) + "\n" + end + rest.partition(end)[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("document", type=pathlib.Path, help="docs/BENCHMARKS.md")
    parser.add_argument("--json", help="what xtap-bench --json wrote")
    parser.add_argument("--perf", help="the folder of xtap-bench --perf")
    arguments = parser.parse_args()
    text = arguments.document.read_text(encoding="utf-8")
    if arguments.json:
        figures = json.loads(pathlib.Path(arguments.json).read_text(encoding="utf-8"))
        text = replace_between(text, "figures", figures_text(figures))
    if arguments.perf:
        text = replace_between(text, "profile", profile_text(arguments.perf))
    arguments.document.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
