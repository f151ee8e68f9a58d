package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"longstop/access"
	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/casetime"
	"longstop/internal/pgtest"
	"longstop/internal/program"
	"longstop/service"
	"longstop/service/calendars"
	"longstop/store"
)

// The tests below set the environment, so they do not run in parallel.

// ran runs the program until it ends, and returns its exit code and what it said.
func ran(ctx context.Context, t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	code = run(ctx, args, file, file, casetime.WallNow)
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return code, string(text)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return listener.Addr().String()
}

func written(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func set(t *testing.T, settings map[string]string) {
	t.Helper()
	all := map[string]string{
		program.Database: "postgres://127.0.0.1:1/longstop?connect_timeout=1", program.DatabaseFile: "", program.TrustedHosts: "",
		"TEMPORAL_ADDRESS": "127.0.0.1:1", "LONGSTOP_DEMO_CLOCK": "", "LONGSTOP_LOG_LEVEL": "", "LONGSTOP_PAYLOAD_KEYS_FILE": "",
		envAddress: freeAddress(t), envMetrics: freeAddress(t), envCert: "", envKey: "", envCleartext: "false", envProxies: "", envCalendars: "",
	}
	for name, value := range settings {
		all[name] = value
	}
	for name, value := range all {
		t.Setenv(name, value)
	}
}

func TestAWrongSettingIsNamedWithAnExample(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := taken.Close(); err != nil {
			t.Error(err)
		}
	})
	database := pgtest.Database(t)
	for name, c := range map[string]struct {
		settings map[string]string
		args     []string
		code     int
		want     string
	}{
		"no database":              {map[string]string{program.Database: ""}, nil, program.Misused, "LONGSTOP_DATABASE_URL is not set"},
		"a database in the clear":  {map[string]string{program.Database: "postgres://db.council.example/longstop"}, nil, program.Misused, program.TrustedHosts},
		"a database that is down":  {nil, nil, program.Failed, "LONGSTOP_DATABASE_URL"},
		"a level that there isn't": {map[string]string{"LONGSTOP_LOG_LEVEL": "loud"}, nil, program.Misused, "LONGSTOP_LOG_LEVEL"},
		"not an address":           {map[string]string{envAddress: "here"}, nil, program.Misused, "for example LONGSTOP_WEB_ADDRESS=127.0.0.1:8090"},
		"in the clear for all":     {map[string]string{envAddress: "0.0.0.0:0"}, nil, program.Misused, "set LONGSTOP_WEB_TLS_CERT and LONGSTOP_WEB_TLS_KEY; or, behind a proxy that ends TLS, on a network that nobody else can reach, LONGSTOP_WEB_CLEARTEXT_TRUSTED=true"},
		"in the clear by a name":   {map[string]string{envAddress: "db.council.example:80"}, nil, program.Misused, envCleartext},
		"in the clear everywhere":  {map[string]string{envAddress: ":8090"}, nil, program.Misused, envCleartext},
		"a certificate alone":      {map[string]string{envCert: "a"}, nil, program.Misused, "go together"},
		"a key alone":              {map[string]string{envKey: "a"}, nil, program.Misused, "go together"},
		"TLS and none":             {map[string]string{envCert: "a", envKey: "b", envCleartext: "true"}, nil, program.Misused, "unset one"},
		"no such certificate":      {map[string]string{envCert: "/nowhere.pem", envKey: "/nowhere.key"}, nil, program.Misused, "LONGSTOP_WEB_TLS_CERT and LONGSTOP_WEB_TLS_KEY: open /nowhere.pem"},
		"not a certificate":        {map[string]string{envCert: written(t, "c", "x"), envKey: written(t, "k", "x")}, nil, program.Misused, envCert},
		"not a network":            {map[string]string{envProxies: "10.0.3.0/99"}, nil, program.Misused, "for example LONGSTOP_WEB_PROXIES=10.0.3.0/24"},
		"calendars in the clear":   {map[string]string{envCalendars: "http://longstop.council.example"}, nil, program.Misused, envCalendars + ": \"http://longstop.council.example\" is not an address at which calendars can be read: give one such as https://longstop.council.example"},
		"no requests a second":     {map[string]string{"LONGSTOP_WEB_PER_SECOND": "0"}, nil, program.Misused, "LONGSTOP_WEB_PER_SECOND"},
		"an address that is taken": {map[string]string{program.Database: database, envAddress: taken.Addr().String()}, nil, program.Misused, envAddress},
		"another that is taken":    {map[string]string{program.Database: database, envMetrics: taken.Addr().String()}, nil, program.Misused, envMetrics},
		"a clock that runs fast":   {map[string]string{"LONGSTOP_DEMO_CLOCK": `{"from":"2026-11-02T08:00:00Z","at":"2026-11-21T10:00:00Z","factor":30000}`}, nil, program.Failed, "Temporal at 127.0.0.1:1"},
		"an unknown flag":          {nil, []string{"--loud"}, program.Misused, "--loud"},
		"nobody to probe":          {nil, []string{"--probe"}, program.Failed, "no web answers"},
	} {
		t.Run(name, func(t *testing.T) {
			set(t, c.settings)
			code, said := ran(t.Context(), t, c.args...)
			if code != c.code || !strings.Contains(said, c.want) {
				t.Errorf("exit code %d, and said %s", code, said)
			}
		})
	}
}

// started is a program that runs.
type started struct {
	address, metrics string
	stop             context.CancelFunc
	ended            <-chan string
}

// start starts the program, and waits until it is ready.
func start(t *testing.T, settings map[string]string) started {
	t.Helper()
	set(t, settings)
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	ended := make(chan string, 1)
	s := started{address: os.Getenv(envAddress), metrics: os.Getenv(envMetrics), stop: stop, ended: ended}
	go func() {
		code, said := ran(ctx, t)
		ended <- fmt.Sprintf("exit code %d\n%s", code, said)
	}()
	late := time.NewTimer(time.Minute)
	defer late.Stop()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		if answer, err := http.Get("http://" + s.metrics + "/readyz"); err == nil {
			text := read(t, answer)
			if answer.StatusCode == http.StatusOK {
				return s
			}
			t.Logf("not ready: %s", text)
		}
		select {
		case said := <-ended:
			t.Fatal(said)
		case <-late.C:
			t.Fatal("it is not ready within a minute")
		case <-again.C:
		}
	}
}

func read(t *testing.T, answer *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// newKey makes a key on a record.
func newKey(t *testing.T, database string, may ...string) string {
	t.Helper()
	record := pgtest.OpenAs(t, store.Options{URL: database, Actor: store.ThisProcess("keys")})
	made, err := service.New(record, nil, watcher{}).CreateKey(t.Context(), service.NewKey{
		Name: "a case system", Owner: "R. Teal", Environment: "test", May: may, Source: "case-system",
	})
	if err != nil {
		t.Fatal(err)
	}
	return made.Secret
}

func get(t *testing.T, url, key string) (status int, text string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, read(t, answer)
}

// The council says where people reach their calendars, and without that nobody's is served.
func TestItServesCalendarsWhereTheCouncilSaysSo(t *testing.T) {
	database := pgtest.Database(t)
	record := pgtest.OpenAs(t, store.Options{URL: database, Actor: store.ThisProcess("calendar create")})
	uses := service.New(record, nil, watcher{})
	person := casework.Event{
		ID: "s1", Type: "staff.appointed", At: casework.OnDay(calendar.NewDate(2020, 1, 1)), Data: casework.Data{"worker": "W1", "name": "Ada Example", "email": "ada@example.org", "level": "worker"},
	}
	if done, err := record.Record(t.Context(), "case-system", []casework.Event{person}); err != nil || done.New != 1 {
		t.Fatal(done, err)
	}
	made, err := calendars.Of(uses, record).Create(t.Context(), calendars.New{Person: "W1"})
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]int{"": http.StatusNotFound, "https://longstop.council.example": http.StatusOK} {
		web := start(t, map[string]string{program.Database: database, envCalendars: address})
		status, text := get(t, "http://"+web.address+made.Address, "")
		if status != want || strings.Contains(text, "BEGIN:VCALENDAR") != (want == http.StatusOK) {
			t.Errorf("%s=%s: %d %s", envCalendars, address, status, text)
		}
		web.stop()
		if said := <-web.ended; strings.Contains(said, "lsc_") || !strings.Contains(said, "/v1/calendar/{secret}/duties.ics") {
			t.Errorf("its log: %s", said)
		}
	}
}

const visit = `{"specversion":"1.0","id":"e1","source":"case-system","type":"referral.received","subject":"C-1","time":"2026-11-02T09:00:00Z","data":{}}`

func TestItServesWithoutTemporalAndFinishesWhatHasBegunBeforeItStops(t *testing.T) {
	database := pgtest.Database(t)
	key := newKey(t, database, string(access.Law), string(access.Record))
	web := start(t, map[string]string{program.Database: database})

	if _, text := get(t, "http://"+web.address+"/readyz", ""); text != "ready; Temporal does not answer: what is recorded is kept, and its clocks follow\n" {
		t.Errorf("it is %s", text)
	}
	if code, said := ran(t.Context(), t, "--probe"); code != program.Done {
		t.Errorf("the probe: %d, %s", code, said)
	}
	if status, text := get(t, "http://"+web.address+"/v1/law", ""); status != http.StatusUnauthorized {
		t.Errorf("without a key: %d %s", status, text)
	}
	var law struct{ Pack string }
	status, text := get(t, "http://"+web.address+"/v1/law", key)
	if err := json.Unmarshal([]byte(text), &law); err != nil || status != http.StatusOK || law.Pack == "" {
		t.Errorf("%v: %d %s", err, status, text)
	}
	_, figures := get(t, "http://"+web.metrics+"/metrics", "")
	for _, want := range []string{
		`http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="200",http_route="/v1/law"} 1`,
		"longstop_build_info", "go_goroutines",
	} {
		if !strings.Contains(figures, want) {
			t.Errorf("the figures lack %s", want)
		}
	}

	conn, err := net.Dial("tcp", web.address)
	if err != nil {
		t.Fatal(err)
	}
	half := len(visit) / 2
	_, err = fmt.Fprintf(conn, "POST /v1/events HTTP/1.1\r\nHost: longstop\r\nAuthorization: Bearer %s\r\nContent-Type: application/cloudevents+json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
		key, len(visit))
	if err != nil {
		t.Fatal(err)
	}
	// The body is asked for once the operation has begun.
	reader := bufio.NewReader(conn)
	line, err := reader.ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "HTTP/1.1 100") {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := reader.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, visit[:half]); err != nil {
		t.Fatal(err)
	}
	web.stop()
	refused(t, web)
	if _, err := io.WriteString(conn, visit[half:]); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text := read(t, answer); answer.StatusCode != http.StatusCreated {
		t.Errorf("what had begun: %d %s", answer.StatusCode, text)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	said := <-web.ended
	for _, want := range []string{"exit code 0", "the API answers", "stopping", `"message":"stopped"`} {
		if !strings.Contains(said, want) {
			t.Errorf("it did not say %s: %s", want, said)
		}
	}
	if strings.Contains(said, key) || strings.Contains(said, "C-1") {
		t.Errorf("it said too much: %s", said)
	}
}

// refused waits until no more connections are taken.
func refused(t *testing.T, web started) {
	t.Helper()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		conn, err := net.Dial("tcp", web.address)
		if err != nil {
			return
		}
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
		select {
		case said := <-web.ended:
			t.Fatalf("it ended before what had begun: %s", said)
		case <-again.C:
		}
	}
}

func TestARevokedKeyIsRefusedAtTheNextRequest(t *testing.T) {
	database := pgtest.Database(t)
	key := newKey(t, database, string(access.Law))
	web := start(t, map[string]string{program.Database: database})
	if status, text := get(t, "http://"+web.address+"/v1/law", key); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	record := pgtest.OpenAs(t, store.Options{URL: database, Actor: store.ThisProcess("keys")})
	if _, err := service.New(record, nil, watcher{}).RevokeKey(t.Context(), key, "lost"); err != nil {
		t.Fatal(err)
	}
	if status, text := get(t, "http://"+web.address+"/v1/law", key); status != http.StatusUnauthorized {
		t.Errorf("%d %s", status, text)
	}
	web.stop()
	if said := <-web.ended; !strings.Contains(said, "exit code 0") {
		t.Error(said)
	}
}

func TestAServerThatCannotGoOnEndsTheProgram(t *testing.T) {
	d := &door{settings: settings{}, fatal: make(chan error, 1)}
	d.fail(errors.New("the listener is gone"))
	if err := d.wait(t.Context()); err == nil || !strings.Contains(err.Error(), "the listener is gone") {
		t.Errorf("%v", err)
	}
}

func TestWhatDoesNotEndInTimeIsBrokenOff(t *testing.T) {
	t.Parallel()
	began, ended := make(chan struct{}), make(chan struct{})
	s := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(began)
		<-r.Context().Done()
		close(ended)
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served, asked := make(chan error, 1), make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	go func() {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String(), http.NoBody)
		if err == nil {
			var answer *http.Response
			if answer, err = http.DefaultClient.Do(r); err == nil {
				err = answer.Body.Close()
			}
		}
		asked <- err
	}()
	<-began
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := end(over, s); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	<-ended
	if err := <-asked; err == nil {
		t.Error("whoever asked got an answer")
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}
