"""Usage: bench.py raw|three|plain URL EVENTS. Prints what the last two thirds of the events took.
See tests/bench/bindings_bench.py."""

import json
import pathlib
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import xtap

FIELDS = ("/data/id", "/data/created_at", "/data/text")


class Figures:
    """Counted as events come, and timed from a third of them on."""

    def __init__(self, wanted):
        self.wanted, self.events, self.before, self.bytes = wanted, 0, 0, 0

    def add(self, events, size):
        self.events += events
        self.bytes += size
        if not self.before and self.events >= self.wanted // 3:
            self.before, self.start, self.processor = self.events, time.perf_counter(), time.process_time()
        return self.events < self.wanted

    def print(self):
        seconds, processor = time.perf_counter() - self.start, time.process_time() - self.processor
        print(f"events={self.events} measured={self.events - self.before} seconds={seconds:.6f} processor={processor:.6f} "
              f"bytes={self.bytes}")


def stream(url, index, select=()):
    client = xtap.Client(base_url=url, bearer_token="bench", max_reconnects=0, read_ahead_bytes=0, continuity="off",
                         index=index, log_level="off")
    return client.stream("streamPostsSample", select=select)


def raw(url, figures):
    batch = xtap.Batch(256 * 1024, 4096)
    for batch in stream(url, "off").batches(batch):
        events = [record for record in batch if not record.is_notice]
        if not figures.add(len(events), sum([len(event.raw) for event in events])):
            return


def three(url, figures):
    batch = xtap.Batch(256 * 1024, 4096)
    for batch in stream(url, "full", FIELDS).batches(batch):
        size = 0
        posts = batch.values()
        for post, created_at, text in posts:
            size += len(post) + len(created_at) + len(text)
        if not figures.add(len(posts), size):
            return


def plain(url, figures):
    """What one writes without the library."""
    with urllib.request.urlopen(url + "/2/tweets/sample/stream") as answer:
        for line in answer:
            data = json.loads(line)["data"]
            if not figures.add(1, len(data["id"]) + len(data["created_at"]) + len(data["text"])):
                return


def main(mode, url, wanted):
    figures = Figures(int(wanted))
    {"raw": raw, "three": three, "plain": plain}[mode](url, figures)
    figures.print()


if __name__ == "__main__":
    main(*sys.argv[1:])
