package sample

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
)

// dice draws by chance, but the same every time for the same seed and stream.
type dice struct{ r *rand.Rand }

// The streams of a family: what happened to it, and what the case system pushes about it.
// They are apart so that each file can be written alone.
const (
	streamJourney = iota + 1
	streamFeed
)

// newDice gives each family and stream dice of its own, so that any family can be drawn
// without the others.
func newDice(seed uint64, family, stream int) *dice {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[0:], seed)
	binary.LittleEndian.PutUint64(key[8:], uint64(family))
	binary.LittleEndian.PutUint64(key[16:], uint64(stream))
	return &dice{rand.New(rand.NewChaCha8(key))}
}

// chance is true with a probability.
func (d *dice) chance(p float64) bool { return d.r.Float64() < p }

// between is a whole number from low to high, both included.
func (d *dice) between(low, high int) int { return low + d.r.IntN(high-low+1) }

// tail is a whole number of 0 or more, with a mean, that is mostly small and sometimes
// large (exponential), and never over a limit.
func (d *dice) tail(mean float64, limit int) int {
	return min(limit, int(-mean*math.Log(1-d.r.Float64())))
}

// weighted is one of several things, each as likely as its weight says.
type weighted[T any] []choice[T]

type choice[T any] struct {
	weight float64
	thing  T
}

func (w weighted[T]) draw(d *dice) T {
	var total float64
	for _, c := range w {
		total += c.weight
	}
	x := d.r.Float64() * total
	for _, c := range w[:len(w)-1] {
		if x -= c.weight; x < 0 {
			return c.thing
		}
	}
	return w[len(w)-1].thing
}

// span is a range of whole numbers, both ends included.
type span struct{ low, high int }

func (s span) draw(d *dice) int { return d.between(s.low, s.high) }
