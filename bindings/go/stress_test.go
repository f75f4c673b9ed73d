package xtap_test

import (
	"context"
	"errors"
	"os"
	"runtime"
	"sync"
	"testing"

	"libxtap/xtap"
)

// many is how often a test does something: more with XTAP_STRESS=full, which the slow tests set; reduced, a fifth of that.
func many(full, usual int) int {
	switch stress := os.Getenv("XTAP_STRESS"); {
	case stress == "full":
		return full
	case stress == "reduced" && full/5 > usual:
		return full / 5
	}
	return usual
}

// cycle opens a stream and closes it: unread, read, or read with a context that somebody waits for.
func cycle(t *testing.T, ctx context.Context, client *xtap.Client, round int) {
	stream, err := client.Stream("streamPostsSample", nil)
	must(t, err)
	switch round % 4 {
	case 1:
		must(t, stream.Read(ctx, &xtap.Batch{}))
	case 2:
		must(t, stream.Select(text))
		must(t, stream.Read(background, &xtap.Batch{}))
	case 3:
		stream.Cancel()
	}
	stream.Close()
}

func TestManyCyclesOfOpenAndCloseLeaveNothingBehind(t *testing.T) {
	client := start(t).client(xtap.With("connect_budget", "0"))
	ctx, cancel := context.WithCancel(background)
	defer cancel()
	for round := 0; round < 8; round++ {
		cycle(t, ctx, client, round)
	}
	goroutines, descriptors := runtime.NumGoroutine(), openDescriptors(t)
	for round := many(10_000, 400); round > 0; round-- {
		cycle(t, ctx, client, round)
	}
	for runtime.NumGoroutine() > goroutines {
		runtime.Gosched() // the watchers end by themselves
	}
	if now := openDescriptors(t); now > descriptors+1 {
		t.Errorf("%d descriptors, %d before", now, descriptors)
	}
}

func TestEverythingThatAnyGoroutineMayDoRacesWithReadsAndTheirEnd(t *testing.T) {
	client := start(t).client(xtap.With("connect_budget", "0"))
	for round := many(1000, 60); round > 0; round-- {
		stream, err := client.Stream("streamPostsSample", nil)
		must(t, err)
		ends := []func(){stream.Cancel, func() { stream.Close() }, stream.Finish}
		acts := []func(){stream.Wake, func() { stream.Stats() }, func() { stream.CheckpointUpto(0) }, ends[round%len(ends)]}
		must(t, stream.Read(background, &xtap.Batch{}))
		var group sync.WaitGroup
		group.Add(len(acts))
		for _, act := range acts {
			act := act
			go func() {
				defer group.Done()
				act()
			}()
		}
		for batch := (xtap.Batch{}); err == nil || err == xtap.ErrWoken; {
			err = stream.Read(background, &batch)
		}
		if status := statusOf(err); status != "XTAP_END" && !errors.Is(err, xtap.StatusCancelled) && !errors.Is(err, xtap.StatusState) {
			t.Fatal(err)
		}
		group.Wait()
		stream.Close()
	}
}
