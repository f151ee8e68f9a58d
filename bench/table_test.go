package bench_test

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"
)

// limit is how much more than bare Temporal Longstop may take.
const limit = 1.3

// table is what was found.
type table struct {
	mu   sync.Mutex
	rows [][]string
}

var figures table

// compare adds what ours and what the bare side took, as medians.
func (t *table) compare(b *testing.B, what string, ours, bare []cost) {
	b.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, measured := range []struct {
		name string
		of   func(cost) time.Duration
	}{
		{"", func(c cost) time.Duration { return c.wall }},
		{", processor time", func(c cost) time.Duration { return c.used.sum() }},
	} {
		a, z := middle(ours, measured.of), middle(bare, measured.of)
		if a == 0 || z == 0 {
			continue // not known on this system
		}
		ratio := a.Seconds() / z.Seconds()
		t.rows = append(t.rows, []string{
			what + measured.name, seconds(a), seconds(z), fmt.Sprintf("%.2f", ratio), fmt.Sprintf("%.1f", limit),
			each2(ours, bare, measured.of),
		})
		if measured.name == "" {
			b.ReportMetric(ratio, "ratio")
		}
	}
	for _, c := range []cost{ours[0], bare[0]} {
		b.Logf("%s: %v %v", what, c.wall, c.used)
	}
}

// limit adds a figure that stands alone.
func (t *table) limit(b *testing.B, what string, figure, most float64) {
	b.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows = append(t.rows, []string{what, fmt.Sprintf("%.0f", figure), "", "", fmt.Sprintf("%.0f", most), ""})
}

func (t *table) print(w io.Writer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.rows) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n\n", machine())
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{{"figure (A | B)", "A", "B", "A/B", "limit", "each round, A/B"}}, t.rows...) {
		fmt.Fprintln(columns, strings.Join(row, "\t"))
	}
	columns.Flush()
}

func each2(ours, bare []cost, of func(cost) time.Duration) string {
	var list []string
	for i := range ours {
		list = append(list, seconds(of(ours[i]))+"/"+seconds(of(bare[i])))
	}
	return strings.Join(list, " ")
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2fs", d.Seconds()) }

// middle is the median.
func middle(list []cost, of func(cost) time.Duration) time.Duration {
	if len(list) == 0 {
		return 0
	}
	var sorted []time.Duration
	for _, c := range list {
		sorted = append(sorted, of(c))
	}
	slices.Sort(sorted)
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

func largest(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	return slices.Max(list)
}

// machine says what the figures were measured on, and whether it was quiet.
func machine() string {
	text := fmt.Sprintf("%s/%s, %d processors, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		text += ", load now " + strings.Join(strings.Fields(string(load))[:3], " ")
	}
	return text
}
