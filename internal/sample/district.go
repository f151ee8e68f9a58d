package sample

import (
	"fmt"
	"iter"
)

// district draws the families of a sample, one after the other.
type district struct {
	f        frame
	seed     uint64
	children int
	cast     []*family // the first families: there are few, and finding them takes long
}

// newDistrict casts the first families. It says so where the day allows none of a kind.
func newDistrict(f frame, seed uint64, children int) (*district, error) {
	s := &district{f: f, seed: seed, children: children}
	for i, role := range s.roles() {
		fam, err := s.castFor(i, role)
		if err != nil {
			return nil, err
		}
		s.cast = append(s.cast, fam)
	}
	s.cast = s.cast[:s.enrol(s.cast)]
	return s, nil
}

// enrol numbers the children of the first families, as far as there is room for them, and
// returns how many families that makes.
func (s *district) enrol(list []*family) int {
	before := 0
	for i, fam := range list {
		if before = fam.enrol(before, s.children); before >= s.children {
			return i + 1
		}
	}
	return len(list)
}

// enrol numbers the children after those of the families before, leaves out those for whom
// there is no room, and returns how many there are now.
func (fam *family) enrol(before, room int) int {
	fam.children = fam.children[:min(len(fam.children), room-before)]
	for i := range fam.children {
		fam.children[i].id = fmt.Sprintf("SAMPLE-%04d", before+i+1)
	}
	return before + len(fam.children)
}

// families yields each family in turn. Those that were not cast are drawn anew each time,
// and the same each time.
func (s *district) families() iter.Seq[*family] {
	return func(yield func(*family) bool) {
		before := 0
		for _, fam := range s.cast {
			if before += len(fam.children); !yield(fam) {
				return
			}
		}
		for number := len(s.cast); before < s.children; number++ {
			fam := s.draw(number)
			if before = fam.enrol(before, s.children); !yield(fam) {
				return
			}
		}
	}
}

// roles are the situations that the period is long enough for.
func (s *district) roles() []*situation {
	var list []*situation
	for i := range cast {
		if cast[i].period <= s.f.periodDays() {
			list = append(list, &cast[i])
		}
	}
	return list
}

// castingTries bounds the search for a family that shows a situation; the rarest needs some
// thousands.
const castingTries = 200_000

// castFor draws families until one shows a situation.
func (s *district) castFor(number int, role *situation) (*family, error) {
	d := newDice(s.seed, number, streamJourney)
	for range castingTries {
		if fam, ok := s.audition(d, number, role); ok {
			return fam, nil
		}
	}
	return nil, fmt.Errorf("sample: no family shows %q in a return made on %s: choose another day or seed", role.name, s.f.day)
}

func (s *district) audition(d *dice, number int, role *situation) (*family, bool) {
	within, p := role.within, role.path
	if within == 0 {
		within = reach
	}
	if p == "" {
		p = paths.draw(d)
	}
	first := referralDay(s.f, d, s.f.ref.AddDays(-within))
	fam := &family{number: number, episodes: shownOf(s.f, history(s.f, d, first, p)), conduct: role.conduct.orSteady()}
	if len(fam.episodes) == 0 || !role.shows(s.f, fam) {
		return nil, false
	}
	fam.bear(s.f, d, max(1, role.size))
	return fam, !role.unborn || fam.expecting()
}

// draw draws families until one is in the return, and of those without open work most are
// passed over.
func (s *district) draw(number int) *family {
	d := newDice(s.seed, number, streamJourney)
	for {
		first := referralDay(s.f, d, s.f.ref.AddDays(-reach))
		fam := &family{number: number, episodes: shownOf(s.f, history(s.f, d, first, paths.draw(d)))}
		if len(fam.episodes) == 0 || !fam.current().open() && !d.chance(closedKept) {
			continue
		}
		fam.conduct = newConduct(d)
		fam.bear(s.f, d, familySizes.draw(d))
		return fam
	}
}
