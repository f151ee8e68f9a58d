package timescale

import "strings"

// Nearest returns the known name that differs least from a name, whatever the case of the
// letters, so that a reader of a refusal sees what was meant; "" where none is near.
func Nearest(name string, known []string) string {
	best, least := "", 4 // letters: more would be another word
	name = strings.ToLower(strings.TrimSpace(name))
	for _, k := range known {
		if d := distance(name, strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance returns the number of letters to add, drop or change to get from a to b.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
