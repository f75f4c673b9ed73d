"""Every event of one conversation of direct messages, each once, newest first.

    dm_events.py CONVERSATION_ID               such as 123123123-2244994945

Needs a user's token: XTAP_OAUTH2_ACCESS_TOKEN, or the four of OAuth 1.0a."""

import sys

import xtap
from xtap.names import Operation


def main(conversation):
    with xtap.Client.from_env() as client:
        # X allows few of these in 15 minutes: a long conversation takes patience.
        pages = client.pages(Operation.GET_DIRECT_MESSAGES_EVENTS_BY_CONVERSATION_ID, id=conversation, max_results=100,
                             dm_event_fields=["created_at", "sender_id", "text", "event_type"],
                             options={"wait_on_rate_limit": True})
        for page in pages:
            for event in page.json().get("data", []):
                text = event.get("text", event["event_type"])  # joining and leaving have no text, only a type
                print(event["id"], event["created_at"], event.get("sender_id", "-"), " ".join(text.split()), sep="\t")


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        pass
    except xtap.Error as problem:
        sys.exit(str(problem))
