package xtap_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"libxtap/xtap"
)

// The scenarios of tests/scenarios, which every language runs: what is done here, what must come of it there.

type scenarioList struct {
	Defaults struct {
		Simulator []string
		Client    map[string]string
		Operation string
	}
	Scenarios []entry
}

type entry struct {
	Name, Scenario, Do, Act, Operation, Resume string
	Simulator, Levels, Order, Select           []string
	LookFor                                    []string `json:"look_for"`
	Started                                    *struct {
		Seconds int `json:"seconds_ago"`
	}
	Faults                    []json.RawMessage
	Client                    map[string]*string
	Parameters, Options, Tell map[string]string
	Before                    []struct {
		Operation string
		Body      json.RawMessage
	}
	Until struct {
		Events, Times int
		Notice        string
		End           bool
	}
	At, Rounds, Events int
	Lingers            bool
	FinishAt           int `json:"finish_at"`
	Expect             observed
}

type observed map[string]any

var scenarios = map[string]func(*world) observed{"deliver": deliver, "fail": fail, "page": page, "interrupt": interrupt,
	"raise": raise, "resume": resume, "close": closeInOrder, "exit": exit}

func readList(t *testing.T) (list scenarioList) {
	t.Helper()
	text, err := os.ReadFile("../../tests/scenarios/scenarios.json")
	must(t, err)
	must(t, json.Unmarshal(text, &list))
	return list
}

// world is a simulator as an entry wants it, and what is made from the entry against it.
type world struct {
	*simulator
	entry
	defaults map[string]string
	level    string
}

func newWorld(t *testing.T, list scenarioList, one entry, level string) *world {
	t.Helper()
	started := "2026-01-01T00:00:00Z"
	if one.Started != nil {
		started = time.Now().Add(-time.Duration(one.Started.Seconds) * time.Second).UTC().Format(time.RFC3339)
	}
	if one.Operation == "" {
		one.Operation = list.Defaults.Operation
	}
	arguments := append(append([]string{}, list.Defaults.Simulator...), "--base-time", started)
	made := &world{startWith(t, append(arguments, one.Simulator...)...), one, list.Defaults.Client, level}
	for _, fault := range one.Faults {
		made.fault(string(fault))
	}
	return made
}

func (w *world) client() (*xtap.Client, error) {
	options := []xtap.OpenOption{xtap.WithBaseURL(w.url)}
	for name, value := range w.defaults {
		if own, set := w.Client[name]; !set || own != nil {
			options = append(options, xtap.With(name, value))
		}
	}
	for name, value := range w.Client {
		if value != nil {
			options = append(options, xtap.With(name, *value))
		}
	}
	client, err := xtap.Open(options...)
	if err == nil {
		w.t.Cleanup(func() { client.Close() })
	}
	return client, err
}

func (w *world) request(client *xtap.Client) (*xtap.Request, error) {
	for _, before := range w.Before {
		request, err := client.Request(before.Operation, nil)
		must(w.t, err)
		must(w.t, request.SetBody(before.Body))
		_, err = request.Send(background)
		must(w.t, err)
	}
	parameters, options := xtap.Parameters{}, []xtap.Option{}
	for name, value := range w.Parameters {
		parameters[name] = value
	}
	for name, value := range w.Options {
		options = append(options, xtap.With(name, value))
	}
	return client.Request(w.Operation, parameters, options...)
}

func (w *world) stream(client *xtap.Client) (*xtap.Stream, error) {
	request, err := w.request(client)
	if err != nil {
		return nil, err
	}
	defer request.Close()
	stream, err := request.Stream()
	if err != nil {
		return nil, err
	}
	w.t.Cleanup(func() { stream.Close() })
	if len(w.Select) > 0 {
		err = stream.Select(w.Select...)
	}
	return stream, err
}

func (w *world) open() *xtap.Stream {
	w.t.Helper()
	client, err := w.client()
	must(w.t, err)
	stream, err := w.stream(client)
	must(w.t, err)
	return stream
}

// consume gives records, read as the level says, until see has enough; false at the end of the stream.
func (w *world) consume(stream *xtap.Stream, see func(xtap.Record) bool) (enough bool) {
	w.t.Helper()
	if w.level == "events" {
		stream.Records(background)(func(record xtap.Record, err error) bool {
			must(w.t, err)
			enough = see(record)
			return !enough
		})
		return enough
	}
	batch := xtap.Batch{}
	for {
		err := stream.Read(background, &batch)
		if err == io.EOF {
			return false
		}
		must(w.t, err)
		for index := 0; index < batch.Len(); index++ {
			if see(batch.Record(index)) {
				return true
			}
		}
	}
}

// statusOf is what a read came to, by the name of the interface.
func statusOf(err error) string {
	var problem *xtap.Error
	switch {
	case err == nil:
		return xtap.StatusOK.String()
	case err == io.EOF:
		return xtap.StatusEnd.String()
	case err == xtap.ErrWoken:
		return xtap.StatusInterrupted.String()
	case errors.As(err, &problem):
		return problem.Status.String()
	}
	return err.Error()
}

func (w *world) found(text string) []string {
	found := []string{}
	for _, part := range w.LookFor {
		if strings.Contains(text, part) {
			found = append(found, part)
		}
	}
	return found
}

func (w *world) number(text string) int {
	w.t.Helper()
	found, err := strconv.Atoi(text[strings.LastIndexByte(text, ' ')+1:])
	must(w.t, err)
	return found
}

// consecutive is whether they are first, first + step ...
func consecutive(numbers []int, first, step int) bool {
	for index, number := range numbers {
		if number != first+index*step {
			return false
		}
	}
	return true
}

type delivery struct {
	w                         *world
	numbers, positions, kinds []int
	columns                   [][]any
	told                      []string
	events, largest, noticed  int
}

func (d *delivery) notice(record xtap.Record) {
	facts := read(d.w.t, record.JSON())
	name := facts["notice"].(string)
	if key, wanted := d.w.Tell[name]; wanted {
		fact := ""
		if value, there := facts[key]; there {
			fact = fmt.Sprint(" ", value)
		}
		d.told = append(d.told, name+fact)
	}
	if name == d.w.Until.Notice {
		d.noticed++
	}
}

func (d *delivery) event(record xtap.Record) {
	d.events++
	if size := len(record.JSON()); size > d.largest {
		d.largest = size
	}
	kind, known := int(record.Kind()), false
	for _, other := range d.kinds {
		known = known || other == kind
	}
	if !known {
		d.kinds = append(d.kinds, kind)
	}
	if len(d.w.Select) == 0 {
		return
	}
	d.numbers = append(d.numbers, d.w.number(record.Selected(0).String()))
	for index := 0; len(d.columns) < len(d.w.Select); index++ {
		value := record.Selected(index)
		d.columns = append(d.columns, []any{int(value.Kind), value.String()})
	}
}

func deliver(w *world) observed {
	stream, seen, finished := w.open(), &delivery{w: w}, make(chan struct{})
	finishing := false
	enough := w.consume(stream, func(record xtap.Record) bool {
		seen.positions = append(seen.positions, int(record.Position()))
		if record.IsNotice() {
			seen.notice(record)
		} else {
			seen.event(record)
		}
		if w.FinishAt != 0 && seen.events == w.FinishAt && !finishing {
			finishing = true
			go func() {
				stream.Finish()
				close(finished)
			}()
		}
		return w.Until.Events != 0 && seen.events == w.Until.Events || w.Until.Times != 0 && seen.noticed == w.Until.Times
	})
	if finishing {
		<-finished
	}
	status := map[bool]string{true: "XTAP_OK", false: "XTAP_END"}[enough]
	connections := read(w.t, []byte(w.ask("GET", "/state", "")))["list"].([]any)
	line := connections[len(connections)-1].(map[string]any)["request_line"].(string)
	return observed{"status": status, "events": seen.events, "numbers": seen.numbers, "in_order": consecutive(seen.numbers, 1, 1),
		"positions_in_order": consecutive(seen.positions, 1, 1), "kinds": seen.kinds, "columns": seen.columns,
		"largest": seen.largest, "told": seen.told, "asked": w.found(line)}
}

// attempt does what an entry that fails does; the stream, where it came to reading.
func (w *world) attempt() (*xtap.Stream, error) {
	client, err := w.client()
	if err != nil {
		return nil, err
	}
	if w.Do == "send" {
		request, err := w.request(client)
		if err == nil {
			_, err = request.Send(background)
		}
		return nil, err
	}
	stream, err := w.stream(client)
	if err == nil && w.Resume != "" {
		err = stream.Resume(w.Resume)
	}
	if err != nil {
		return nil, err
	}
	for batch := (xtap.Batch{}); err == nil; {
		err = stream.Read(background, &batch)
	}
	return stream, err
}

func fail(w *world) observed {
	stream, err := w.attempt()
	var problem *xtap.Error
	if !errors.As(err, &problem) {
		w.t.Fatal(err)
	}
	again, response := any(nil), 0
	if stream != nil {
		again = statusOf(stream.Read(background, &xtap.Batch{}))
	}
	if problem.Response != nil {
		response = problem.Response.StatusCode
	}
	return observed{"status": problem.Status.String(), "http_status": problem.HTTPStatus, "retriable": problem.Retriable,
		"waits": problem.RetryAfter > 0, "problem": problem.ProblemTitle != "", "request_id": problem.RequestID != "",
		"response": response, "said": w.found(problem.Message), "again": again,
		"requests": read(w.t, []byte(w.ask("GET", "/requests", "")))["requests"]}
}

func page(w *world) observed {
	client, err := w.client()
	must(w.t, err)
	request, err := w.request(client)
	must(w.t, err)
	pages, numbers := 0, []int{}
	request.Pages(background)(func(page *xtap.Response, err error) bool {
		must(w.t, err)
		var body struct{ Data []struct{ Text string } }
		must(w.t, page.JSON(&body))
		for _, item := range body.Data {
			numbers = append(numbers, w.number(item.Text))
		}
		pages++
		return true
	})
	return observed{"pages": pages, "items": len(numbers), "first": numbers[0], "last": numbers[len(numbers)-1],
		"in_order": consecutive(numbers, numbers[0], -1)}
}

func interrupt(w *world) observed {
	stream, batch, acted := w.open(), xtap.Batch{}, make(chan struct{})
	if !w.Lingers {
		must(w.t, stream.Read(background, &batch)) // connecting
	}
	go func() {
		defer close(acted)
		w.ask("GET", "/state?min_connections=1", "")
		map[string]func(){"cancel": stream.Cancel, "wake": stream.Wake, "finish": stream.Finish,
			"close": func() { stream.Close() }}[w.Act]()
	}()
	status := statusOf(stream.Read(background, &batch))
	<-acted
	got, err := stream.TryRead(&batch)
	then := statusOf(err)
	if err == nil && !got {
		then = xtap.StatusTimeout.String()
	}
	return observed{"read": status, "then": then}
}

func raise(w *world) observed {
	stream := w.open()
	loop := func(see func(number int) bool) {
		stream.Events(background)(func(event xtap.Record, err error) bool {
			must(w.t, err)
			return see(w.number(event.Selected(0).String()))
		})
	}
	raised, next := false, 0
	func() {
		defer func() { raised = recover() == "by the loop" }()
		loop(func(number int) bool {
			if number == w.At {
				panic("by the loop")
			}
			return true
		})
	}()
	loop(func(number int) bool {
		next = number
		return false
	})
	return observed{"raised": raised, "next": next}
}

func resume(w *world) observed {
	client, err := w.client()
	must(w.t, err)
	checkpoint, times, least, most, twice := "", map[int]int{}, 1<<62, 0, 0
	for round := 0; round < w.Rounds; round++ {
		stream, err := w.stream(client)
		must(w.t, err)
		if checkpoint != "" {
			must(w.t, stream.Resume(checkpoint))
		}
		taken, position := 0, uint64(0)
		w.consume(stream, func(record xtap.Record) bool {
			if record.IsNotice() {
				return false
			}
			number := w.number(record.Selected(0).String())
			if times[number]++; times[number] > 1 {
				twice++
			}
			if number < least {
				least = number
			}
			if number > most {
				most = number
			}
			taken, position = taken+1, record.Position()
			// What is fetched comes beside what is live, so the last one is read until nothing is missing.
			return taken >= w.Events && (round < w.Rounds-1 || len(times) > most-least)
		})
		if w.level == "batches" {
			checkpoint, err = stream.CheckpointUpto(position)
		} else {
			checkpoint, err = stream.Checkpoint()
		}
		must(w.t, err)
		stream.Close()
	}
	return observed{"twice": twice, "missing": most - least + 1 - len(times)}
}

func closeInOrder(w *world) observed {
	client, err := w.client()
	must(w.t, err)
	request, err := w.request(client)
	must(w.t, err)
	stream, err := request.Stream()
	must(w.t, err)
	names := []string{"client", "request", "stream"}
	ends := map[string]func() error{"client": client.Close, "request": request.Close, "stream": stream.Close}
	uses := map[string]func() error{
		"client": func() error { _, err := client.Stats(); return err },
		"request": func() error {
			other, err := request.Stream()
			if err == nil {
				other.Close()
			}
			return err
		},
		"stream": func() error { return stream.Read(background, &xtap.Batch{}) },
	}
	alive := [][]string{}
	for _, name := range w.Order {
		must(w.t, ends[name]())
		working := []string{}
		for _, other := range names {
			if uses[other]() == nil {
				working = append(working, other)
			}
		}
		alive = append(alive, working)
	}
	return observed{"alive": alive}
}

const childURL = "XTAP_TEST_CHILD_OF"

// Not a test of its own: what the scenario exit runs in another process.
func TestAChildEndsWhileItReads(t *testing.T) {
	url := os.Getenv(childURL)
	if url == "" {
		t.Skip("only in the process of another test")
	}
	client, err := xtap.Open(xtap.WithBaseURL(url), xtap.WithBearerToken("token"))
	must(t, err)
	stream, err := client.Stream("streamPostsSample", nil)
	must(t, err)
	must(t, stream.Read(background, &xtap.Batch{}))
	go func() {
		for batch := (xtap.Batch{}); stream.Read(background, &batch) == nil; {
		}
	}()
	os.Exit(7)
}

func exit(w *world) observed {
	command := exec.Command(os.Args[0], "-test.run", "^TestAChildEndsWhileItReads$")
	command.Env = append(os.Environ(), childURL+"="+w.url)
	command.Run()
	return observed{"exit_status": command.ProcessState.ExitCode()}
}

func TestEveryScenarioIsInTheListAndEveryEntryHasItsScenario(t *testing.T) {
	listed := map[string]bool{}
	for _, one := range readList(t).Scenarios {
		listed[one.Scenario] = true
		if scenarios[one.Scenario] == nil {
			t.Errorf("%q: there is no scenario %q here", one.Name, one.Scenario)
		}
	}
	for name := range scenarios {
		if !listed[name] {
			t.Errorf("no entry has the scenario %q", name)
		}
	}
}

// asJSON is a value as the list would hold it.
func asJSON(t *testing.T, value any) (found any) {
	text, err := json.Marshal(value)
	must(t, err)
	must(t, json.Unmarshal(text, &found))
	return found
}

func TestEveryEntryComesToWhatItExpects(t *testing.T) {
	list := readList(t)
	for _, one := range list.Scenarios {
		levels := one.Levels
		if len(levels) == 0 {
			levels = []string{""}
		}
		for _, level := range levels {
			one, level := one, level
			t.Run(strings.TrimSpace(one.Name+" "+level), func(t *testing.T) {
				got := scenarios[one.Scenario](newWorld(t, list, one, level))
				for name, expected := range one.Expect {
					if found := asJSON(t, got[name]); !reflect.DeepEqual(found, expected) {
						t.Errorf("%s is %v, not %v", name, found, expected)
					}
				}
			})
		}
	}
}
