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

// table is what was found, a row for each figure.
type table struct {
	mu   sync.Mutex
	rows [][]string
}

var figures table

var headings = []string{"", "Longstop", "bare", "ratio", "limit", "ratio of processor time", "rounds"}

// compare adds what ours and what the bare side took for so many things, as medians for
// one of them.
func (t *table) compare(b *testing.B, what string, things int, ours, bare []cost) {
	b.Helper()
	wall := func(c cost) time.Duration { return c.wall / time.Duration(things) }
	used := func(c cost) time.Duration { return c.used.sum() / time.Duration(things) }
	ratio := middle(ours, wall).Seconds() / middle(bare, wall).Seconds()
	row := []string{
		what, rounded(middle(ours, wall)), rounded(middle(bare, wall)), fmt.Sprintf("%.2f", ratio), fmt.Sprint(limit), "not known", fmt.Sprint(len(ours)),
	}
	if spent := middle(bare, used); spent > 0 {
		row[5] = fmt.Sprintf("%.2f", middle(ours, used).Seconds()/spent.Seconds())
	}
	t.add(row...)
	for i := range ours {
		b.Logf("%s, round %d: Longstop %v %v, bare %v %v", what, i+1, ours[i].wall, ours[i].used, bare[i].wall, bare[i].used)
	}
}

func (t *table) add(row ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows = append(t.rows, row)
}

func (t *table) print(w io.Writer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.rows) == 0 {
		return
	}
	fmt.Fprintf(w, "\nMedians. %s\n\n", machine())
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{headings}, t.rows...) {
		fmt.Fprintln(columns, strings.Join(row, "\t"))
	}
	if err := columns.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, "bench: writing the table:", err)
	}
}

func rounded(d time.Duration) string {
	if d < time.Second {
		return d.Round(100 * time.Microsecond).String()
	}
	return d.Round(100 * time.Millisecond).String()
}

// middle is the median.
func middle(list []cost, of func(cost) time.Duration) time.Duration {
	sorted := make([]time.Duration, len(list))
	for i, c := range list {
		sorted[i] = of(c)
	}
	slices.Sort(sorted)
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

// machine says what the figures were measured on, and how busy it is.
func machine() string {
	text := fmt.Sprintf("%s/%s, %d processors, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		text += "; load " + strings.Join(strings.Fields(string(load))[:3], " ") + ", of which some two are ours"
	}
	return text + "."
}
