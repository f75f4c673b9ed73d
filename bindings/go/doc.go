// Package xtap taps the streams of the X API v2 through libxtap: every event, once, or told what is missing.
//
//	client, err := xtap.Open(xtap.FromEnv("XTAP")) // XTAP_BEARER_TOKEN
//	if err != nil {
//		log.Fatal(err)
//	}
//	stream, err := client.Stream("streamPostsSample", nil)
//	if err != nil {
//		log.Fatal(err)
//	}
//	defer stream.Close()
//	stream.Events(ctx)(func(event xtap.Record, err error) bool {
//		if err == nil {
//			fmt.Printf("%s\n", event.JSON())
//		}
//		return err == nil
//	})
//
// From Go 1.23 on that is: for event, err := range stream.Events(ctx).
//
// There are two ways to read: Events gives events that may be kept, Read fills a Batch again and again, without an
// allocation per event. Values that were selected by JSON pointer come unescaped beside the JSON, so that most
// programs parse none.
//
// Everything goes by name, and names are checked before anything is sent. The package names has them as constants.
//
// A Client may be used by any goroutine. A Request and a Stream belong to one goroutine at a time, but for Cancel, Wake,
// Finish, Stats and Close.
package xtap
