package xtap_test

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"libxtap/xtap"
)

var background = context.Background()

func TestReadingBatchesAllocatesNothingPerEvent(t *testing.T) {
	stream, batch := start(t).stream(), xtap.Batch{}
	must(t, stream.Read(background, &batch))
	events, bytes, before, after := 0, 0, runtime.MemStats{}, runtime.MemStats{}
	for events < 1000 {
		must(t, stream.Read(background, &batch))
		events += batch.Len()
	}
	events = 0
	runtime.ReadMemStats(&before)
	for events < 20_000 {
		must(t, stream.Read(background, &batch))
		events += batch.Len()
		for index := 0; index < batch.Len(); index++ {
			bytes += len(batch.Record(index).Selected(0).Bytes)
		}
	}
	runtime.ReadMemStats(&after)
	if made := after.Mallocs - before.Mallocs; made > uint64(events/20) {
		t.Errorf("%d allocations for %d events", made, events)
	}
}

func TestEventsMayBeKeptAndLeavingTheLoopLosesNone(t *testing.T) {
	stream := start(t).stream()
	var kept []xtap.Record
	for _, count := range []int{1, 10, 3000, 3} {
		kept = append(kept, take(t, stream, count)...)
	}
	stream.Close()
	runtime.GC()
	for index, event := range kept {
		if number(t, event) != index+1 {
			t.Fatalf("%v is not event %d", event, index+1)
		}
	}
	data := read(t, kept[0].JSON())["data"].(map[string]any)
	if data["text"] != kept[0].Selected(0).String() || kept[0].Time().Year() != 2026 {
		t.Error(kept[0], kept[0].Time())
	}
}

func TestEveryKindOfColumnIsToldApart(t *testing.T) {
	stream := start(t).stream()
	must(t, stream.Select(text, "/data/public_metrics/like_count", "/data/possibly_sensitive", "/data/public_metrics", "/no"))
	event := take(t, stream, 1)[0]
	for index, kind := range []xtap.ColumnKind{xtap.ColumnString, xtap.ColumnNumber, xtap.ColumnBool, xtap.ColumnJSON, xtap.ColumnAbsent} {
		if found := event.Selected(index).Kind; found != kind {
			t.Errorf("column %d is %v", index, found)
		}
	}
	if _, err := event.Selected(1).Int(); err != nil || !event.Selected(4).IsAbsent() || event.Selected(4).IsNull() {
		t.Error(event)
	}
	if err := stream.Select(text); !errors.Is(err, xtap.StatusState) {
		t.Error("a stream that was read took another selection:", err)
	}
}

func TestNoticesStandAmongTheRecordsAndGoToTheirReceiverOtherwise(t *testing.T) {
	simulator := start(t)
	simulator.fault(`{"kind":"reset","after_events":10}`)
	connected := 0
	simulator.stream().Records(background)(func(record xtap.Record, err error) bool {
		must(t, err)
		if record.Kind() == xtap.NoticeConnected {
			connected++
		}
		return connected < 2
	})
	stream, told := simulator.stream(), []xtap.Kind{}
	stream.OnNotice(func(notice xtap.Record) { told = append(told, notice.Kind()) })
	take(t, stream, 1)
	if len(told) != 2 || told[0] != xtap.NoticeConnecting || told[1] != xtap.NoticeConnected {
		t.Error(told)
	}
}

// whileReading acts from another goroutine while a read waits for a server that does not answer.
func whileReading(t *testing.T, ctx context.Context, act func(*xtap.Stream)) (*xtap.Stream, error) {
	simulator := start(t)
	simulator.fault(`{"kind":"no_response"}`)
	stream, batch := simulator.stream(), xtap.Batch{}
	must(t, stream.Read(background, &batch)) // connecting
	acted := make(chan struct{})
	go func() {
		defer close(acted)
		simulator.ask("GET", "/state?min_connections=1", "")
		act(stream)
	}()
	err := stream.Read(ctx, &batch)
	<-acted
	return stream, err
}

func TestAContextThatIsDoneEndsAReadAndLosesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(background)
	stream, err := whileReading(t, ctx, func(*xtap.Stream) { cancel() })
	if err != context.Canceled {
		t.Fatal(err)
	}
	if err := stream.Read(ctx, &xtap.Batch{}); err != context.Canceled {
		t.Error(err)
	}
	late, stop := context.WithTimeout(background, time.Millisecond)
	defer stop()
	if err := stream.Read(late, &xtap.Batch{}); err != context.DeadlineExceeded {
		t.Error(err)
	}
}

func TestManyContextsOneAfterTheOtherLoseNothing(t *testing.T) {
	stream, position, batch := start(t, "--rate", "2000").stream(), uint64(0), xtap.Batch{}
	for position < 1000 {
		ctx, cancel := context.WithCancel(background)
		go cancel()
		if err := stream.Read(ctx, &batch); err != nil {
			if err != context.Canceled {
				t.Fatal(err)
			}
			continue
		}
		for index := 0; index < batch.Len(); index++ {
			if position++; batch.Record(index).Position() != position {
				t.Fatalf("position %d after %d", batch.Record(index).Position(), position-1)
			}
		}
	}
}

func openDescriptors(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	return len(entries)
}

func TestADroppedStreamIsClosedByTheCollector(t *testing.T) {
	simulator := start(t)
	func() {
		stream, err := simulator.client().Stream("streamPostsSample", nil)
		must(t, err)
		must(t, stream.Read(background, &xtap.Batch{}))
	}()
	simulator.ask("GET", "/state?min_open=1", "")
	for {
		runtime.GC()
		if strings.Contains(simulator.ask("GET", "/state?max_open=0&timeout_ms=20", ""), `"reached": true`) {
			return
		}
	}
}

func TestReadingWhileTheCollectorRunsAllTheTime(t *testing.T) {
	stream, batch, stop := start(t).stream(), xtap.Batch{}, make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	}()
	for event := 0; event < 5000; {
		must(t, stream.Read(background, &batch))
		for index := 0; index < batch.Len(); index++ {
			if record := batch.Record(index); !record.IsNotice() {
				if event++; number(t, record) != event {
					t.Fatal(record)
				}
			}
		}
	}
	close(stop)
	<-stopped
}

func TestTryReadDoesNotWaitAndTheDescriptorIsThere(t *testing.T) {
	stream, batch := start(t).stream(), xtap.Batch{}
	if _, err := stream.FD(); err != nil {
		t.Fatal(err)
	}
	for {
		if got, err := stream.TryRead(&batch); err != nil {
			t.Fatal(err)
		} else if got {
			break
		}
	}
	without, err := start(t).client().Stream("streamPostsSample", nil, xtap.WithReadAheadBytes(0))
	must(t, err)
	defer without.Close()
	if _, err := without.FD(); !errors.Is(err, xtap.StatusUnsupported) {
		t.Error(err)
	}
}
