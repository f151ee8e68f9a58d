package cincensus

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"longstop/casework"
	"longstop/intake/rows"
)

var update = flag.Bool("update", false, "write the golden files; look at what changed before it is committed")

// TestGoldenEvents holds the first load of each sample to what was read and judged by eye
// against the design's table.
func TestGoldenEvents(t *testing.T) {
	t.Parallel()
	for _, name := range samples {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var events, said bytes.Buffer
			header, list := children(t, string(sample(t, name)))
			for _, q := range header.Queries {
				fmt.Fprintln(&said, "reported:", q)
			}
			loadDay := date(t, "2026-11-02")
			for _, c := range list {
				for _, e := range toRecord(header.Period, nil, c, loadDay) {
					line, err := json.Marshal(e)
					if err != nil {
						t.Fatal(err)
					}
					fmt.Fprintf(&events, "%s\n", line)
				}
				for _, r := range c.Refused {
					fmt.Fprintln(&said, "refused:", r.Error())
				}
				for _, q := range c.Queries {
					fmt.Fprintln(&said, "reported:", q)
				}
				if strings.Contains(said.String(), c.Reference) {
					t.Errorf("what the load reports about child %d names it", c.Place)
				}
			}
			golden(t, strings.TrimSuffix(name, ".xml")+".jsonl", events.Bytes())
			golden(t, strings.TrimSuffix(name, ".xml")+".txt", said.Bytes())
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from what is loaded now; look at it with: go test ./intake/cincensus -run TestGolden -update && git diff", name)
	}
}

// Reading a golden file back gives the record that it stands for: the same return says
// nothing new, whether the events went through JSON or not.
func TestGoldenEventsReadBackSayNothingNew(t *testing.T) {
	t.Parallel()
	for _, name := range samples {
		file, err := os.Open(filepath.Join("testdata", "golden", strings.TrimSuffix(name, ".xml")+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		events, refused, err := rows.Read(file)
		if err != nil || len(refused) > 0 {
			t.Fatalf("%s: %v %v", name, refused, err)
		}
		held := map[string][]casework.Event{}
		for _, e := range events {
			held[e.Case] = append(held[e.Case], e)
		}
		header, list := children(t, string(sample(t, name)))
		for _, c := range list {
			if got := toRecord(header.Period, held[c.Reference], c, date(t, "2027-01-04")); len(got) > 0 {
				t.Errorf("%s, child %d: %v", name, c.Place, lines(got))
			}
		}
	}
}
