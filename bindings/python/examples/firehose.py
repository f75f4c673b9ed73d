"""The Japanese firehose, one partition of it: id, time and text of every post, a line each, until Ctrl-C.

    firehose.py PARTITION [COUNT]

Needs XTAP_BEARER_TOKEN. What the library says about the stream goes to stderr."""

import itertools
import logging
import sys

import xtap
from xtap.names import Operation


def main(partition, count=None):
    logging.basicConfig(level=logging.INFO)
    with xtap.Client.from_env() as client:
        stream = client.stream(Operation.STREAM_POSTS_FIREHOSE_JA, partition=partition, tweet_fields=["created_at"],
                               select=["/data/id", "/data/created_at", "/data/text"], options={"deliver_json": False})
        with stream:
            for event in itertools.islice(stream, count and int(count)):
                identifier, created_at, text = event.selected
                print(identifier, created_at, " ".join(text.split()), sep="\t")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:3])
    except KeyboardInterrupt:
        pass
    except xtap.Error as problem:
        sys.exit(str(problem))
