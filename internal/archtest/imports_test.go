// Package archtest holds the structure of the program: which package may import what, and
// what the pure ones may not do. The table is the "may import" column of the design, and
// each failure says what to do instead.
package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "longstop"

// pkg is a package as `go list` describes it, without its tests.
type pkg struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string // direct
	Deps       []string // direct and indirect
}

func list(t *testing.T) map[string]pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Dir,GoFiles,Imports,Deps", module+"/...")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, complaints.Bytes())
	}
	packages := map[string]pkg{}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		switch err := decoder.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages
		case err != nil:
			t.Fatal(err)
		}
		depend(t, p)
		packages[strings.TrimPrefix(p.ImportPath, module+"/")] = p
	}
}

// depend makes the test's result depend on a package's files: `go test` keeps results, and
// does not see what `go list` reads.
func depend(t *testing.T, p pkg) {
	t.Helper()
	if _, err := os.ReadDir(p.Dir); err != nil {
		t.Fatal(err)
	}
	for _, file := range p.GoFiles {
		if _, err := os.Stat(filepath.Join(p.Dir, file)); err != nil {
			t.Fatal(err)
		}
	}
}

// A pure package reads no clock, file, network or environment, and imports of the standard
// library only what cannot.
var pureStandard = []string{
	"bufio", "bytes", "cmp", "container/heap", "crypto/sha256", "embed", "encoding/base32", "encoding/hex", "encoding/json", "encoding/xml",
	"errors", "fmt", "hash", "io", "iter", "maps", "math", "reflect", "regexp", "slices", "sort", "strconv", "strings", "sync", "time",
	"time/tzdata", "unicode", "unicode/utf8",
}

// rule is what a package may import directly. A trailing /... adds everything below.
type rule struct {
	standard []string // of the standard library; nil: all of it
	others   []string
	why      string
}

var rules = map[string]rule{
	"internal/textfile": {pureStandard, nil, "a text is bytes: reading the file is the caller's"},
	"calendar":          {pureStandard, []string{"longstop/internal/textfile"}, "civil dates are arithmetic: keep files and clocks at the edge"},
	"internal/names":    {pureStandard, []string{"golang.org/x/text/unicode/norm"}, "whether two names are one depends on their texts alone"},
	"internal/jsonkeys": {pureStandard, nil, "it reads what it is handed"},
	"internal/mutate":   {nil, []string{"longstop/internal/program"}, "it changes whatever package it is given, and knows none"},
	"timescale":         {pureStandard, []string{"longstop/calendar"}, "the rule pack is data: reading it is timescale/load's"},
	"casework": {
		pureStandard,
		[]string{"longstop/calendar", "longstop/timescale", "longstop/english", "longstop/internal/names", "longstop/internal/jsonkeys"},
		"the law is a pure function: hand in what you need as events, a pack, a calendar or an instant",
	},
	"organisation": {
		append([]string{"net/mail"}, pureStandard...),
		[]string{"longstop/calendar", "longstop/timescale", "longstop/casework", "longstop/internal/names"},
		"who is told is a pure function: hand in the staff events, the allocation and the day",
	},
	"admission": {
		pureStandard,
		[]string{"longstop/calendar", "longstop/timescale", "longstop/casework", "longstop/organisation", "longstop/internal/names"},
		"what is accepted is a pure function: the record locks, hands in what it holds, and writes",
	},
	"pathway": {pureStandard, nil, "the contract must be readable, and usable, alone"},
	"intake": {
		pureStandard,
		[]string{"longstop/calendar", "longstop/casework", "longstop/internal/names"},
		"a return becomes events without touching the record, and the common half knows no format: service/loading does the rest",
	},
	"intake/cincensus": {
		pureStandard,
		[]string{"longstop/calendar", "longstop/casework", "longstop/intake", "golang.org/x/text/..."},
		"a return becomes events without touching the record: service/loading does the rest",
	},
	"intake/rows": {
		pureStandard,
		[]string{"longstop/casework", "longstop/internal/textfile", "golang.org/x/sync/errgroup"},
		"lines become events: opening the file, and stopping, are the caller's",
	},
	"intake/formats": {
		pureStandard,
		[]string{"longstop/casework", "longstop/intake", "longstop/intake/cincensus"},
		"a list of formats",
	},
	"service/loading": {
		nil,
		[]string{
			"longstop/calendar", "longstop/casework", "longstop/intake", "longstop/internal/ctxio", "longstop/pathway", "longstop/store",
		},
		"a load takes any format: what knows one is below intake, and a program chooses it",
	},
	"workflows": {
		[]string{"cmp", "errors", "slices", "strconv", "strings", "time"},
		[]string{
			"go.temporal.io/sdk/workflow", "go.temporal.io/sdk/temporal", "go.temporal.io/sdk/log",
			"longstop/pathway", "longstop/pathway/attributes",
		},
		"a workflow is replayed for years: do it in an activity",
	},
	"pathway/attributes": {
		[]string{"slices", "time"},
		[]string{"go.temporal.io/sdk/temporal", "go.temporal.io/api/enums/v1", "longstop/pathway"},
		"workflows call it while they are replayed",
	},
	"activities": {
		nil,
		[]string{
			"go.temporal.io/sdk/activity", "go.temporal.io/sdk/temporal", "github.com/rs/zerolog",
			"longstop/casework", "longstop/notify", "longstop/pathway",
		},
		"declare what you need as a small interface here; the worker wires it to the record",
	},
	"store": {
		nil,
		[]string{
			"longstop/admission", "longstop/calendar", "longstop/internal/casetime", "longstop/casework", "longstop/english", "longstop/internal/names", "longstop/organisation", "longstop/pathway",
			"longstop/timescale", "longstop/store/migrations", "github.com/...", "golang.org/...",
		},
		"the record knows nothing of Temporal: it hands out nudges, and package clocks carries them",
	},
	"notify/letter": {
		append([]string{"encoding/json"}, pureStandard...),
		[]string{
			"longstop/calendar", "longstop/casework", "longstop/english", "longstop/notify", "longstop/organisation", "longstop/pathway",
			"longstop/timescale",
		},
		"a letter is made of facts that are handed in: the record keeps it, a channel carries it",
	},
	"notify": {nil, nil, "a letter and a channel are plain: a channel with a library has a package of its own below"},
}

func TestEveryPackageImportsOnlyWhatItMay(t *testing.T) {
	t.Parallel()
	packages := list(t)
	for name, r := range rules {
		p, ok := packages[name]
		if !ok {
			t.Errorf("there is no package %s: mend the table", name)
			continue
		}
		for _, imported := range p.Imports {
			if !r.allows(imported) {
				t.Errorf("%s imports %s: %s", name, imported, r.why)
			}
		}
	}
}

func (r rule) allows(path string) bool {
	if isStandard(path) {
		return r.standard == nil || slices.Contains(r.standard, path)
	}
	return slices.ContainsFunc(r.others, func(allowed string) bool {
		root, all := strings.CutSuffix(allowed, "/...")
		return path == root || all && strings.HasPrefix(path, root+"/")
	})
}

// isStandard: the first part of every other path has a dot, but for this module's.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && first != module
}

// programs may import everything; the client side of Temporal belongs to clocks and internal/temporal.
var programs = []string{"worker", "starter", "web", "bench", "endtoend"}

func TestOnlyProgramsUseTheTemporalClientAndWorker(t *testing.T) {
	t.Parallel()
	for name, p := range list(t) {
		top, _, _ := strings.Cut(name, "/")
		if top == "clocks" || strings.HasPrefix(name, "internal/temporal") || strings.HasPrefix(name, "internal/demo") || slices.Contains(programs, top) {
			continue
		}
		for _, imported := range p.Imports {
			if imported == "go.temporal.io/sdk/client" || imported == "go.temporal.io/sdk/worker" {
				t.Errorf("%s imports %s: take a small interface, and let a program wire it", name, imported)
			}
		}
	}
}

func TestNothingHeavyReachesTheWorkflows(t *testing.T) {
	t.Parallel()
	for _, dep := range list(t)["workflows"].Deps {
		for _, heavy := range []string{"longstop/store", "longstop/clocks", "longstop/internal/temporal", "longstop/activities", "longstop/notify", "longstop/casework", "github.com/jackc/pgx", "github.com/wneessen/go-mail"} {
			if strings.HasPrefix(dep, heavy) {
				t.Errorf("workflows depend on %s: they know the contract in pathway, and nothing of what serves it", dep)
			}
		}
	}
}

func TestTheServerStaysInItsOwnModule(t *testing.T) {
	t.Parallel()
	for name, p := range list(t) {
		for _, dep := range p.Deps {
			if strings.HasPrefix(dep, "go.temporal.io/server") || strings.HasPrefix(dep, "github.com/temporalio/ui-server") {
				t.Errorf("%s depends on %s: the server's 460 modules belong to devstack", name, dep)
				break
			}
		}
	}
}
