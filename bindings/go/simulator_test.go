package xtap_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"libxtap/xtap"
)

// simulator is a running xtap-sim (from PATH, or $XTAP_SIM).
type simulator struct {
	t            *testing.T
	url, control string
}

func start(t *testing.T, arguments ...string) *simulator {
	t.Helper()
	fixed := []string{"--until-eof", "--seed", "5", "--base-time", "2026-01-01T00:00:00Z"}
	return startWith(t, append(fixed, arguments...)...)
}

func startWith(t *testing.T, arguments ...string) *simulator {
	t.Helper()
	program := os.Getenv("XTAP_SIM")
	if program == "" {
		program = "xtap-sim"
	}
	command := exec.Command(program, arguments...)
	stdin, err := command.StdinPipe()
	must(t, err)
	stdout, err := command.StdoutPipe()
	must(t, err)
	must(t, command.Start())
	t.Cleanup(func() {
		stdin.Close()
		command.Wait()
	})
	ready, err := bufio.NewReader(stdout).ReadString('\n')
	must(t, err)
	found := &simulator{t: t}
	for _, word := range strings.Fields(ready) {
		if strings.HasPrefix(word, "URL=") {
			found.url = word[len("URL="):]
		}
		if strings.HasPrefix(word, "CONTROL=") {
			found.control = word[len("CONTROL="):]
		}
	}
	return found
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *simulator) ask(method, path, body string) string {
	s.t.Helper()
	request, err := http.NewRequest(method, s.control+path, strings.NewReader(body))
	must(s.t, err)
	answer, err := http.DefaultClient.Do(request)
	must(s.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(s.t, err)
	if answer.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: %d %s", path, answer.StatusCode, text)
	}
	return string(text)
}

func (s *simulator) fault(fault string) { s.ask("POST", "/faults", fault) }

func (s *simulator) client(options ...xtap.OpenOption) *xtap.Client {
	s.t.Helper()
	all := append([]xtap.OpenOption{xtap.WithBaseURL(s.url), xtap.WithBearerToken("token"), xtap.WithOAuth2AccessToken("user"),
		xtap.WithBackoffNetworkStepMs(1), xtap.WithBackoffHTTPStartMs(1)}, options...)
	client, err := xtap.Open(all...)
	must(s.t, err)
	s.t.Cleanup(func() { client.Close() })
	return client
}

const text = "/data/text"

func (s *simulator) stream(options ...xtap.Option) *xtap.Stream {
	s.t.Helper()
	stream, err := s.client().Stream("streamPostsSample", nil, options...)
	must(s.t, err)
	s.t.Cleanup(func() { stream.Close() })
	must(s.t, stream.Select(text))
	return stream
}

// number is what the simulator ends every text with.
func number(t *testing.T, record xtap.Record) int {
	t.Helper()
	words := strings.Fields(record.Selected(0).String())
	found, err := strconv.Atoi(words[len(words)-1])
	must(t, err)
	return found
}

// take takes count events and leaves the loop.
func take(t *testing.T, stream *xtap.Stream, count int) (taken []xtap.Record) {
	t.Helper()
	stream.Events(context.Background())(func(event xtap.Record, err error) bool {
		must(t, err)
		taken = append(taken, event)
		return len(taken) < count
	})
	return taken
}

func read(t *testing.T, data []byte) (value map[string]any) {
	t.Helper()
	must(t, json.Unmarshal(data, &value))
	return value
}
