package intake

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"longstop/calendar"
)

// The endings of ids: see the package documentation.
const (
	endCorrection = "+c"
	endVoid       = "+v"
	endAgain      = "+r"
	endInferred   = "+i"
	endGaveWay    = "+w"
)

// hashLetters are how many letters of five bits name a row: enough that two rows of a
// county's lifetime never meet by chance.
const hashLetters = 16

var rootForm = regexp.MustCompile(`^([a-z]+-)[a-z2-7]{16}(\+i)?((?:\+r)*)$`)

// root is the id of the first event of an entry, taken apart.
type root struct {
	family   string // names the row through all its lives, and the event inferred from it
	inferred bool
	lives    int // how often it came again
}

// parseRoot takes an id apart; false where it is not that of a first event of the format with the prefix.
func parseRoot(prefix, id string) (root, bool) {
	m := rootForm.FindStringSubmatch(id)
	if m == nil || m[1] != prefix {
		return root{}, false
	}
	return root{family: id[:len(prefix)+hashLetters], inferred: m[2] != "", lives: len(m[3]) / len(endAgain)}, true
}

// correctionID is the id of a return's nth correction of an entry. Of corrections that were recorded
// at one instant (a file of events tells seconds) the one with the greater id stands, as text, so a
// letter for how many digits there are goes before them from ten on: +c9, +ca10, +cb100.
func correctionID(entry string, n int) string {
	digits := strconv.Itoa(n)
	if len(digits) > 1 {
		digits = string(rune('a'+len(digits)-2)) + digits
	}
	return entry + endCorrection + digits
}

// correctionNumber is the number of a return's own correction of an entry, or 0. Those from ten on
// were once recorded without a letter.
func correctionNumber(id, entry string) int {
	rest, ok := strings.CutPrefix(id, entry+endCorrection)
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimLeft(rest, "abcdefghijklmnopqr"))
	if err != nil || n < 1 || id != correctionID(entry, n) && rest != strconv.Itoa(n) {
		return 0
	}
	return n
}

// namer gives new rows their ids. They hold a hash of the reference and of what the row
// was when it was first seen, never the reference itself.
type namer struct {
	prefix    string
	reference string
	taken     map[string]bool
	ordinals  map[string]int // how many rows that are alike have an id: a body can hold thousands of them
}

// name is the id of a new row; rows that are alike are told apart by a number.
func (n *namer) name(episode, element string, day calendar.Date) string {
	alike := fmt.Sprintf("%s\x00%s\x00%s\x00%s\x00", n.reference, episode, element, day)
	if n.ordinals == nil {
		n.ordinals = map[string]int{}
	}
	for {
		text := alike + strconv.Itoa(n.ordinals[alike])
		n.ordinals[alike]++
		digest := sha256.Sum256([]byte(text))
		id := n.prefix + strings.ToLower(base32.StdEncoding.EncodeToString(digest[:]))[:hashLetters]
		if !n.taken[id] {
			n.taken[id] = true
			return id
		}
	}
}
