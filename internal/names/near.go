package names

import (
	"iter"
	"slices"
	"strings"
	"unicode"
)

// Bounds on what is taken for a slip.
const (
	slips    = 2 // the most letters that are wrong, missing, too many or swapped
	mostNear = 3 // of more names that are equally near, any might be meant: none is named
)

// Near returns the names that somebody who wrote another one may have meant, the fewest slips
// away; nil if none is near, or more than three are. Upper and lower case, blanks and
// punctuation make no difference, so "c1042" is near "C-1042". A name of two letters
// may hold one slip, one of five and more may hold two.
func Near(name string, known iter.Seq[string]) []string {
	meant := bare(name)
	most := slips
	if len(meant) < 5 {
		most = 1
	}
	if len(meant) < 2 {
		most = 0
	}
	var near []string
	var rows [3][]int
	for k := range known {
		if k == name || abs(len(k)-len(name)) > slips+len(name) {
			continue
		}
		switch n := distance(meant, bare(k), most, &rows); {
		case n > most:
		case n < most:
			most, near = n, append(near[:0], k)
		case !slices.Contains(near, k):
			near = append(near, k)
		}
		if most == 0 && len(near) > mostNear {
			return nil
		}
	}
	if len(near) > mostNear {
		return nil
	}
	slices.Sort(near)
	return near
}

// Meant returns those of Near as people read them, "W7 or W8"; "" if none is near.
func Meant(name string, known iter.Seq[string]) string {
	return strings.Join(Near(name, known), " or ")
}

// DidYouMean returns the question that follows a name which is not known, with a blank before it;
// "" if nothing is near.
func DidYouMean(name string, known iter.Seq[string]) string {
	if meant := Meant(name, known); meant != "" {
		return " Did you mean " + meant + "?"
	}
	return ""
}

// Nearest returns the name that differs least from another, by at most three letters; of several
// the first, and "" if none is near. It is for a short list of which one must be meant.
func Nearest(name string, known []string) string {
	meant, best, most := bare(name), "", slips+1
	var rows [3][]int
	for _, k := range known {
		if n := distance(meant, bare(k), most, &rows); n <= most {
			best, most = k, n-1
		}
	}
	return best
}

// bare returns a name without what people leave out: its letters and digits in lower case.
func bare(name string) []rune {
	letters := make([]rune, 0, len(name))
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			letters = append(letters, unicode.ToLower(r))
		}
	}
	return letters
}

// distance counts the letters that must be put in, taken out, changed or swapped with their
// neighbour to make one name the other; more than the most where that is plain before the end.
// The rows are room, used again from call to call.
func distance(a, b []rune, most int, rows *[3][]int) int {
	if abs(len(a)-len(b)) > most {
		return most + 1
	}
	for i := range rows {
		if cap(rows[i]) <= len(b) {
			rows[i] = make([]int, len(b)+1, 2*len(b)+1)
		}
		rows[i] = rows[i][:len(b)+1]
	}
	before, last, row := rows[0], rows[1], rows[2]
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		least := row[0]
		for j := range b {
			changed := 1
			if a[i] == b[j] {
				changed = 0
			}
			n := min(last[j]+changed, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				n = min(n, before[j-1]+1)
			}
			row[j+1], least = n, min(least, n)
		}
		if least > most {
			return most + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func abs(n int) int { return max(n, -n) }
