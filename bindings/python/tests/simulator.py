"""Runs xtap-sim (from PATH, or $XTAP_SIM) for the tests, and talks to its control endpoint."""

import json
import multiprocessing.connection
import os
import subprocess
import sys
import unittest
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Simulator:
    def __init__(self, *arguments):
        self._process = subprocess.Popen([os.environ.get("XTAP_SIM") or "xtap-sim", "--until-eof", *arguments],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        ready = dict(word.split("=", 1) for word in self._process.stdout.readline().split() if "=" in word)
        self.url, self._control = ready["URL"], ready["CONTROL"]

    def control(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        with NO_PROXY.open(urllib.request.Request(self._control + path, data, method=method), timeout=30) as answer:
            return json.load(answer)

    def fault(self, kind, **facts):
        self.control("POST", "/faults", {"kind": kind, **facts})

    def state(self, conditions=""):
        return self.control("GET", f"/state?{conditions}")

    def stop(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(30)


class WithSimulator(unittest.TestCase):
    """A simulator for each class of tests, and clients that talk to it."""

    ARGUMENTS = ()
    TIME = ("--base-time", "2026-01-01T00:00:00Z")  # the same output every time; () is today
    OPTIONS = {"bearer_token": "token", "oauth2_access_token": "user", "log_level": "off", "backoff_network_step_ms": 1,
               "backoff_http_start_ms": 1, "backoff_rate_limit_start_ms": 1}

    @classmethod
    def setUpClass(cls):
        cls.simulator = Simulator("--seed", "5", *cls.TIME, *cls.ARGUMENTS)
        cls.addClassCleanup(cls.simulator.stop)

    def client(self, **options):
        import xtap
        callbacks = {name: options.pop(name) for name in ("on_log", "on_token") if name in options}
        client = xtap.Client(base_url=self.simulator.url, **{**self.OPTIONS, **options}, **callbacks)
        self.addCleanup(client.close)
        self.addCleanup(self.simulator.control, "DELETE", "/faults")
        return client

    def stream(self, operation="streamPostsSample", parameters=None, /, *, client=None, **more):
        stream = (client or self.client()).stream(operation, parameters, **more)
        self.addCleanup(stream.close)
        return stream


def answer_of(child, answers):
    """What a forked child puts into a queue, of which this process holds the other end too: no end is seen when the child
    dies without an answer."""
    if not multiprocessing.connection.wait([answers._reader, child.sentinel], 60):
        raise AssertionError("the child neither answers nor ends")
    if not answers._reader.poll():
        child.join()
        raise AssertionError(f"the child ended with {child.exitcode} before it answered")
    return answers.get()


def take(count, events):
    """The first `count`, leaving the loop."""
    taken = []
    for event in events:
        taken.append(event)
        if len(taken) == count:
            break
    return taken
