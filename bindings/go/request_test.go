package xtap_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"libxtap/xtap"
	"libxtap/xtap/names"
)

func (s *simulator) send(operation string, options ...xtap.OpenOption) (*xtap.Response, error) {
	s.t.Helper()
	request, err := s.client(options...).Request(operation, nil)
	must(s.t, err)
	defer request.Close()
	return request.Send(background)
}

func TestABodyGoesAndAnAnswerComes(t *testing.T) {
	request, err := start(t).client().Request(names.OpCreatePosts, nil)
	must(t, err)
	must(t, request.SetBody(map[string]string{"text": "hello ✓"}))
	answer, err := request.Send(background)
	must(t, err)
	if answer.StatusCode != 201 || !strings.Contains(string(answer.Body), "hello ✓") {
		t.Error(answer.StatusCode, string(answer.Body))
	}
	if !strings.Contains(answer.Header("Content-Type"), "json") || answer.Header("x-nothing") != "" {
		t.Error(answer.Header("Content-Type"))
	}
}

func TestWrongNamesAndValuesAreRefusedBeforeAnythingIsSent(t *testing.T) {
	client := start(t).client()
	for _, wrong := range []struct {
		operation  string
		parameters xtap.Parameters
		option     xtap.Option
		status     xtap.Status
		said       string
	}{
		{"streamPostsSampl", nil, xtap.WithDeliverJSON(true), xtap.StatusUnknownName, "streamPostsSample"},
		{"searchPostsRecent", xtap.Parameters{"max_results": 1000}, xtap.WithDeliverJSON(true), xtap.StatusValue, "max_results"},
		{"searchPostsRecent", xtap.Parameters{"query": "a\x00b"}, xtap.WithDeliverJSON(true), xtap.StatusValue, "NUL"},
		{"searchPostsRecent", nil, xtap.With("index", "some"), xtap.StatusValue, "index"},
	} {
		_, err := client.Request(wrong.operation, wrong.parameters, wrong.option)
		if !errors.Is(err, wrong.status) || !strings.Contains(err.Error(), wrong.said) {
			t.Error(err)
		}
	}
	if _, err := xtap.Open(xtap.WithTLSMin("0.9")); !errors.Is(err, xtap.StatusValue) {
		t.Error(err)
	}
}

func TestTimesAndListsBecomeText(t *testing.T) {
	simulator := start(t, "--record")
	zone := time.FixedZone("two", 2*60*60)
	request, err := simulator.client().Request(names.OpSearchPostsRecent, xtap.Parameters{"query": "no", "max_results": 20,
		"start_time": time.Date(2026, 1, 1, 0, 0, 0, 0, zone), "tweet.fields": []string{"id", "text"}, "until_id": nil})
	must(t, err)
	_, err = request.Send(background)
	must(t, err)
	asked := simulator.ask("GET", "/requests", "")
	for _, part := range []string{"start_time=2025-12-31T22", "max_results=20", "fields=id"} {
		if !strings.Contains(asked, part) {
			t.Error(part, asked)
		}
	}
}

func TestAContextThatIsDoneEndsASend(t *testing.T) {
	simulator := start(t)
	simulator.fault(`{"kind":"no_response","path":"/2/*"}`)
	request, err := simulator.client().Request(names.OpGetUsersMe, nil)
	must(t, err)
	ctx, cancel := context.WithCancel(background)
	go func() {
		simulator.ask("GET", "/requests?min=1", "")
		cancel()
	}()
	if _, err := request.Send(ctx); !errors.Is(err, context.Canceled) || !errors.Is(err, xtap.StatusCancelled) {
		t.Error(err)
	}
}

func TestAClientIsSharedAndEverythingMayBeClosedInAnyOrder(t *testing.T) {
	simulator := start(t)
	client := simulator.client()
	var group sync.WaitGroup
	for worker := 0; worker < 8; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			request, err := client.Request(names.OpGetUsersMe, nil)
			if err == nil {
				_, err = request.Send(background)
			}
			if err != nil {
				t.Error(err)
			}
		}()
	}
	group.Wait()
	stats, err := client.Stats()
	must(t, err)
	if sent := read(t, stats)["requests"].(map[string]any)["sent"]; sent != 8.0 {
		t.Error(sent)
	}
	stream, err := client.Stream("streamPostsSample", nil)
	must(t, err)
	client.Close()
	client.Close()
	if len(take(t, stream, 3)) != 3 {
		t.Error("the stream ended with its client")
	}
	stream.Close()
	if _, err := client.Request(names.OpGetUsersMe, nil); !errors.Is(err, xtap.StatusState) {
		t.Error(err)
	}
}

func TestLinesOfTheLogComeToTheirReceiver(t *testing.T) {
	client := start(t).client(xtap.WithLogLevel("debug"))
	var mutex sync.Mutex
	lines := 0
	must(t, client.OnLog(func(level xtap.Level, line string) {
		mutex.Lock()
		defer mutex.Unlock()
		if lines++; level < xtap.LevelError || level > xtap.LevelDebug || line == "" {
			t.Error(level, line)
		}
	}))
	stream, err := client.Stream("streamPostsSample", nil)
	must(t, err)
	take(t, stream, 1)
	stream.Close()
	must(t, client.OnLog(nil))
	if lines == 0 {
		t.Error("no line came")
	}
}

func TestAPairOfTokensThatCannotBeStoredFailsTheRequest(t *testing.T) {
	simulator, full := start(t), errors.New("disk full")
	for _, fails := range []error{nil, full} {
		given := read(t, []byte(simulator.ask("POST", "/tokens/give", `{"client_id":"sim-public-client"}`)))
		client, err := xtap.Open(xtap.WithBaseURL(simulator.url), xtap.WithOAuth2ClientID("sim-public-client"),
			xtap.WithOAuth2AccessToken(given["access_token"].(string)),
			xtap.WithOAuth2RefreshToken(given["refresh_token"].(string)), xtap.WithOAuth2ExpiresAt(1))
		must(t, err)
		defer client.Close()
		must(t, client.OnToken(func(tokens xtap.Tokens) error {
			if tokens.AccessToken == "" || tokens.RefreshToken == "" || tokens.ExpiresAtMs == 0 {
				t.Errorf("%+v", tokens)
			}
			return fails
		}))
		request, err := client.Request(names.OpGetUsersMe, nil)
		must(t, err)
		if _, err := request.Send(background); !errors.Is(err, fails) {
			t.Error(err)
		}
	}
}

func TestTheTableOfOperationsDescribesItself(t *testing.T) {
	description, err := xtap.Describe(names.OpStreamPostsFirehoseJa)
	must(t, err)
	if read(t, description)["path"] != "/2/tweets/firehose/stream/lang/ja" || len(xtap.Operations()) < 100 {
		t.Error(string(description))
	}
	if xtap.Version() != xtap.LibraryVersion {
		t.Error(xtap.Version())
	}
}

// otherLibrary is a folder with a library of another major version of the interface.
func otherLibrary(t *testing.T) string {
	folder := t.TempDir()
	if said, err := exec.Command("../tests/other_library.sh", folder).CombinedOutput(); err != nil {
		t.Fatal(err, string(said))
	}
	return folder
}

func TestALibraryOfAnotherMajorVersionIsRefused(t *testing.T) {
	if os.Getenv("XTAP_TEST_OTHER") != "" {
		_, err := xtap.Open()
		if !errors.Is(err, xtap.StatusUnsupported) || !strings.Contains(err.Error(), "libxtap has version 99.7 of the interface") {
			t.Error(err)
		}
		return
	}
	command := exec.Command(os.Args[0], "-test.run", "^TestALibraryOfAnotherMajorVersionIsRefused$")
	command.Env = append(os.Environ(), "XTAP_TEST_OTHER=1", "LD_LIBRARY_PATH="+otherLibrary(t))
	if said, err := command.CombinedOutput(); err != nil {
		t.Error(err, string(said))
	}
}

func TestTheEnvironmentGivesOptions(t *testing.T) {
	simulator := start(t)
	t.Setenv("MINE_BEARER_TOKEN", "x")
	t.Setenv("MINE_BASE_URL", "http://127.0.0.1:1")
	client, err := xtap.Open(xtap.FromEnv("MINE"), xtap.WithBaseURL(simulator.url))
	must(t, err)
	defer client.Close()
	stream, err := client.Stream("streamPostsSample", nil)
	must(t, err)
	defer stream.Close()
	take(t, stream, 1)
}

// The examples, as whole programs.
func (s *simulator) example(name string, arguments ...string) (lines []string, failed string) {
	s.t.Helper()
	command := exec.Command("go", append([]string{"run", "./examples/" + name}, arguments...)...)
	command.Env = append(os.Environ(), "XTAP_BASE_URL="+s.url, "XTAP_BEARER_TOKEN=token", "XTAP_OAUTH2_ACCESS_TOKEN=user")
	var complaint strings.Builder
	command.Stderr = &complaint
	output, err := command.Output()
	if err != nil {
		failed = complaint.String()
	}
	return strings.Split(strings.TrimSpace(string(output)), "\n"), failed
}

func TestTheFirehoseIsTailed(t *testing.T) {
	lines, failed := start(t).example("firehose", "1", "20")
	if failed != "" || len(lines) != 20 || !strings.HasSuffix(lines[19], " No. 20") {
		t.Error(failed, lines)
	}
}

func TestDirectMessagesArePaged(t *testing.T) {
	if lines, failed := start(t).example("dm_events", "123123123-2244994945"); failed != "" || len(lines) != 1000 {
		t.Error(failed, len(lines))
	}
}

func TestActivityIsSubscribedToAndGivenUp(t *testing.T) {
	lines, failed := start(t).example("activity", "2244994945", "post.create", "3")
	if failed != "" || len(lines) != 5 || !strings.HasPrefix(lines[4], "deleted ") {
		t.Error(failed, lines)
	}
}

func TestAMistakeIsOneClearLine(t *testing.T) {
	if _, failed := start(t).example("firehose", "1000"); !strings.Contains(failed, "partition") {
		t.Error(failed)
	}
}
