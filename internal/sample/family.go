package sample

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"longstop/calendar"
)

// family is one or more children with one history between them: siblings are referred, seen
// and planned for together.
type family struct {
	number   int
	children []child
	episodes []episode // what the return shows, in order; at least one
	conduct  conduct
}

// child is what a return says of one child, apart from the episodes.
type child struct {
	id           string
	birth        calendar.Date // zero while expected
	expected     calendar.Date
	sex          string
	ethnicity    string
	disabilities []string
	noUPN        string // why there is no unique pupil number
}

// current is the latest episode.
func (fam *family) current() *episode { return &fam.episodes[len(fam.episodes)-1] }

var familySizes = weighted[int]{{56, 1}, {27, 2}, {11, 3}, {5, 4}, {1, 5}}

// bear gives the family its children, oldest first. They are born before the first referral
// shown, and under 18 on the day of the return.
func (fam *family) bear(f frame, d *dice, size int) {
	ethnicity := ethnicities.draw(d)
	for _, birth := range births(f, d, fam.episodes[0].referral, size) {
		fam.children = append(fam.children, newChild(f, d, birth, ethnicity))
	}
	fam.expect(f, d)
	if fam.current().noAction {
		fam.withoutUPN("UN7")
	}
}

func (fam *family) withoutUPN(why string) {
	for i := range fam.children {
		fam.children[i].noUPN = why
	}
}

// ages at referral, in days: those of children in need, the youngest and the teenagers
// somewhat more often than the rest.
var ages = weighted[span]{
	{7, span{1, 364}},
	{20, span{365, 5*365 - 1}},
	{28, span{5 * 365, 10*365 - 1}},
	{34, span{10 * 365, 16*365 - 1}},
	{11, span{16 * 365, 18*365 - 1}},
}

// births are the birth dates of a family's children, oldest first: brothers and sisters are
// at least ten months apart, but for a few twins.
func births(f frame, d *dice, referral calendar.Date, size int) []calendar.Date {
	adult := f.day.AddYears(-18) // whoever was born by then is no child on the day
	for {
		days := []calendar.Date{referral.AddDays(-ages.draw(d).draw(d))}
		for len(days) < size {
			days = append(days, sibling(d, days[len(days)-1]))
		}
		slices.Sort(days)
		if days[0] > adult.AddDays(1) && days[len(days)-1] < referral {
			return days
		}
	}
}

func sibling(d *dice, of calendar.Date) calendar.Date {
	if d.chance(0.02) {
		return of
	}
	apart := 300 + d.tail(700, 3000)
	if d.chance(0.5) {
		return of.AddDays(apart)
	}
	return of.AddDays(-apart)
}

func newChild(f frame, d *dice, birth calendar.Date, ethnicity string) child {
	c := child{birth: birth, ethnicity: ethnicity, disabilities: []string{"NONE"}, sex: "F", noUPN: "UN2"}
	if d.chance(0.51) {
		c.sex = "M"
	}
	if birth.AddYears(5) > f.ref {
		c.noUPN = "UN1" // not of school age
	}
	if d.chance(0.12) {
		c.disabilities = []string{disabilities.draw(d)}
		if d.chance(0.4) {
			c.disabilities = appendNew(c.disabilities, disabilities.draw(d))
		}
	}
	return c
}

// expect makes the youngest child one that is not born yet, in some of the families
// where that is possible: work with an unborn child has no plan and is recent.
func (fam *family) expect(f frame, d *dice) {
	e := fam.current()
	recent := len(fam.episodes) == 1 && e.open() && e.referral > f.ref.AddDays(-150) && len(e.protection)+len(e.inNeed) == 0
	if !recent || !d.chance(0.07) {
		return
	}
	c := &fam.children[len(fam.children)-1]
	c.birth, c.expected = 0, f.ref.AddDays(d.between(2, 105))
	c.sex, c.noUPN, c.disabilities = "U", "UN1", []string{"NONE"}
}

// expecting reports whether a child of the family is not born yet.
func (fam *family) expecting() bool {
	return slices.ContainsFunc(fam.children, func(c child) bool { return c.birth.IsZero() })
}

// The codes of a return (the census's own code sets) with their weights: as common as they
// roughly are among children in need.
var (
	referralSources = codes("6=29 2A=19 2B=3 1A=8 1C=2 1D=2 3A=2 3B=3 3C=1 3E=5 3F=5 4=2 5A=2 5B=5 5C=3 5D=4 7=3 8=5 9=3")
	needs           = codes("N1=57 N2=9 N3=4 N4=10 N5=14 N6=2 N7=1 N8=3")
	ethnicities     = codes("WBRI=64 WOTH=5 WROM=1 MWBC=4 MWBA=2 MWAS=2 MOTH=3 AIND=2 APKN=4 ABAN=2 AOTH=2 BCRB=2 BAFR=4 BOTH=1 " +
		"CHNE=1 OOTH=2 REFU=1 NOBT=2")
	disabilities = codes("AUT=30 LD=25 BEH=12 COMM=10 MOB=8 PC=4 HEAR=3 VIS=3 CON=2 INC=1 HAND=1 DDA=3")
	factors      = codes("3B=20 3A=12 4B=18 4A=10 2B=9 1B=9 17A=10 16A=9 18C=7 18B=3 19C=3 19B=2 14A=4 15A=3 5A=3 6A=3 6B=4 " +
		"10A=3 11A=2 13A=2 24A=2 7A=3 20=3 3C=2 9A=1 12A=1")
	abuse = codes("NEG=49 EMO=38 PHY=7 SAB=3 MUL=3")
)

// codes reads "code=weight" after "code=weight".
func codes(list string) weighted[string] {
	var w weighted[string]
	for item := range strings.FieldsSeq(list) {
		code, weight, _ := strings.Cut(item, "=")
		n, err := strconv.ParseFloat(weight, 64)
		if err != nil {
			panic(fmt.Sprintf("sample: the weight of code %q: %v", code, err))
		}
		w = append(w, choice[string]{n, code})
	}
	return w
}
