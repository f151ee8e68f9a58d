package v1_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"longstop/access"
)

// block is a fenced block of a page.
type block struct {
	kind, text string
	line       int
}

// blocksOf are the fenced blocks of a page, in order.
func blocksOf(page string) (list []block) {
	var open *block
	for i, line := range strings.Split(page, "\n") {
		fence, isFence := strings.CutPrefix(line, "```")
		switch {
		case isFence && open == nil:
			open = &block{kind: fence, line: i + 1}
		case isFence:
			list, open = append(list, *open), nil
		case open != nil:
			open.text += line + "\n"
		}
	}
	return list
}

// What docs/api.md says to type does what it says: each block is run by bash -e against a server, and what a block of
// JSON after it shows is part of what it writes.
func TestThePageOfTheAPIDoesWhatItSays(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	d, notice := newExamples(t)
	s := httptest.NewServer(d)
	t.Cleanup(s.Close)
	dir, ran := t.TempDir(), 0
	blocks := blocksOf(string(page))
	for i, b := range blocks {
		if b.kind != "bash" {
			continue
		}
		ran++
		cmd := exec.CommandContext(t.Context(), "bash", "-e", "-u", "-o", "pipefail")
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(b.text)
		cmd.Env = append(os.Environ(), "API="+s.URL, "KEY=key", "NOTICE="+notice)
		var complaints bytes.Buffer
		cmd.Stderr = &complaints
		out, err := cmd.Output()
		if err != nil {
			t.Errorf("docs/api.md:%d: %v\n%s%s", b.line, err, out, complaints.Bytes())
			continue
		}
		if i+1 < len(blocks) && blocks[i+1].kind == "json" {
			wants(t, blocks[i+1], out)
		}
	}
	if ran < 10 {
		t.Errorf("%d blocks were run", ran)
	}
	table, err := os.ReadFile(dir + "/duties.csv")
	if err != nil || bytes.Count(table, []byte("\n")) < 4 || bytes.Count(table, []byte("case,duty")) != 1 {
		t.Errorf("duties.csv: %v\n%s", err, table)
	}
}

// The sender in Python does what the page says, also where it is not answered at first. It waits by itself as long as it is told to: a second.
func TestTheSenderOfThePageOfTheAPIPushesUntilItIsAnswered(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed, so the sender in docs/api.md cannot be tried here: install python3")
	}
	page, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	all := blocksOf(string(page))
	i := slices.IndexFunc(all, func(b block) bool { return b.kind == "python" })
	if i < 0 {
		t.Fatal("docs/api.md has no sender in Python")
	}
	d := newDoor(t)
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch asked.Add(1) {
		case 1: // it is taken, and nobody hears of it
			d.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		default:
			d.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.Close)
	run := func(want int, events ...string) string {
		cmd := exec.CommandContext(t.Context(), python, "-c", all[i].text)
		cmd.Env, cmd.Stdin = append(os.Environ(), "API="+s.URL, "KEY=key"), strings.NewReader(strings.Join(events, "\n"))
		out, err := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Fatalf("it ended with %d: %v\n%s", got, err, out)
		}
		return string(out)
	}
	many := []string{planned, visited}
	for n := range 600 {
		many = append(many, cloud(fmt.Sprintf("x%d", n), "C1", "cp_visit.made", "2026-09-11", ""))
	}
	if out := run(0, many...); out != "602 of 602 events are recorded\n" || asked.Load() != 3 {
		t.Errorf("it was answered %d times and says %s", asked.Load(), out)
	}
	attached := kinds[access.Attach]
	out := run(1, visited, attached, cloud("v3", "C1", "cp_visit.maid", "2026-09-12", ""))
	if !strings.HasPrefix(out, "line 3: unknown_type: ") || !strings.HasSuffix(out, "\n2 of 3 events are recorded\n") {
		t.Errorf("it says %s", out)
	}
	if out := run(1, strings.Replace(visited, source, "another", 1)); !strings.HasPrefix(out, "403 ") || !strings.Contains(out, "urn:uuid:") {
		t.Errorf("of another source it says %s", out)
	}
	if got := d.ids("C1"); len(got) != 603 || got[602] != "s1" {
		t.Errorf("the record holds %d events", len(got))
	}
}

// wants checks that what a block shows is part of what was written.
func wants(t *testing.T, b block, out []byte) {
	t.Helper()
	var want, got any
	if err := json.Unmarshal([]byte(b.text), &want); err != nil {
		t.Errorf("docs/api.md:%d: %v", b.line, err)
		return
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Errorf("docs/api.md:%d: %v: %s", b.line, err, out)
		return
	}
	if why := missing("", want, got); why != "" {
		t.Errorf("docs/api.md:%d: %s\n%s", b.line, why, out)
	}
}

// missing returns what of a JSON value another does not have; "" where it has all.
func missing(at string, want, got any) string {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return at + " is no object"
		}
		for name, value := range w {
			if why := missing(at+"/"+name, value, g[name]); why != "" {
				return why
			}
		}
		return ""
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) < len(w) {
			return fmt.Sprintf("%s has fewer than %d elements", at, len(w))
		}
		for i := range w {
			if why := missing(fmt.Sprintf("%s/%d", at, i), w[i], g[i]); why != "" {
				return why
			}
		}
		return ""
	default:
		if !reflect.DeepEqual(want, got) {
			return fmt.Sprintf("%s is %v, and not %v", at, got, want)
		}
		return ""
	}
}
