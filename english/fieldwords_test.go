package english_test

import (
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"longstop/casework"
	"longstop/english"
	"longstop/timescale"
	"longstop/timescale/load"
)

// ours are words of Longstop's own, which code, keys and flags may use, and what people in
// children's social care say. Nothing that they read has one of them.
var ours = compiled([]said{
	{`dut(y|ies)`, "timescale"},
	{`pathways?`, "stage"},
	{`workers?`, "social worker or lead practitioner"},
	{`met|meets?`, "done, in timescale or out of timescale"},
	{`unreported`, "not reported"},
	{`rungs?`, "step"},
	{`ladders?`, "reminders and escalations"},
	{`clocks?`, "timescale, or the workflow"},
	{`alarms?`, "alert"},
	{`promis(e|es|ed)`, "agreed date"},
	{`backlogs?`, "what was overdue at the first load"},
	{`checkpoints?`, "internal review"},
	{`(first|next) review conference`, "first child protection review conference"},
})

type said struct{ word, theirs string }

type notTheirs struct {
	said
	found *regexp.Regexp
}

func compiled(list []said) []notTheirs {
	all := make([]notTheirs, len(list))
	for i, w := range list {
		all[i] = notTheirs{w, regexp.MustCompile(`(?i)\b(` + w.word + `)\b`)}
	}
	return all
}

// theirs are uses of those words that are the field's own, or that name a program or a flag.
var theirs = regexp.MustCompile(`(?i)` + strings.Join([]string{
	"`[^`]*`",                                // code
	`\]\([^)]*\)`,                            // where a link leads
	`'[^'\n]*starter [^'\n]*'`,               // a command to type
	`(?m:^\s*starter [a-z-]+.*$)`,            // a line that is one
	`--[a-z-]+`, `name:"[^"]*"`, `\{[^}]*\}`, // a flag, and JSON
	`\b[a-z0-9_]+\.[a-z0-9_]+\b`,          // the name of an event, a file or a key
	`running, due_today, [a-z_, ]* ended`, // the states by their codes, as --state takes them
	`opened, moved, overdue, [a-z_, ]+`,   // the kinds of changes, as --kinds takes them
	`social workers?`, `worker programs?`, `bin/worker`,
	`pathway plans?`, `in the programs this stage is the pathway`,
	`clock changes`, `clocks? (go|change)`, `(database|machine|wrong)('s)? clock`, `clock was`,
	`panel meet`,
}, "|"))

func expectTheirWords(t *testing.T, where, text string) {
	t.Helper()
	rest := theirs.ReplaceAllString(text, "…")
	for _, w := range ours {
		for _, at := range w.found.FindAllStringIndex(rest, -1) {
			t.Errorf("%s: %q in %q: people say %s", where, rest[at[0]:at[1]], rest[max(0, at[0]-40):min(len(rest), at[1]+20)], w.theirs)
		}
	}
}

// wrapped is a social worker whose two words stand on two lines.
var wrapped = regexp.MustCompile(`social\n *(workers?)`)

// Each of these is held to what the programs make by a test of the package that makes it.
func TestWhatPeopleReadHasTheWordsOfTheField(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"notify/letter/testdata/*.txt", "casework/testdata/explain/*.txt", "starter/testdata/explained/*.txt", "starter/help/*.txt", "starter/testdata/printed/*.txt"} {
		paths, err := filepath.Glob(filepath.Join("..", kind))
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %v files, %v", kind, len(paths), err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for line := range strings.Lines(wrapped.ReplaceAllString(string(text), "social $1\n")) {
				n++
				line = strings.TrimPrefix(strings.TrimPrefix(line, "out| "), "err| ")
				if strings.HasPrefix(line, "{") || strings.HasPrefix(line, "[") || strings.HasPrefix(line, "$ ") {
					continue // for machines, and what was typed
				}
				expectTheirWords(t, path+":"+strconv.Itoa(n), strings.TrimSuffix(line, "\n"))
			}
		}
	}
}

func TestTheLawPagesHaveTheWordsOfTheField(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../docs/law/*.md")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d pages, %v", len(paths), err)
	}
	statutory := regexp.MustCompile(`(?i)\bdut(y|ies)\b`) // of the council, by the law
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		expectTheirWords(t, path, statutory.ReplaceAllString(string(text), "…"))
	}
}

// The pages that say what the rules mean are read by whoever has to answer for a date.
func TestThePagesOnTheRulesHaveTheWordsOfTheField(t *testing.T) {
	t.Parallel()
	fenced := regexp.MustCompile("(?s)```.*?```") // what is typed, or written in a pack
	for _, page := range []string{"rules", "readings", "census", "rule-language"} {
		text, err := os.ReadFile("../docs/" + page + ".md")
		if err != nil {
			t.Fatal(err)
		}
		expectTheirWords(t, page, fenced.ReplaceAllString(string(text), "…"))
	}
}

// An indented block is code: a command, JSON, a table of keys.
func TestTheManualsHaveTheWordsOfTheField(t *testing.T) {
	t.Parallel()
	for name, own := range map[string]*regexp.Regexp{
		"commands.md": regexp.MustCompile(`^$`),
		"running.md":  regexp.MustCompile(`(?i)\bworkers?\b`), // the page says that it means the program
	} {
		path := filepath.Join("..", "docs", name)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		n, fenced := 0, false
		for line := range strings.Lines(string(text)) {
			n++
			if strings.HasPrefix(line, "```") {
				fenced = !fenced
			}
			if !fenced && !strings.HasPrefix(line, "    ") && !strings.HasPrefix(line, "### ") {
				expectTheirWords(t, path+":"+strconv.Itoa(n), own.ReplaceAllString(strings.TrimSuffix(line, "\n"), "…"))
			}
		}
	}
}

func TestThePackHasTheWordsOfTheField(t *testing.T) {
	t.Parallel()
	pack := load.Embedded()
	for i := range pack.Timescales {
		expectTheirWords(t, pack.Timescales[i].Ref, pack.Timescales[i].Title+". "+pack.Timescales[i].Todo)
	}
	for _, e := range pack.Events {
		expectTheirWords(t, e.Name, strings.ReplaceAll(english.Event(pack, e.Name), "the council's duties", "…"))
	}
	for _, p := range pack.Periods {
		expectTheirWords(t, p.Name, english.Period(pack, p.Name))
	}
	for _, p := range pack.Pathways {
		expectTheirWords(t, p, english.Stage(p))
	}
}

func TestStatesAndRolesHaveTheWordsOfTheField(t *testing.T) {
	t.Parallel()
	for _, state := range casework.States {
		expectTheirWords(t, string(state), english.State(state))
	}
	for _, role := range timescale.Roles {
		expectTheirWords(t, string(role), english.Role(role))
	}
}

// speakers are the files of which every text is read by people.
var speakers = []string{"../notify/letter/*.go", "../casework/explain*.go", "../workflows/details.go", "../workflows/procedures.go", "../starter/*.go", "../service/*.go", "../report/*.go"}

// What no golden file happens to hold is held too: each text of the files that speak to people.
func TestTheTextsOfTheProgramsHaveTheWordsOfTheField(t *testing.T) {
	t.Parallel()
	for _, kind := range speakers {
		paths, err := filepath.Glob(kind)
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %d files, %v", kind, len(paths), err)
		}
		for _, path := range paths {
			if !strings.HasSuffix(path, "_test.go") {
				expectTextsOf(t, path)
			}
		}
	}
}

// expectTextsOf holds the texts of a Go file that have more than one word, but for tags and SQL.
func expectTextsOf(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := token.NewFileSet()
	var s scanner.Scanner
	s.Init(files.AddFile(path, -1, len(text)), text, nil, 0)
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return
		}
		if tok != token.STRING || !strings.Contains(lit, " ") || strings.Contains(lit, "json:\"") {
			continue
		}
		value, err := strconv.Unquote(lit)
		if err != nil {
			t.Fatal(err)
		}
		expectTheirWords(t, files.Position(pos).String(), value)
	}
}
