package sample_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"longstop/internal/sample"
)

func TestSameDayNumberAndSeedGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	o := sample.Options{Day: date(t, "2026-11-20"), Children: 200, Seed: 9}
	first, again := written(t, o), written(t, o)
	for name, text := range first {
		if !bytes.Equal(text, again[name]) {
			t.Errorf("%s came out otherwise the second time", name)
		}
	}
	o.Seed = 10
	for name, text := range written(t, o) {
		if bytes.Equal(text, first[name]) && name != sample.PeopleFile {
			t.Errorf("%s is the same with another seed", name)
		}
	}
}

func TestFilesMayBeWrittenInAnyOrderAndAtOnce(t *testing.T) {
	t.Parallel()
	s := sampleOf(t, sample.Options{Day: date(t, "2026-11-20"), Children: 200})
	var alone bytes.Buffer
	if err := s.WriteEvents(&alone); err != nil {
		t.Fatal(err)
	}
	results := make(chan []byte)
	for range 3 {
		go func() {
			var text bytes.Buffer
			if err := errors.Join(s.WriteReturn(io.Discard), s.WriteEvents(&text)); err != nil {
				t.Error(err)
			}
			results <- text.Bytes()
		}()
	}
	for range 3 {
		if !bytes.Equal(<-results, alone.Bytes()) {
			t.Error("the events came out otherwise while others were written")
		}
	}
}

func TestDefaultsAreSixtyChildrenAndAFixedSeed(t *testing.T) {
	t.Parallel()
	day := date(t, "2026-11-20")
	unsaid := written(t, sample.Options{Day: day})
	said := written(t, sample.Options{Day: day, Children: sample.DefaultChildren, Seed: sample.DefaultSeed})
	for name, text := range unsaid {
		if !bytes.Equal(text, said[name]) {
			t.Errorf("%s is not that of the defaults", name)
		}
	}
}

func TestWhatCannotBeMadeIsRefused(t *testing.T) {
	t.Parallel()
	day := date(t, "2026-11-20")
	for name, o := range map[string]sample.Options{
		"no day":                    {},
		"a day of long ago":         {Day: date(t, "2013-04-15")},
		"a day far off":             {Day: date(t, "2151-01-01")},
		"fewer than no children":    {Day: day, Children: -1},
		"more children than anyone": {Day: day, Children: 200_001},
	} {
		if _, err := sample.Make(o); err == nil {
			t.Errorf("%s is not refused", name)
		}
	}
}

func TestAnyNumberOfChildrenCanBeMade(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 17, 61, 997} {
		if m := makeSample(t, "2026-11-20", n, 0); len(m.children) != n {
			t.Errorf("%d children were made, want %d", len(m.children), n)
		}
	}
}

func TestAnyDayOfTheYearCanBeUsed(t *testing.T) {
	t.Parallel()
	step := 7
	if testing.Short() {
		step = 60
	}
	for day := date(t, "2026-04-01"); day < date(t, "2028-06-01"); day = day.AddDays(step) {
		if _, err := sample.Make(sample.Options{Day: day}); err != nil {
			t.Error(err)
		}
	}
}

func TestPeriodBeginsOnTheFirstOfAprilBeforeTheReferenceDate(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]string{"2027-04-01": "2027", "2027-04-02": "2027", "2027-04-03": "2028", "2027-01-01": "2027", "2026-11-20": "2027"} {
		m := makeSample(t, day, 1, 0)
		if got := m.message.get("Header/CollectionDetails/Year"); got != want {
			t.Errorf("a return made on %s is of the year %s, want %s", day, got, want)
		}
	}
}

func TestReferenceDateIsTheDayBefore(t *testing.T) {
	t.Parallel()
	s := sampleOf(t, sample.Options{Day: date(t, "2027-01-01")})
	if got := s.ReferenceDate(); got != date(t, "2026-12-31") {
		t.Errorf("the reference date is %s", got)
	}
}

func TestErrorsOfTheWriterComeBack(t *testing.T) {
	t.Parallel()
	s := sampleOf(t, sample.Options{Day: date(t, "2026-11-20"), Children: 60})
	for _, write := range []func(io.Writer) error{s.WriteReturn, s.WriteEvents, s.WritePeople} {
		var size counter
		if err := write(&size); err != nil {
			t.Fatal(err)
		}
		for room := 0; room < int(size); room += 1 + int(size)/7 {
			full := broken{room: room}
			if err := write(&full); !errors.Is(err, errFull) {
				t.Errorf("with room for %d bytes of %d the error is %v", room, size, err)
			}
		}
	}
}

// counter counts what is written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

var errFull = errors.New("no room left")

// broken is a writer with little room.
type broken struct{ room int }

func (b *broken) Write(p []byte) (int, error) {
	if len(p) > b.room {
		return 0, errFull
	}
	b.room -= len(p)
	return len(p), nil
}

var update = flag.Bool("update", false, "write testdata")

// keptDay is the day of the sample in testdata.
const keptDay = "2026-11-20"

func TestKeptSampleIsWhatTheProgramMakes(t *testing.T) {
	t.Parallel()
	for name, text := range written(t, sample.Options{Day: date(t, keptDay)}) {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(kept, text) {
			t.Errorf("%s is not what is made now: run go generate ./sample and read the difference", path)
		}
	}
}

func sampleOf(tb testing.TB, o sample.Options) *sample.Sample {
	tb.Helper()
	s, err := sample.Make(o)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// written are the three files by name.
func written(tb testing.TB, o sample.Options) map[string][]byte {
	tb.Helper()
	s := sampleOf(tb, o)
	files := map[string][]byte{}
	for name, write := range map[string]func(io.Writer) error{
		sample.ReturnFile: s.WriteReturn, sample.PeopleFile: s.WritePeople, sample.EventsFile: s.WriteEvents,
	} {
		var text bytes.Buffer
		if err := write(&text); err != nil {
			tb.Fatal(err)
		}
		files[name] = text.Bytes()
	}
	return files
}
