"""Many times the same, with others at it: handles, threads and forks under stress."""

import gc
import multiprocessing
import os
import threading
import unittest

from simulator import WithSimulator, answer_of, take

import xtap


def many(full, usual):
    """How often a test does something: more with XTAP_STRESS=full, which the slow tests set; reduced, a fifth of that."""
    return {"full": full, "reduced": max(usual, full // 5)}.get(os.environ.get("XTAP_STRESS"), usual)


def read_in_child(url, options, count, answers):
    with xtap.Client(base_url=url, **options) as client:
        answers.put([record.position for record in take(count, client.stream("streamPostsSample").records())])


class Stress(WithSimulator):
    def test_many_cycles_of_open_and_close_keep_nothing(self):
        client = self.client(connect_budget=0)

        def cycle(round):
            stream = client.stream("streamPostsSample", select=["/data/text"] if round % 2 else ())
            if round % 4 == 1:
                stream.read(xtap.Batch(4096, 16))
            elif round % 4 == 2:
                take(1, stream.records())
            elif round % 4 == 3:
                stream.cancel()
            if round % 3:  # the others are closed by the collector
                stream.close()

        for round in range(12):
            cycle(round)
        gc.collect()
        before = len(os.listdir("/proc/self/fd")), threading.active_count()
        for round in range(many(10_000, 400)):
            cycle(round)
        gc.collect()
        self.assertLessEqual(len(os.listdir("/proc/self/fd")), before[0] + 1)
        self.assertEqual(threading.active_count(), before[1])

    def test_everything_that_any_thread_may_do_races_with_reads_and_their_end(self):
        client, batch = self.client(connect_budget=0), xtap.Batch(4096, 16)
        for round in range(many(500, 40)):
            stream, unexpected = client.stream("streamPostsSample"), []

            def act(what):
                try:
                    what()
                except xtap.Error as problem:
                    if problem.status not in (xtap.Status.STATE, xtap.Status.CANCELLED):
                        unexpected.append(problem)

            def read():
                while stream.read(batch) != xtap.Status.END:
                    pass

            acts = stream.wake, stream.stats, stream.checkpoint, (stream.cancel, stream.close, stream.finish)[round % 3]
            stream.read(batch)
            threads = [threading.Thread(target=act, args=(what,)) for what in (read, *acts)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            stream.close()
            self.assertEqual(unexpected, [])

    def test_children_that_are_forked_while_a_thread_reads_have_streams_of_their_own(self):
        context, stream, stopped = multiprocessing.get_context("fork"), self.stream(), []
        reader = threading.Thread(target=lambda: stopped.append(sum(1 for _ in self.until_cancelled(stream))))
        reader.start()
        for _ in range(many(50, 3)):
            queues = [context.SimpleQueue() for _ in range(4)]
            children = [context.Process(target=read_in_child, args=(self.simulator.url, self.OPTIONS, 200, answers))
                        for answers in queues]
            for child in children:
                child.start()
            for child, answers in zip(children, queues):
                self.assertEqual(answer_of(child, answers), list(range(1, 201)))
                child.join()
                self.assertEqual(child.exitcode, 0)
        stream.cancel()
        reader.join()
        self.assertGreater(stopped[0], 0)

    @staticmethod
    def until_cancelled(stream):
        try:
            yield from stream
        except xtap.Cancelled:
            pass


if __name__ == "__main__":
    unittest.main()
