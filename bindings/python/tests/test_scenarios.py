"""The scenarios of tests/scenarios, which every language runs: what is done here, what must come of it there."""

import contextlib
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

from simulator import Simulator

import xtap
from xtap.constants import STATUS_NAMES

PACKAGE = pathlib.Path(__file__).resolve().parent.parent
LIST = json.loads((PACKAGE.parent.parent / "tests" / "scenarios" / "scenarios.json").read_text())


class World:
    """A simulator as an entry wants it, and what is made from the entry against it."""

    def __init__(self, entry):
        self.entry = entry
        since = entry.get("started", {}).get("seconds_ago")
        started = "2026-01-01T00:00:00Z" if since is None else (
            datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=since)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.simulator = Simulator(*LIST["defaults"]["simulator"], "--base-time", started, *entry.get("simulator", ()))
        self.undo = contextlib.ExitStack()
        self.undo.callback(self.simulator.stop)
        for fault in entry.get("faults", ()):
            self.simulator.control("POST", "/faults", fault)

    def client(self):
        options = {"base_url": self.simulator.url, **LIST["defaults"]["client"], **self.entry.get("client", {})}
        return self.undo.enter_context(xtap.Client(**options))

    def request(self, client):
        for before in self.entry.get("before", ()):
            client.send(before["operation"], body=before["body"])
        return client.request(self.entry.get("operation", LIST["defaults"]["operation"]), self.entry.get("parameters"),
                              options=self.entry.get("options"))

    def stream(self, client=None):
        stream = self.request(client or self.client()).stream(select=self.entry.get("select", ()))
        return self.undo.enter_context(stream)


def number(text):
    return int(text.rpartition(" ")[2])


def records_of(stream, level):
    """Records as (record, its number in the stream), read as the level says."""
    if level == "events":
        yield from stream.records()
        return
    batch = xtap.Batch(4096, 16)
    while stream.read(batch) == xtap.Status.OK:
        yield from batch


def deliver(world, level):
    entry, stream, threads = world.entry, world.stream(), []
    until, tell = entry["until"], entry.get("tell", {})
    positions, numbers, told, kinds, columns, largest, events, noticed = [], [], [], [], None, 0, 0, 0
    status = "XTAP_END"
    for record in records_of(stream, level):
        positions.append(record.position)
        if record.is_notice:
            if record.name in tell:
                told.append(" ".join(filter(None, [record.name, str(record.get(tell[record.name], ""))])))
            noticed += record.name == until.get("notice")
        else:
            events += 1
            largest = max(largest, len(record.raw))
            if record.kind not in kinds:
                kinds.append(record.kind)
            if entry.get("select"):
                numbers.append(number(record[0]))
                if columns is None:
                    columns = [[kind, bytes(data).decode()] for kind, data in map(record.column, range(len(entry["select"])))]
            if events == entry.get("finish_at"):
                threads.append(threading.Thread(target=stream.finish))
                threads[0].start()
        if events == until.get("events") or noticed and noticed == until.get("times"):
            status = "XTAP_OK"
            break
    for thread in threads:
        thread.join()
    line = world.simulator.state()["list"][-1]["request_line"]
    return {"status": status, "events": events, "numbers": numbers, "in_order": numbers == list(range(1, events + 1)),
            "positions_in_order": positions == list(range(1, len(positions) + 1)), "kinds": kinds, "columns": columns,
            "largest": largest, "told": told, "asked": [text for text in entry.get("look_for", ()) if text in line]}


def fail(world):
    def attempt():
        if world.entry["do"] == "send":
            return world.request(world.client()).send()
        stream = world.stream()
        if "resume" in world.entry:
            stream.resume(world.entry["resume"])
        attempted.append(stream)
        for _ in stream.records():
            pass

    attempted = []
    problem = failure_of(attempt)
    again = failure_of(lambda: attempted[0].read(xtap.Batch())) if attempted else None
    return {"status": problem.name, "http_status": problem.http_status, "retriable": problem.retriable,
            "waits": bool(problem.retry_after), "problem": bool(problem.problem_title), "request_id": bool(problem.request_id),
            "response": problem.response.http_status if problem.response else 0, "again": again and again.name,
            "said": [text for text in world.entry.get("look_for", ()) if text in problem.message],
            "requests": world.simulator.control("GET", "/requests")["requests"]}


def failure_of(attempt):
    try:
        attempt()
    except xtap.Error as problem:
        return problem
    raise AssertionError("nothing failed")


def page(world):
    pages = [page.json()["data"] for page in world.request(world.client()).pages()]
    numbers = [number(item["text"]) for items in pages for item in items]
    return {"pages": len(pages), "items": len(numbers), "first": numbers[0], "last": numbers[-1],
            "in_order": numbers == list(range(numbers[0], numbers[0] - len(numbers), -1))}


def interrupt(world):
    stream, batch = world.stream(), xtap.Batch()

    def read(timeout=None):
        try:
            return STATUS_NAMES[stream.read(batch, timeout)]
        except xtap.Error as problem:
            return problem.name

    def act():
        world.simulator.state("min_connections=1")
        getattr(stream, world.entry["act"])()

    if not world.entry.get("lingers"):
        read()  # connecting
    thread = threading.Thread(target=act)
    thread.start()
    observed = {"read": read()}
    thread.join()
    return {**observed, "then": read(0)}


def raising(world):
    stream, raised = world.stream(), False
    try:
        for event in stream:
            if number(event[0]) == world.entry["at"]:
                raise LookupError("by the loop")
    except LookupError:
        raised = True
    return {"raised": raised, "next": next(number(event[0]) for event in stream)}


def resume(world, level):
    client, checkpoint, seen = world.client(), None, []
    for round in range(world.entry["rounds"]):
        stream = world.stream(client)
        if checkpoint:
            stream.resume(checkpoint)
        last, taken = round == world.entry["rounds"] - 1, 0
        for record in records_of(stream, level):
            if record.is_notice:
                continue
            seen.append(number(record[0]))
            taken += 1
            # What is fetched comes beside what is live, so the last one is read until nothing is missing.
            if taken >= world.entry["events"] and (not last or len(set(seen)) > max(seen) - min(seen)):
                checkpoint = stream.checkpoint(record.position if level == "batches" else None)
                break
        stream.close()
    return {"twice": len(seen) - len(set(seen)), "missing": max(seen) - min(seen) + 1 - len(set(seen))}


def close(world):
    client = world.client()
    request = world.request(client)
    handles = {"client": client, "request": request, "stream": request.stream()}
    uses = {"client": client.stats, "request": lambda: request.stream().close(),
            "stream": lambda: handles["stream"].read(xtap.Batch())}

    def works(name):
        try:
            uses[name]()
            return True
        except xtap.UsageError:
            return False

    alive = []
    for name in world.entry["order"]:
        handles[name].close()
        alive.append([other for other in uses if works(other)])
    return {"alive": alive}


def exiting(world):
    program = ("import sys, threading, xtap\n"
               f"stream = xtap.Client(base_url={world.simulator.url!r}, bearer_token='token').stream('streamPostsSample')\n"
               "stream.read(xtap.Batch())\n"
               "threading.Thread(target=lambda: list(stream.records()), daemon=True).start()\n"
               "sys.exit(7)\n")
    # Its output goes into a file: a pipe would be one more way to wait.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": str(PACKAGE)}, stdout=said,
                              stderr=said)
    return {"exit_status": done.returncode}


SCENARIOS = {"deliver": deliver, "fail": fail, "page": page, "interrupt": interrupt, "raise": raising, "resume": resume,
             "close": close, "exit": exiting}


class Scenarios(unittest.TestCase):
    maxDiff = None

    def test_every_scenario_is_in_the_list_and_every_entry_has_its_scenario(self):
        self.assertEqual({entry["scenario"] for entry in LIST["scenarios"]}, set(SCENARIOS))

    def test_every_entry_comes_to_what_it_expects(self):
        for entry in LIST["scenarios"]:
            for levels in [(level,) for level in entry["levels"]] if "levels" in entry else [()]:
                with self.subTest(entry["name"], levels=levels):
                    world = World(entry)
                    with world.undo:
                        observed = SCENARIOS[entry["scenario"]](world, *levels)
                    self.assertEqual({name: observed[name] for name in entry["expect"]}, entry["expect"])


if __name__ == "__main__":
    unittest.main()
