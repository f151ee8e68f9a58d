package bench_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"

	"longstop/clocks"
	"longstop/internal/casetime"
	"longstop/internal/casetime/casetimetest"
	"longstop/internal/sample"
	"longstop/notify/letter"
	"longstop/store"
	"longstop/timescale/load"
)

// BenchmarkCounty imports a county's return, until every clock runs (A), and starts as many
// workflows that only sleep by signal-with-start, until they sleep (B).
func BenchmarkCounty(b *testing.B) {
	starter, longstop := built(b, "starter"), built(b, "worker")
	small, county := writeReturn(b, 60), writeReturn(b, *children)
	importCounty(b, "warm-a", starter, longstop, small)
	startSleepers(b, "warm-b", 60)

	var ours, bare []cost
	var memory []float64
	clocks := 0
	for round := range *rounds {
		imported := importCounty(b, fmt.Sprintf("county-a%d", round), starter, longstop, county)
		clocks = imported.clocks
		ours, memory = append(ours, imported.cost), append(memory, imported.megabytes)
		bare = append(bare, startSleepers(b, fmt.Sprintf("county-b%d", round), clocks))
	}
	figures.compare(b, fmt.Sprintf("a county: %d children, %d clocks", *children, clocks), 1, ours, bare)
	figures.add("memory of its importer", fmt.Sprintf("%.0f MB", slices.Max(memory)), "", "", "200 MB", "", fmt.Sprint(*rounds))
}

// writeReturn invents a return as of today and returns the file's name.
func writeReturn(b *testing.B, children int) string {
	b.Helper()
	made, err := sample.Make(sample.Options{Day: casetimetest.Today(), Children: children})
	if err != nil {
		b.Fatal(err)
	}
	file, err := os.Create(filepath.Join(b.TempDir(), sample.ReturnFile))
	if err != nil {
		b.Fatal(err)
	}
	if err := made.WriteReturn(file); err != nil {
		b.Fatal(err)
	}
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
	return file.Name()
}

type imported struct {
	cost
	megabytes float64
	clocks    int
}

// importCounty imports a return into a new place, and checks every clock afterwards.
func importCounty(b *testing.B, name, starter, longstop, file string) imported {
	b.Helper()
	p := newPlace(b, name)
	defer p.startWorker(b, longstop)()
	conn := connect(b, p.url)
	var done imported
	done.cost = measure(func() {
		_, done.megabytes = p.run(b, starter, "import", "cin-census", file)
		if err := conn.QueryRow(b.Context(), `select count(*) from pathways where open`).Scan(&done.clocks); err != nil {
			b.Fatal(err)
		}
		p.started(b, done.clocks)
	})
	p.checkClocks(b, done.clocks)
	return done
}

// checkClocks sees that every clock runs as the record wants.
func (p *place) checkClocks(b *testing.B, want int) {
	b.Helper()
	record := p.open(b)
	defer record.Close()
	report, err := clocks.Check(b.Context(), record, p.temporal, p.namespace, clocks.Settle, casetime.WallNow())
	if err != nil {
		b.Fatal(err)
	}
	if !report.OK() || report.Live != want {
		b.Fatalf("%d of %d clocks run as the record wants; the first that does not: %+v", report.Live, want, append(report.Faulty, clocks.Clock{})[0])
	}
}

func (p *place) open(b *testing.B) *store.Store {
	b.Helper()
	record, err := store.Open(b.Context(), store.Options{URL: p.url, Clock: casetime.Real(), Log: zerolog.Nop(), Compiler: load.Compiler{}, Composer: letter.Composer{}, MaxConns: 24})
	if err != nil {
		b.Fatal(err)
	}
	return record
}

// startSleepers starts workflows that only sleep in a new place.
func startSleepers(b *testing.B, name string, count int) cost {
	b.Helper()
	p := newPlace(b, name)
	defer p.startBare(b)()
	return measure(func() {
		each(b, count, atOnce, func(i int) error {
			_, err := p.temporal.SignalWithStartWorkflow(b.Context(), fmt.Sprint("sleeper/", i), bareSignal, nil,
				client.StartWorkflowOptions{TaskQueue: queue}, typeSleeper)
			return err
		})
		p.started(b, count)
	})
}
