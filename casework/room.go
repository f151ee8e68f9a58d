package casework

import "sync"

// room is where a fold makes its duties. A fold of a long case makes hundreds, which are
// copied into its plan: so the room is used again by the next fold.
type room struct {
	chunks [][]openDuty
	used   int
}

// chunk is for how many duties room is made at once.
const chunk = 64

var rooms = sync.Pool{New: func() any { return new(room) }}

// duty is room for one more; of its own where nothing is to be used again.
func (r *room) duty() *openDuty {
	if r == nil {
		return new(openDuty)
	}
	at, in := r.used/chunk, r.used%chunk
	if at == len(r.chunks) {
		r.chunks = append(r.chunks, make([]openDuty, chunk))
	}
	r.used++
	return &r.chunks[at][in]
}

// leave empties the room for the next fold.
func (r *room) leave() {
	for i := 0; i*chunk < r.used; i++ {
		clear(r.chunks[i][:min(chunk, r.used-i*chunk)])
	}
	r.used = 0
	rooms.Put(r)
}
