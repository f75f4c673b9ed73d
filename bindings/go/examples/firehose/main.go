// The Japanese firehose, one partition of it: id, time and text of every post, a line each, until Ctrl-C.
//
//	firehose PARTITION [COUNT]
//
// Needs XTAP_BEARER_TOKEN. What the library says about the stream goes to stderr: it explains a hole in the data.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"

	"libxtap/xtap"
	"libxtap/xtap/names"
)

func run(ctx context.Context, partition string, left int) error {
	client, err := xtap.Open(xtap.FromEnv("XTAP"))
	if err != nil {
		return err
	}
	defer client.Close()
	// The selected values are all that is printed.
	stream, err := client.Stream(names.OpStreamPostsFirehoseJa, xtap.Parameters{
		names.ParamPartition: partition, names.ParamTweetFields: names.ValueTweetFieldsCreatedAt}, xtap.WithDeliverJSON(false))
	if err != nil {
		return err
	}
	defer stream.Close()
	if err := stream.Select("/data/id", "/data/created_at", "/data/text"); err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for batch := (xtap.Batch{}); ; out.Flush() {
		if err := stream.Read(ctx, &batch); err != nil {
			return err
		}
		for index := 0; index < batch.Len(); index++ {
			record := batch.Record(index)
			if record.IsNotice() {
				fmt.Fprintln(os.Stderr, record)
				continue
			}
			text := strings.ReplaceAll(record.Selected(2).String(), "\n", " ")
			fmt.Fprintf(out, "%s\t%s\t%s\n", record.Selected(0).Bytes, record.Selected(1).Bytes, text)
			if left--; left == 0 {
				return nil
			}
		}
	}
}

func main() {
	if len(os.Args) < 2 || len(os.Args) > 3 {
		fmt.Fprintln(os.Stderr, "usage: firehose PARTITION [COUNT]")
		os.Exit(2)
	}
	count := -1
	if len(os.Args) == 3 {
		count, _ = strconv.Atoi(os.Args[2])
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1], count); err != nil && err != io.EOF && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
