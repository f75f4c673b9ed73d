// Usage: bench raw|three|plain URL EVENTS. Prints what the last two thirds of the events took. See
// tests/bench/bindings_bench.py.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"time"

	"libxtap/xtap"
)

// post is what a user keeps of an event.
type post struct{ id, createdAt, text string }

// figures are counted as events come, and timed from a third of them on.
type figures struct {
	wanted, events, before, bytes int
	start                         time.Time
	processor                     time.Duration
}

// processor is what this process used of the processors.
func processor() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		log.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func (f *figures) add(events, bytes int) (more bool) {
	f.events += events
	f.bytes += bytes
	if f.before == 0 && f.events >= f.wanted/3 {
		f.before, f.start, f.processor = f.events, time.Now(), processor()
	}
	return f.events < f.wanted
}

func (f *figures) print() {
	fmt.Printf("events=%d measured=%d seconds=%.6f processor=%.6f bytes=%d\n", f.events, f.events-f.before,
		time.Since(f.start).Seconds(), (processor() - f.processor).Seconds(), f.bytes)
}

func open(mode, url string) (*xtap.Stream, error) {
	index := map[string]string{"raw": "off", "three": "full"}[mode]
	client, err := xtap.Open(xtap.WithBaseURL(url), xtap.WithBearerToken("bench"), xtap.WithMaxReconnects(0),
		xtap.WithReadAheadBytes(0), xtap.WithContinuity("off"), xtap.WithIndex(index))
	if err != nil {
		return nil, err
	}
	stream, err := client.Stream("streamPostsSample", nil)
	if err == nil && mode == "three" {
		err = stream.Select("/data/id", "/data/created_at", "/data/text")
	}
	return stream, err
}

// raw looks at the bytes of every event.
func raw(batch *xtap.Batch) (events, bytes int) {
	for index := 0; index < batch.Len(); index++ {
		if record := batch.Record(index); !record.IsNotice() {
			events++
			bytes += len(record.JSON())
		}
	}
	return events, bytes
}

// three makes strings of the fields.
func three(batch *xtap.Batch) (events, bytes int) {
	for index := 0; index < batch.Len(); index++ {
		if record := batch.Record(index); !record.IsNotice() {
			events++
			kept = post{record.Selected(0).String(), record.Selected(1).String(), record.Selected(2).String()}
			bytes += len(kept.id) + len(kept.createdAt) + len(kept.text)
		}
	}
	return events, bytes
}

var kept post // so that the strings are made

func tap(mode, url string, figures *figures) error {
	stream, err := open(mode, url)
	if err != nil {
		return err
	}
	defer stream.Close()
	look := map[string]func(*xtap.Batch) (int, int){"raw": raw, "three": three}[mode]
	var batch xtap.Batch
	for more := true; more; {
		if err := stream.Read(context.Background(), &batch); err != nil {
			return err
		}
		more = figures.add(look(&batch))
	}
	figures.print()
	return nil
}

// plain is what one writes without the library.
func plain(url string, figures *figures) error {
	answer, err := http.Get(url + "/2/tweets/sample/stream")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	reader := bufio.NewReaderSize(answer.Body, 1<<16)
	for more := true; more; {
		line, err := reader.ReadBytes('\n')
		if err != nil {
			return err
		}
		var event struct {
			Data struct {
				ID        string `json:"id"`
				CreatedAt string `json:"created_at"`
				Text      string `json:"text"`
			} `json:"data"`
		}
		if err := json.Unmarshal(line, &event); err != nil {
			return err
		}
		more = figures.add(1, len(event.Data.ID)+len(event.Data.CreatedAt)+len(event.Data.Text))
	}
	figures.print()
	return nil
}

func main() {
	wanted, err := strconv.Atoi(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	measured := &figures{wanted: wanted}
	if os.Args[1] == "plain" {
		err = plain(os.Args[2], measured)
	} else {
		err = tap(os.Args[1], os.Args[2], measured)
	}
	if err != nil {
		log.Fatal(err)
	}
}
