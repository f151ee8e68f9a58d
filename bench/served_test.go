package bench_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// When is a clock running? When the server holds the answer to its workflow task: the timer
// is armed, and the search attributes are on their way. The server's own database says so
// for thousands of workflows at once, and asking it costs both sides the same few
// milliseconds; its API has no such question.

// taskEvents are the events of a signal and of the task that takes it: signalled, task
// scheduled, started and completed. What the task commands comes after them.
const taskEvents = 4

// started waits until so many workflows have answered the signal that they were started
// with: the next event is the seventh, or the sixth where nothing was commanded.
func (p *place) started(b *testing.B, count int) {
	b.Helper()
	until(b, fmt.Sprintf("%d workflows run", count), func() (bool, error) {
		var n int
		err := p.server.QueryRow(b.Context(), `
			select count(*) from executions
			where namespace_id = $1 and next_event_id >= $2 and workflow_id !~ '^(temporal-sys|BacklogList/)'`,
			p.bytes(b), 2+taskEvents).Scan(&n)
		return n >= count, err
	})
}

// histories is how long the history of each workflow is.
type histories map[string]int64

func (p *place) histories(b *testing.B) histories {
	b.Helper()
	rows, err := p.server.Query(b.Context(), `
		select workflow_id, next_event_id from executions
		where namespace_id = $1 and workflow_id !~ '^(temporal-sys|BacklogList/)'`, p.bytes(b))
	if err != nil {
		b.Fatal(err)
	}
	type row struct {
		ID   string
		Next int64
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[row])
	if err != nil {
		b.Fatal(err)
	}
	found := histories{}
	for _, r := range list {
		found[r.ID] = r.Next
	}
	return found
}

// answered waits until so many workflows have answered a signal since an earlier look.
func (p *place) answered(b *testing.B, before histories, count int) {
	b.Helper()
	until(b, fmt.Sprintf("%d workflows answer a signal", count), func() (bool, error) {
		n := 0
		for id, next := range p.histories(b) {
			if next >= before[id]+taskEvents {
				n++
			}
		}
		return n >= count, nil
	})
}

func (p *place) bytes(b *testing.B) []byte {
	b.Helper()
	id, err := uuid.Parse(p.id)
	if err != nil {
		b.Fatal(err)
	}
	return id[:]
}
