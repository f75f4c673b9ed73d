"""What happens on one account: subscribes to a type of events, prints them as they come, and ends its subscription.

    activity.py USER_ID EVENT_TYPE [COUNT]     such as 2244994945 post.create

Needs XTAP_BEARER_TOKEN. Events that only the user may see take the user's own token: set XTAP_OAUTH2_ACCESS_TOKEN
beside it, and XTAP_CREDENTIAL=oauth2 to have it used."""

import itertools
import json
import sys

import xtap
from xtap.names import Operation


def subscription_id(answer):
    """X describes {"subscription": {...}} and was seen to answer a list, or the subscription itself."""
    data = answer["data"]
    if isinstance(data, dict):
        data = data.get("subscription", data)
    return (data[0] if isinstance(data, list) else data)["subscription_id"]


def main(user, event_type, count=None):
    with xtap.Client.from_env() as client:
        # Opening sends nothing yet: if the stream cannot be opened, there is nothing to take back.
        stream = client.stream(Operation.ACTIVITY_STREAM, select=["/data/event_type", "/data/payload"])
        wanted = {"event_type": event_type, "filter": {"user_id": user}}
        own = subscription_id(client.send(Operation.CREATE_ACTIVITY_SUBSCRIPTION, body=wanted).json())
        print("subscription", own)
        try:
            with stream:
                for event in itertools.islice(stream, count and int(count)):
                    print(event[0], json.dumps(event[1], ensure_ascii=False))
        finally:
            # Whatever went wrong: a subscription that is left behind counts against the account's limit.
            client.send(Operation.DELETE_ACTIVITY_SUBSCRIPTION, subscription_id=own)
            print("deleted", own)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:4])
    except KeyboardInterrupt:
        pass
    except xtap.Error as problem:
        sys.exit(str(problem))
