"""Streams: events, notices, batches, and how a loop ends."""

import select
import threading
import time
import unittest

from simulator import WithSimulator, take

import xtap

COLUMNS = ["/data/text", "/data/public_metrics/like_count", "/data/possibly_sensitive", "/data/public_metrics", "/nothing"]


def number(event):
    """The simulator ends every text in its event's number."""
    return int(event["/data/text"].rpartition(" ")[2])


class Events(WithSimulator):
    def test_a_loop_that_was_left_loses_nothing(self):
        stream, seen = self.stream(select=["/data/text"]), []
        for count in (1, 10, 1000, 3):
            seen += take(count, stream)
        self.assertEqual([number(event) for event in seen], list(range(1, 1015)))

    def test_a_read_refuses_to_skip_events_that_were_not_taken(self):
        self.simulator.fault("stall", after_events=100)
        stream = self.stream(options={"read_min_bytes": 50_000, "read_linger_ms": 500})
        take(1, stream)
        with self.assertRaisesRegex(xtap.UsageError, "not taken yet"):
            stream.read(xtap.Batch())

    def test_an_event_keeps_its_memory_after_the_stream_is_gone(self):
        stream = self.stream(select=["/data/text"])
        kept, _ = take(1, stream)[0], take(20_000, stream)
        stream.close()
        self.assertEqual(kept.json()["data"]["text"], kept["/data/text"])
        self.assertEqual(kept.json()["data"]["id"], str(kept.id))
        self.assertEqual((kept.kind, kept.partition, kept.flags & xtap.Flag.REPLAYED), (xtap.Kind.POST, 0, 0))
        self.assertEqual(kept.time.isoformat()[:19], "2026-01-01T00:00:00")

    def test_every_kind_of_column_becomes_a_value_of_python(self):
        event = take(1, self.stream(select=COLUMNS))[0]
        data = event.json()["data"]
        self.assertEqual(event.selected, (data["text"], data["public_metrics"]["like_count"], data["possibly_sensitive"],
                                          data["public_metrics"], None))
        self.assertEqual(event[1], event["/data/public_metrics/like_count"])
        self.assertEqual(event.get("/nothing", "none"), "none")
        self.assertEqual(event.column(4)[0], xtap.ColumnKind.ABSENT)
        for which in ("/nothing", "/not/selected"):
            with self.assertRaises(KeyError):
                event[which]
        with self.assertRaises(IndexError):
            event[5]

    def test_notices_go_to_on_notice_when_only_events_are_asked_for(self):
        notices = []
        take(1, self.stream(on_notice=notices.append))
        self.assertEqual([notice.name for notice in notices], ["connecting", "connected"])


class Batches(WithSimulator):
    def test_a_batch_is_the_same_memory_again(self):
        stream, batch, positions = self.stream(select=["/data/text"]), xtap.Batch(), []
        for filled in stream.batches(batch):
            self.assertIs(filled, batch)
            for record in filled:
                positions.append(record.position)
                if not record.is_notice:
                    self.assertEqual(bytes(record.raw[:9]), b'{"data":{')
                    self.assertEqual(record["/data/text"], record.json()["data"]["text"])
            if len(positions) > 10_000:
                break
        self.assertEqual(positions, list(range(1, len(positions) + 1)))

    def test_values_of_a_batch_are_those_of_its_events(self):
        stream, batch, events = self.stream(select=COLUMNS, options={"read_min_bytes": 50_000}), xtap.Batch(), 0
        while events < 1000:
            stream.read(batch)
            expected = [record.selected for record in batch if not record.is_notice]
            self.assertEqual(batch.values(), expected)
            events += len(expected)

    def test_a_pointer_may_be_selected_twice_and_by_whatever_gives_pointers(self):
        stream, batch = self.stream(select=iter(["/data/id", "/data/text", "/data/id"])), xtap.Batch()
        while not batch.values():
            stream.read(batch)
        events = [record for record in batch if not record.is_notice]
        self.assertEqual(batch.values(), [(str(event.id), event["/data/text"], str(event.id)) for event in events])
        self.assertEqual([event.selected for event in events], batch.values())

    def test_values_of_a_batch_are_none_where_nothing_is_selected(self):
        stream, batch = self.stream(), xtap.Batch()
        stream.read(batch)
        self.assertEqual(batch.values(), [])

    def test_records_of_a_batch_may_be_kept_by_a_copy(self):
        stream, batch = self.stream(select=["/data/text"]), xtap.Batch()
        while not any(not record.is_notice for record in batch):
            stream.read(batch)
        kept = [record for record in batch.owned() if not record.is_notice][0]
        stream.read(batch)
        self.assertEqual(number(kept), 1)

    def test_index_off_and_no_json_leave_the_columns_alone(self):
        stream = self.stream(select=["/data/id"], options={"deliver_json": "off"})
        event = take(1, stream)[0]
        self.assertEqual((bytes(event.raw), event[0]), (b"", str(event.id)))


class Endings(WithSimulator):
    ARGUMENTS = ("--rate", "200")

    def in_thread(self, work):
        thread = threading.Thread(target=work)
        thread.start()
        self.addCleanup(thread.join)

    def test_cancel_from_another_thread_raises_in_the_loop(self):
        stream = self.stream()
        with self.assertRaises(xtap.Cancelled):
            for event in stream:
                self.in_thread(stream.cancel)
        with self.assertRaises(xtap.Cancelled):
            stream.read(xtap.Batch())

    def test_wake_ends_one_loop_and_the_next_goes_on(self):
        stream, positions = self.stream(), []
        for _ in range(2):
            for record in stream.records():
                positions.append(record.position)
                stream.wake()
        self.assertEqual(positions, list(range(1, len(positions) + 1)))

    def test_a_read_ends_when_its_time_is_over(self):
        self.simulator.fault("no_response")
        stream, batch = self.stream(), xtap.Batch()
        self.assertEqual(stream.read(batch, timeout=5), xtap.Status.OK)  # connecting
        self.assertEqual(stream.read(batch, timeout=0.05), xtap.Status.TIMEOUT)
        self.assertEqual(stream.read(batch, timeout=0), xtap.Status.TIMEOUT)

    def test_a_closed_stream_says_so(self):
        stream = self.stream()
        take(1, stream)
        stream.close()
        stream.close()
        for use in (stream.wake, stream.stats, lambda: stream.read(xtap.Batch())):
            with self.assertRaisesRegex(xtap.UsageError, "the stream is closed"):
                use()

    def test_a_closed_stream_says_so_although_events_of_its_last_batch_are_left(self):
        self.simulator.fault("stall", after_events=100)
        stream = self.stream(options={"read_min_bytes": 50_000, "read_linger_ms": 500})
        take(1, stream)
        stream.close()
        for use in (lambda: stream.read(xtap.Batch()), lambda: next(stream.batches()), lambda: next(stream.records()),
                    lambda: next(iter(stream)), stream.fileno, stream.checkpoint):
            with self.assertRaisesRegex(xtap.UsageError, "the stream is closed"):
                use()

    def test_close_while_another_thread_reads_cancels_the_read(self):
        stream, raised = self.stream(client=self.client()), []

        def read():
            try:
                for _ in stream:
                    started.set()
            except xtap.Error as problem:
                raised.append(problem)

        started = threading.Event()
        thread = threading.Thread(target=read)
        thread.start()
        started.wait()
        stream.close()
        thread.join()
        self.assertIn(type(raised[0]), (xtap.Cancelled, xtap.UsageError))

    def test_a_second_reader_is_told_that_the_stream_is_busy(self):
        self.simulator.fault("no_response")
        stream, told = self.stream(), []
        take(1, stream.records())

        def read():
            while not told:
                try:
                    stream.read(xtap.Batch(), timeout=0.01)
                except xtap.UsageError as problem:
                    told.append(problem.status)

        self.in_thread(read)
        read()
        self.assertEqual(told[0], xtap.Status.BUSY)

    def test_the_descriptor_is_readable_when_a_record_is_there(self):
        stream, batch = self.stream(), xtap.Batch()
        self.assertEqual(select.select([stream], [], [], 10)[0], [stream])
        self.assertEqual(stream.read(batch, timeout=0), xtap.Status.OK)

    def test_statistics_count_what_was_delivered(self):
        stream = self.stream()
        last = take(25, stream.records())[-1]
        self.assertGreaterEqual(stream.stats()["position"], last.position)


if __name__ == "__main__":
    unittest.main()
