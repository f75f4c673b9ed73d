// Every event of one conversation of direct messages, each once, newest first.
//
//	dm_events CONVERSATION_ID               such as 123123123-2244994945
//
// Needs a user's token: XTAP_OAUTH2_ACCESS_TOKEN, or the four of OAuth 1.0a.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"libxtap/xtap"
	"libxtap/xtap/names"
)

type conversation struct {
	Data []struct {
		ID        string `json:"id"`
		CreatedAt string `json:"created_at"`
		SenderID  string `json:"sender_id"`
		Text      string `json:"text"`
		EventType string `json:"event_type"`
	} `json:"data"`
}

func print(page *xtap.Response) error {
	var body conversation
	if err := page.JSON(&body); err != nil {
		return err
	}
	for _, event := range body.Data {
		text := event.Text
		if text == "" {
			text = event.EventType // joining and leaving have no text, only a type
		}
		fmt.Printf("%s\t%s\t%s\t%s\n", event.ID, event.CreatedAt, event.SenderID, strings.ReplaceAll(text, "\n", " "))
	}
	return nil
}

func run(ctx context.Context, id string) error {
	client, err := xtap.Open(xtap.FromEnv("XTAP"))
	if err != nil {
		return err
	}
	defer client.Close()
	// X allows few of these in 15 minutes: a long conversation takes patience.
	request, err := client.Request(names.OpGetDirectMessagesEventsByConversationId, xtap.Parameters{
		names.ParamID: id, names.ParamMaxResults: 100,
		names.ParamDMEventFields: []string{"created_at", "sender_id", "text", "event_type"}}, xtap.WithWaitOnRateLimit(true))
	if err != nil {
		return err
	}
	defer request.Close()
	var failed error
	request.Pages(ctx)(func(page *xtap.Response, err error) bool {
		if failed = err; failed == nil {
			failed = print(page)
		}
		return failed == nil
	})
	return failed
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: dm_events CONVERSATION_ID")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
