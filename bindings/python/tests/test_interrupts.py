"""Ctrl-C: wherever it comes, no event is lost and no checkpoint counts one that nobody was given."""

import contextlib
import signal
import sys
import threading
import unittest

from simulator import WithSimulator, take

import xtap


class Interrupts(WithSimulator):
    ARGUMENTS = ("--rate", "5")

    def interrupt_when(self, condition):
        thread = threading.Thread(target=lambda: (condition(), signal.raise_signal(signal.SIGINT)))
        thread.start()
        self.addCleanup(thread.join)

    def test_ctrl_c_ends_a_loop_and_nothing_is_lost(self):
        stream, positions = self.stream(), []
        self.interrupt_when(lambda: self.simulator.state("min_open=1"))
        with self.assertRaises(KeyboardInterrupt):
            for record in stream.records():
                positions.append(record.position)
        positions += [record.position for record in take(3, stream.records())]
        self.assertEqual(positions, list(range(1, len(positions) + 1)))

    def test_ctrl_c_ends_a_request(self):
        self.simulator.fault("no_response", path="/2/*")
        request = self.client().request("findMyUser")
        asked = len(self.simulator.control("GET", "/requests")["list"])
        self.interrupt_when(lambda: self.simulator.control("GET", f"/requests?after={asked}&min={asked + 1}"))
        with self.assertRaises(KeyboardInterrupt):
            request.send()


class Points:
    """Raises KeyboardInterrupt at one of the points where Python runs a signal handler: where a function begins, where a
    generator goes on, and where a function of C has returned."""

    def __init__(self, first):
        self.armed, self._left = True, first

    def _event(self, _, event, what):
        if not self.armed or event not in ("call", "c_return"):
            return
        self._left -= 1
        if self._left < 0:
            sys.setprofile(None)
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def running(self):
        sys.setprofile(self._event)
        try:
            yield
        except KeyboardInterrupt:
            pass
        finally:
            sys.setprofile(None)


def few():
    return xtap.Batch(8192, 2)


class EveryPoint(WithSimulator):
    """At each point of a loop in turn, over batches so small that all that a loop does comes often."""

    POINTS = 300
    ARGUMENTS = ("--rate", "2000")

    def interrupted_everywhere(self, stream, records_in_loop):
        """The positions that the consumer saw, the loop being left by Ctrl-C at another point each time."""
        seen = []
        for point in range(self.POINTS):
            points = Points(point)
            with points.running():
                for records in records_in_loop(stream):
                    points.armed = False  # what the consumer does with what it has is its own
                    seen += [record.position for record in records]
                    points.armed = True
            if seen:
                self.assertEqual(stream.checkpoint(), stream.checkpoint(seen[-1]))
        return seen

    def test_a_loop_over_records_goes_on_with_the_next_one(self):
        stream = self.stream()
        stream._batch = few()
        seen = self.interrupted_everywhere(stream, lambda stream: ((record,) for record in stream.records()))
        self.assertEqual(seen, list(range(1, len(seen) + 1)))

    def test_a_loop_over_batches_goes_on_with_the_next_one(self):
        batch = few()
        seen = self.interrupted_everywhere(self.stream(), lambda stream: stream.batches(batch))
        self.assertEqual(seen, list(range(1, len(seen) + 1)))

    def test_another_batch_takes_over_what_came_into_the_first(self):
        seen = self.interrupted_everywhere(self.stream(), lambda stream: stream.batches(few()))
        self.assertEqual(seen, list(range(1, len(seen) + 1)))


class Reads:
    """The library, where Ctrl-C comes while a read is inside it that gives records."""

    def __init__(self, library, which):
        self._library, self._left = library, which

    def __getattr__(self, name):
        return getattr(self._library, name)

    def xtap_stream_read(self, *arguments):
        status = self._library.xtap_stream_read(*arguments)
        self._left -= status == xtap.Status.OK
        if self._left == 0 and status == xtap.Status.OK:
            signal.raise_signal(signal.SIGINT)
        return status


class Checkpoints(WithSimulator):
    ARGUMENTS, TIME = ("--rate", "400"), ()
    BATCHED = {"read_min_bytes": 40_000, "read_linger_ms": 100}

    def firehose(self):
        return self.stream("streamPostsFirehoseJa", {"partition": "1"}, select=["/data/text"], options=self.BATCHED)

    def interrupted(self, which, numbers_of):
        """The numbers of the events that a loop was given, and the checkpoint."""
        stream, seen = self.firehose(), []
        stream._library = Reads(stream._library, which)
        with self.assertRaises(KeyboardInterrupt):
            for numbers in numbers_of(stream):
                seen += numbers
        return seen, stream.checkpoint()

    def assert_nothing_is_missing_after(self, numbers_of):
        seen, checkpoint = self.interrupted(4, numbers_of)
        stream = self.firehose().resume(checkpoint)
        for event in stream:  # what is fetched comes beside what is live
            seen.append(number(event))
            if len(seen) > 2000 or (len(seen) > 500 and len(set(seen)) > max(seen) - min(seen)):
                break
        self.assertEqual(sorted(seen), list(range(min(seen), min(seen) + len(seen))))

    def test_a_loop_over_events_that_ctrl_c_ended_goes_on_elsewhere(self):
        self.assert_nothing_is_missing_after(lambda stream: ([number(event)] for event in stream))

    def test_a_loop_over_batches_that_ctrl_c_ended_goes_on_elsewhere(self):
        self.assert_nothing_is_missing_after(
            lambda stream: ([number(record) for record in batch if not record.is_notice] for batch in stream.batches()))

    def test_before_the_first_event_there_is_no_checkpoint_that_counts_one(self):
        with self.assertRaisesRegex(xtap.UsageError, "no event was delivered yet"):
            self.interrupted(1, lambda stream: ([] for _ in stream.records()))


def number(event):
    """The simulator ends every text in its event's number."""
    return int(event["/data/text"].rpartition(" ")[2])


if __name__ == "__main__":
    unittest.main()
