// What happens on one account: subscribes to a type of events, prints them as they come, and ends its subscription.
//
//	activity USER_ID EVENT_TYPE [COUNT]     such as 2244994945 post.create
//
// Needs XTAP_BEARER_TOKEN. Events that only the user may see take the user's own token: set XTAP_OAUTH2_ACCESS_TOKEN
// beside it, and XTAP_CREDENTIAL=oauth2 to have it used.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strconv"

	"libxtap/xtap"
	"libxtap/xtap/names"
)

func send(client *xtap.Client, operation string, parameters xtap.Parameters, body any) (*xtap.Response, error) {
	request, err := client.Request(operation, parameters)
	if err != nil {
		return nil, err
	}
	defer request.Close()
	if err := request.SetBody(body); err != nil {
		return nil, err
	}
	return request.Send(context.Background())
}

// subscriptionID finds the id: X describes {"subscription":{...}} and was seen to answer a list, or the subscription itself.
func subscriptionID(answer *xtap.Response) (string, error) {
	type subscription struct {
		ID    string        `json:"subscription_id"`
		Inner *subscription `json:"subscription"`
	}
	var body struct{ Data json.RawMessage }
	if err := answer.JSON(&body); err != nil {
		return "", err
	}
	var one subscription
	list := []*subscription{&one}
	if json.Unmarshal(body.Data, &one) != nil && (json.Unmarshal(body.Data, &list) != nil || len(list) == 0) {
		return "", fmt.Errorf("no subscription in %s", answer.Body)
	}
	if list[0].Inner != nil {
		return list[0].Inner.ID, nil
	}
	return list[0].ID, nil
}

func run(ctx context.Context, user, eventType string, left int) (failed error) {
	client, err := xtap.Open(xtap.FromEnv("XTAP"))
	if err != nil {
		return err
	}
	defer client.Close()
	// Opening sends nothing yet: if the stream cannot be opened, there is nothing to take back.
	stream, err := client.Stream(names.OpActivityStream, nil)
	if err != nil {
		return err
	}
	defer stream.Close()
	if err := stream.Select("/data/event_type", "/data/payload"); err != nil {
		return err
	}
	answer, err := send(client, names.OpCreateActivitySubscription, nil,
		map[string]any{"event_type": eventType, "filter": map[string]string{"user_id": user}})
	if err != nil {
		return err
	}
	own, err := subscriptionID(answer)
	if err != nil {
		return err
	}
	fmt.Println("subscription", own)
	// Whatever goes wrong: a subscription that is left behind counts against the account's limit.
	defer func() {
		_, err := send(client, names.OpDeleteActivitySubscription, xtap.Parameters{names.ParamSubscriptionID: own}, nil)
		if failed == nil {
			failed = err
		}
		fmt.Println("deleted", own)
	}()
	stream.Events(ctx)(func(event xtap.Record, err error) bool {
		if failed = err; failed != nil {
			return false
		}
		fmt.Println(event.Selected(0), event.Selected(1))
		left--
		return left != 0
	})
	return failed
}

func main() {
	if len(os.Args) < 3 || len(os.Args) > 4 {
		fmt.Fprintln(os.Stderr, "usage: activity USER_ID EVENT_TYPE [COUNT]")
		os.Exit(2)
	}
	count := -1
	if len(os.Args) == 4 {
		count, _ = strconv.Atoi(os.Args[3])
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1], os.Args[2], count); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
