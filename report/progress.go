package report

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// When progress is first shown, and how often after that.
const (
	progressAfter = 2 * time.Second
	progressEvery = 200 * time.Millisecond
)

// Progress counts work that is done, and shows it on a terminal once it takes more than
// two seconds. It is safe for concurrent use.
type Progress struct {
	mu    sync.Mutex
	out   io.Writer // nil where nothing is shown
	now   func() time.Time
	what  string // "cases folded"
	total int    // 0: not known
	done  int
	next  time.Time
	shown bool
}

// NewProgress starts counting what there are total of, 0 where that is not known. It shows nothing where out is nil.
func NewProgress(out io.Writer, now func() time.Time, what string, total int) *Progress {
	return &Progress{out: out, now: now, what: what, total: total, next: now().Add(progressAfter)}
}

// Add counts n more.
func (p *Progress) Add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += n
	p.show()
}

// Set says how many of how many are done.
func (p *Progress) Set(done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.total = done, total
	p.show()
}

// show writes the line where it is time to; the lock is held.
func (p *Progress) show() {
	now := p.now()
	if p.out == nil || now.Before(p.next) {
		return
	}
	p.next, p.shown = now.Add(progressEvery), true
	fmt.Fprintf(p.out, "\r%s", p.line())
}

func (p *Progress) line() string {
	if p.total > 0 {
		return fmt.Sprintf("%d of %d %s", p.done, p.total, p.what)
	}
	return fmt.Sprintf("%d %s", p.done, p.what)
}

// End takes the line away.
func (p *Progress) End() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
