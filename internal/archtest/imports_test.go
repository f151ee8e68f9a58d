// Package archtest holds the structure of the program: which package may import what, and
// what the pure ones may not do. The table goes with "The floors" in docs/design.md, and
// each failure says what to do instead.
package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
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
	"internal/textfile":  {pureStandard, nil, "a text is bytes: reading the file is the caller's"},
	"calendar":           {pureStandard, []string{"longstop/internal/textfile"}, "civil dates are arithmetic: keep files and clocks at the edge"},
	"internal/names":     {pureStandard, []string{"golang.org/x/text/unicode/norm"}, "whether two names are one depends on their texts alone"},
	"internal/jsonkeys":  {pureStandard, nil, "it reads what it is handed"},
	"internal/mutate":    {nil, []string{"longstop/internal/program"}, "it changes whatever package it is given, and knows none"},
	"timescale":          {pureStandard, []string{"longstop/calendar"}, "the rule pack is data: reading it is timescale/load's"},
	"english":            {pureStandard, []string{"longstop/calendar", "longstop/timescale"}, "words are made of what is handed in: package casework is above this one"},
	"internal/together":  {[]string{"context", "slices", "sync", "time"}, nil, "who goes together depends on who comes, and for how long they have the room: what they do is the caller's"},
	"internal/keepalive": {nil, nil, "a connection is the standard library's: who is at the other end is the caller's"},
	"casework": {
		pureStandard,
		[]string{"longstop/calendar", "longstop/timescale", "longstop/english", "longstop/internal/names", "longstop/internal/jsonkeys"},
		"the law is a pure function: hand in what you need as events, a pack, a calendar or an instant",
	},
	"organisation": {
		append([]string{"net/mail"}, pureStandard...),
		[]string{"longstop/calendar", "longstop/timescale", "longstop/casework", "longstop/english", "longstop/internal/names"},
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
	"intake/csc": {
		pureStandard,
		[]string{"longstop/calendar", "longstop/casework", "longstop/intake", "longstop/internal/names"},
		"a feed becomes events without touching the record: service/loading does the rest",
	},
	"intake/rows": {
		pureStandard,
		[]string{"longstop/casework", "longstop/internal/textfile", "golang.org/x/sync/errgroup"},
		"lines become events: opening the file, and stopping, are the caller's",
	},
	"intake/cloudevents": {
		append([]string{"mime"}, pureStandard...),
		[]string{"longstop/casework", "longstop/internal/jsonkeys", "longstop/internal/names"},
		"a request becomes events without a request: who reads it, and who may send it, are the server's",
	},
	"intake/people": {
		append([]string{"crypto/sha256", "encoding/csv", "encoding/hex", "encoding/json"}, pureStandard...),
		[]string{"longstop/calendar", "longstop/casework", "longstop/english", "longstop/internal/jsonkeys", "longstop/internal/names", "longstop/internal/textfile", "longstop/organisation", "longstop/timescale"},
		"a list becomes events: what the record holds is handed in",
	},
	"intake/formats": {
		pureStandard,
		[]string{"longstop/casework", "longstop/intake", "longstop/intake/cincensus", "longstop/intake/csc"},
		"a list of formats",
	},
	"access": {
		append([]string{"context", "crypto/subtle", "hash/crc32"}, pureStandard...),
		nil,
		"what a key may do is decided from what is handed in: the record looks it up, the programs ask",
	},
	"api": {
		pureStandard,
		[]string{"longstop/access", "longstop/admission", "longstop/calendar", "longstop/timescale", "longstop/casework", "longstop/organisation", "longstop/store", "longstop/store/receivers", "longstop/store/subscriptions"},
		"an answer is a struct and how it is made of what the core and the record return: use cases are package service's",
	},
	"service": {
		[]string{
			"cmp", "context", "crypto/aes", "crypto/cipher", "crypto/hmac", "crypto/rand", "crypto/sha256", "encoding/base64", "encoding/hex", "errors", "fmt", "io",
			"maps", "runtime", "runtime/debug", "slices", "strings", "sync", "sync/atomic", "time",
		},
		[]string{
			"longstop/access", "longstop/admission", "longstop/calendar", "longstop/timescale/...", "longstop/timescale", "longstop/casework", "longstop/english",
			"longstop/intake", "longstop/organisation",
			"longstop/internal/names", "longstop/internal/temporal", "longstop/pathway", "longstop/store", "longstop/clocks", "longstop/api",
			"longstop/service/loading", "longstop/outwards", "longstop/store/receivers", "github.com/google/uuid", "golang.org/x/sync/errgroup",
		},
		"a use case reads no flag, file name or environment and prints nothing: the programs parse, call and print",
	},
	"report": {
		append([]string{"text/tabwriter"}, pureStandard...),
		[]string{
			"longstop/access", "longstop/calendar", "longstop/timescale", "longstop/casework", "longstop/english", "longstop/store", "longstop/store/receivers", "longstop/api", "longstop/service",
			"longstop/service/loading",
		},
		"an answer becomes text: asking for it, and choosing where the text goes, are the programs'",
	},
	"service/loading": {
		nil,
		[]string{
			"longstop/api", "longstop/calendar", "longstop/casework", "longstop/english", "longstop/intake", "longstop/intake/people", "longstop/internal/ctxio",
			"longstop/organisation", "longstop/pathway", "longstop/store", "longstop/timescale",
		},
		"a load takes any format: what knows one is below intake, and a program chooses it",
	},
	"service/calendars": {
		nil,
		[]string{
			"longstop/access", "longstop/api", "longstop/english", "longstop/notify/icalendar", "longstop/organisation", "longstop/service", "longstop/store", "longstop/store/subscriptions",
		},
		"a use case reads no flag, file name or environment and prints nothing: the programs parse, call and print",
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
			"longstop/access", "longstop/admission", "longstop/calendar", "longstop/internal/casetime", "longstop/casework", "longstop/english", "longstop/internal/keepalive", "longstop/internal/names", "longstop/internal/together", "longstop/organisation", "longstop/pathway",
			"longstop/timescale", "longstop/store/migrations", "github.com/...", "golang.org/...",
		},
		"the record knows nothing of Temporal: it hands out nudges, and package clocks carries them",
	},
	"store/receivers": {
		nil,
		[]string{"longstop/store", "github.com/google/uuid", "github.com/jackc/pgx/..."},
		"who is told outwards, and what waits: sending it is package outwards'",
	},
	"store/subscriptions": {
		nil,
		[]string{"longstop/access", "longstop/store", "github.com/jackc/pgx/..."},
		"whose calendar is read at which address: what it holds is the record's",
	},
	"store/reports": {nil, []string{"longstop/notify", "longstop/store"}, "it hands reports to the record: reading them is the channels'"},
	"outwards": {
		nil,
		[]string{"longstop/api", "longstop/internal/textfile/disk", "longstop/store", "longstop/store/receivers", "github.com/google/uuid", "github.com/rs/zerolog", "golang.org/x/sync/errgroup"},
		"it sends what the record holds: what to send is decided where the record is written",
	},
	"notify/letter": {
		append([]string{"html/template"}, pureStandard...),
		[]string{
			"longstop/calendar", "longstop/casework", "longstop/english", "longstop/notify", "longstop/organisation", "longstop/pathway",
			"longstop/timescale",
		},
		"a letter is made of facts that are handed in: the record keeps it, a channel carries it",
	},
	"notify": {nil, nil, "a letter and a channel are plain: a channel with a library has a package of its own below"},
	"notify/bounce": {
		append([]string{"crypto/hmac", "crypto/sha256", "encoding/base32", "encoding/base64", "encoding/binary", "io", "mime", "mime/quotedprintable", "net/mail", "net/textproto"}, pureStandard...),
		[]string{"longstop/notify", "github.com/google/uuid"},
		"a report is read from bytes: getting them is package mailbox's",
	},
	"notify/bounce/mailbox": {
		nil,
		[]string{"longstop/notify", "longstop/notify/bounce", "longstop/notify/setting", "github.com/emersion/go-imap/..."},
		"it reads reports, and hands them to whoever keeps them",
	},
	"notify/channel/breaker": {
		nil,
		[]string{"longstop/notify", "github.com/rs/zerolog"},
		"it pauses any channel, and knows none",
	},
	"notify/channel/channeltest": {nil, []string{"longstop/notify"}, "the tests of a channel know the interface alone"},
	"notify/channel/email": {
		nil,
		[]string{
			"longstop/notify", "longstop/notify/bounce", "longstop/notify/setting", "github.com/rs/zerolog", "github.com/wneessen/go-mail/...",
			"github.com/wneessen/go-mail", "golang.org/x/net/idna", "golang.org/x/time/rate",
		},
		"a channel carries a message, and knows nothing of cases",
	},
	"notify/channel/failover": {nil, []string{"longstop/notify"}, "it passes messages on by any channels, and knows none"},
	"notify/channel/govuknotify": {
		nil,
		[]string{"longstop/internal/casetime", "longstop/notify", "longstop/notify/markdown", "longstop/notify/setting", "github.com/google/uuid", "github.com/rs/zerolog"},
		"a channel carries a message, and knows nothing of cases",
	},
	"notify/setting": {nil, []string{"longstop/internal/textfile/..."}, "what channels are set up with knows no channel"},
	"notify/channel/teams": {
		nil,
		[]string{"longstop/internal/casetime", "longstop/notify", "longstop/notify/markdown", "longstop/notify/setting", "golang.org/x/time/rate"},
		"a channel carries a message, and knows nothing of cases",
	},
	"notify/icalendar":   {pureStandard, []string{"longstop/calendar"}, "a feed is made of duties that are handed in"},
	"notify/markdown":    {pureStandard, nil, "it turns text into text"},
	"notify/channel/log": {nil, []string{"longstop/notify", "github.com/rs/zerolog"}, "a channel carries a message, and knows nothing of cases"},
	"store/migrations":   {append([]string{"io/fs"}, pureStandard...), nil, "it holds SQL files"},
	"timescale/load":     {nil, []string{"longstop/calendar", "longstop/timescale/...", "longstop/internal/names", "longstop/internal/textfile", "github.com/goccy/go-yaml/..."}, "it turns files into rules, whoever hands them in"},
	"timescale/packs":    {pureStandard, nil, "it holds YAML files"},
	"timescale/pages":    {pureStandard, []string{"longstop/calendar", "longstop/english", "longstop/timescale"}, "a page is made of a pack: writing it is docs/makedocs'"},
	"timescale/schema":   {pureStandard, nil, "it holds schemas for editors"},
	"docs/makedocs":      {nil, []string{"longstop/internal/program", "longstop/timescale/..."}, "it writes what package pages makes"},
	"clocks": {
		nil,
		[]string{
			"longstop/internal/temporal", "longstop/pathway/...", "github.com/google/uuid", "github.com/rs/zerolog", "go.temporal.io/...",
		},
		"the client's side knows the contract: what a clock waits for is the record's",
	},
	"activities/record": {
		nil,
		[]string{"longstop/activities", "longstop/notify/letter", "longstop/pathway", "longstop/store"},
		"it is the record as the activities see it",
	},
	"internal/arguments":         {nil, []string{"github.com/alecthomas/kong", "longstop/calendar", "longstop/casework", "longstop/internal/names"}, "it reads what stands on a command line: what a command does with it is the command's"},
	"internal/casetime":          {nil, nil, "the one clock that case time comes from"},
	"internal/ctxio":             {nil, nil, "readers that end with a context"},
	"internal/textfile/disk":     {nil, []string{"longstop/internal/textfile"}, "it reads files that settings name"},
	"internal/temporal":          {nil, []string{"longstop/internal/temporal/payloads", "longstop/pathway/...", "github.com/rs/zerolog", "go.temporal.io/..."}, "how a program reaches Temporal"},
	"internal/temporal/payloads": {nil, []string{"longstop/internal/textfile/disk", "go.temporal.io/...", "google.golang.org/protobuf/proto"}, "sealing knows bytes alone"},
	"internal/program":           {nil, []string{"longstop/internal/textfile/disk", "github.com/mattn/go-isatty", "github.com/rs/zerolog"}, "the frame of every program knows none of them"},
	"internal/figures": {
		nil,
		[]string{"github.com/prometheus/client_golang/...", "go.opentelemetry.io/otel/...", "go.temporal.io/sdk/client", "go.temporal.io/sdk/contrib/opentelemetry"},
		"what is measured is each program's",
	},
	"internal/sample":            {nil, []string{"longstop/calendar", "longstop/casework"}, "invented cases are events"},
	"internal/sample/makesample": {nil, []string{"longstop/calendar", "longstop/internal/program", "longstop/internal/sample"}, "it writes the sample"},

	"web/server": {
		nil,
		[]string{
			"longstop/access", "longstop/service", "longstop/internal/jsonkeys", "github.com/danielgtaylor/huma/v2/...", "github.com/google/uuid",
			"github.com/rs/zerolog", "go.opentelemetry.io/otel/...", "golang.org/x/net/netutil", "golang.org/x/sync/semaphore", "golang.org/x/time/rate",
		},
		"the frame of requests knows no operation and no record: web/v1 registers operations, and the program hands in the rest",
	},
	"web/v1": {
		nil,
		[]string{
			"longstop/access", "longstop/admission", "longstop/api", "longstop/calendar", "longstop/casework", "longstop/timescale", "longstop/english",
			"longstop/intake/...", "longstop/service", "longstop/service/calendars", "longstop/web/server", "github.com/danielgtaylor/huma/v2/...",
		},
		"an operation reads parameters, calls a use case and prints a struct of api: everything else is package service's",
	},

	// Programs wire everything; the demonstration is one more, and tests and their tools are no part of the product.
	"worker":                {nil, anything, ""},
	"starter":               {nil, anything, ""},
	"web":                   {nil, anything, ""},
	"internal/demo":         {nil, anything, ""},
	"internal/demo/stage":   {nil, anything, ""},
	"bench":                 {nil, anything, ""},
	"bench/district":        {nil, anything, ""},
	"endtoend":              {nil, anything, ""},
	"internal/archtest":     {nil, nil, "it reads the sources"},
	"internal/pgtest":       {nil, anything, ""},
	"internal/smtptest":     {nil, anything, ""},
	"internal/imaptest":     {nil, anything, ""},
	"internal/notifytest":   {nil, anything, ""},
	"internal/temporaltest": {nil, anything, ""},

	"internal/casetime/casetimetest":          {nil, []string{"longstop/calendar", "longstop/internal/casetime"}, "the present of the tests"},
	"internal/casetime/casetimetest/shiftnow": {nil, nil, "it changes a copy of Go's own clock"},
}

// anything is what the programs, their tests and the tools for tests may import.
var anything = []string{"longstop/...", "github.com/...", "go.temporal.io/...", "golang.org/...", "google.golang.org/...", "go.opentelemetry.io/..."}

func TestEveryPackageHasARuleAndImportsOnlyWhatItMay(t *testing.T) {
	t.Parallel()
	packages := list(t)
	for name := range rules {
		if _, ok := packages[name]; !ok {
			t.Errorf("there is no package %s: take its rule out of the table", name)
		}
	}
	for name, p := range packages {
		r, ok := rules[name]
		if !ok {
			t.Errorf("package %s has no rule: say in the table what it may import, and why", name)
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

// programs may import everything.
var programs = []string{"worker", "starter", "web", "bench", "endtoend"}

// floors are the packages from the lowest up: none imports one that is above it. What shares a floor
// with another may import it, unless its rule says otherwise.
var floors = [][]string{
	{"access", "internal/textfile", "internal/names", "internal/jsonkeys", "internal/ctxio", "internal/casetime", "internal/together", "pathway", "notify"},
	{"calendar"},
	{"timescale"},
	{"english", "timescale/packs", "timescale/load", "timescale/pages"},
	{"casework"},
	{"organisation", "intake"},
	{"admission"},
	{"notify/letter", "notify/channel", "notify/icalendar", "intake/rows", "intake/cincensus", "intake/people", "intake/formats"},
	{"store"},
	{"api"},
	{"internal/temporal", "activities", "workflows", "clocks", "outwards"},
	{"service"},
	{"web/server"},
	{"web/v1"},
	{"report"},
	{"worker", "starter", "web", "internal/demo"},
}

// floorOf returns the floor of a package: that of its longest part that the floors name; -1 for none.
func floorOf(name string) int {
	for ; name != "."; name = path.Dir(name) {
		for i, on := range floors {
			if slices.Contains(on, name) {
				return i
			}
		}
	}
	return -1
}

func TestImportsRunDownwards(t *testing.T) {
	t.Parallel()
	for name, p := range list(t) {
		at := floorOf(name)
		for _, imported := range p.Imports {
			below := floorOf(strings.TrimPrefix(imported, module+"/"))
			if strings.HasPrefix(imported, module+"/") && at >= 0 && below > at && name != "internal/casetime/casetimetest" {
				t.Errorf("%s imports %s, which is above it", name, imported)
			}
		}
	}
}

// large are the packages that hold what belongs together in more files than others may.
var large = map[string]bool{"timescale": true, "casework": true, "store": true}

const (
	mostFiles, mostOfLarge = 15, 25
	fewestLines            = 20
)

// tooMany are the packages that have more files yet. It must become empty.
var tooMany = map[string]int{}

// mostLines is how many lines a program may have that parses, calls and prints.
var mostLines = map[string]int{"starter": 2500}

// small are the files of few lines that have a subject of their own, and what that is. A doc.go has the package's.
var small = map[string]string{
	"timescale/packs/packs.go":       "the pack that ships, as files: an embedding must lie next to what it embeds",
	"internal/demo/stage/channel.go": "the demonstration's channel",
	"intake/formats/formats.go":      "the list of formats",
	"web/v1/v1.go":                   "the list of the subjects of operations",
	"internal/casetime/real.go":      "the clock of programs that are built without the tag of the tests",
	"internal/textfile/disk/disk.go": "files that settings name",
}

func TestPackagesAndFilesHaveASizeThatCanBeRead(t *testing.T) {
	t.Parallel()
	for name, p := range list(t) {
		most := mostFiles
		if large[name] {
			most = mostOfLarge
		}
		if most = max(most, tooMany[name]); len(p.GoFiles) > most {
			t.Errorf("%s has %d files, and may have %d: merge by subject, or make a package of what stands alone", name, len(p.GoFiles), most)
		}
		if tooMany[name] > 0 && len(p.GoFiles) < tooMany[name] {
			t.Logf("%s has %d files now: lower its number", name, len(p.GoFiles))
		}
		total := 0
		for _, file := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, file))
			if err != nil {
				t.Fatal(err)
			}
			lines := bytes.Count(text, []byte("\n"))
			total += lines
			if lines < fewestLines && file != "doc.go" && small[name+"/"+file] == "" {
				t.Errorf("%s/%s has %d lines: put them where they are used, or list the file with its subject", name, file, lines)
			}
		}
		if most := mostLines[name]; most > 0 && total > most {
			t.Errorf("%s has %d lines, and may have %d: a use case belongs in service, what people read in report", name, total, most)
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
