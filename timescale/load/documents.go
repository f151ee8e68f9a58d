package load

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"longstop/calendar"
	"longstop/timescale"
)

// Compiler compiles the laws that a record keeps: the record takes it as an interface of its own.
type Compiler struct{}

// Shipped returns the law that this program ships with, without an overlay. It must not be changed.
func (Compiler) Shipped() timescale.Documents { return shippedLaw() }

var shippedLaw = sync.OnceValue(func() timescale.Documents {
	return timescale.Documents{Pack: Bundle(EmbeddedFiles()), Calendar: ShippedHolidays()}
})

// Compile returns the pack of a law with its overlays laid over it, and its calendar. The errors
// are an [Error] with every fault, and those of [calendar.Parse]. The shipped law is compiled once
// in a process: that takes a tenth of a second.
func (Compiler) Compile(d timescale.Documents) (*timescale.Pack, *calendar.Calendar, error) {
	if shipped := shippedLaw(); bytes.Equal(d.Pack, shipped.Pack) && bytes.Equal(d.Calendar, shipped.Calendar) {
		return Embedded(), calendar.Published(), nil
	}
	return compile(d)
}

func compile(d timescale.Documents) (*timescale.Pack, *calendar.Calendar, error) {
	files, overlays, err := filesOf(d)
	if err != nil {
		return nil, nil, err
	}
	pack, err := Files(files)
	if err != nil {
		return nil, nil, err
	}
	if pack, err = withOverlays(pack, overlays); err != nil {
		return nil, nil, err
	}
	cal, err := calendar.Parse(bytes.NewReader(d.Calendar))
	return pack, cal, err
}

// Change is a change of the law. What is nil stays as it is.
type Change struct {
	Pack []File // the pack's files
	// Overlays are laid over the pack in the order of their names, in place of those before; an
	// empty list that is not nil takes them away.
	Overlays []File
	Holidays []byte // a bank holidays file in the shape that GOV.UK publishes
}

// ErrOverlayInForce says that a law's overlay cannot be laid over the pack that a change brings.
var ErrOverlayInForce = errors.New("the overlay in force does not fit this pack")

// Amend returns a law with the change made. The errors are an [Error] with every fault (and
// ErrOverlayInForce when the faults lie in an overlay that the change leaves as it is), and
// those of [calendar.Parse].
func (c Change) Amend(d timescale.Documents) (timescale.Documents, error) {
	files, overlays, err := filesOf(d)
	if err != nil {
		return d, err
	}
	if c.Pack != nil {
		files = c.Pack
	}
	if c.Overlays != nil {
		overlays = inOrder(c.Overlays)
	}
	pack, err := Files(files)
	if err != nil {
		return d, err
	}
	if _, err := withOverlays(pack, overlays); err != nil {
		if c.Overlays == nil {
			err = fmt.Errorf("%w: %w", ErrOverlayInForce, err)
		}
		return d, err
	}
	out := timescale.Documents{Pack: bundleWithOverlays(files, overlays), Calendar: d.Calendar}
	if c.Holidays != nil {
		cal, err := calendar.Parse(bytes.NewReader(c.Holidays))
		if err != nil {
			return d, err
		}
		out.Calendar = holidaysFile(cal)
	}
	return out, nil
}

// Compile returns the law that this program ships with, with the change made. The errors are those
// of Amend.
func (c Change) Compile() (*timescale.Pack, *calendar.Calendar, error) {
	var compiler Compiler
	d, err := c.Amend(compiler.Shipped())
	if err != nil {
		return nil, nil, err
	}
	return compiler.Compile(d)
}

// withOverlays lays overlays over a pack, in their order.
func withOverlays(pack *timescale.Pack, overlays []File) (*timescale.Pack, error) {
	for _, f := range overlays {
		over, faults := Overlay(pack, f)
		if len(faults) > 0 {
			return nil, &Error{Faults: faults}
		}
		pack = over
	}
	return pack, nil
}

// overlaidBundle holds a pack's files and the overlays over them. Its format is not that of a
// pack alone, so that a release which knows no overlays refuses the law instead of applying
// half of it.
type overlaidBundle struct {
	Format  string `json:"format"`
	Files   []File `json:"files"`
	Overlay []File `json:"overlay"`
}

const overlaidFormat = "longstop-law-2"

// bundleWithOverlays puts a pack and its overlays into one document: the same files give the
// same bytes.
func bundleWithOverlays(pack, overlays []File) []byte {
	if len(overlays) == 0 {
		return Bundle(pack)
	}
	return encode(overlaidBundle{Format: overlaidFormat, Files: inOrder(pack), Overlay: inOrder(overlays)})
}

// filesOf returns the files of a law's pack and its overlays.
func filesOf(d timescale.Documents) (pack, overlays []File, err error) {
	var head struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(d.Pack, &head); err != nil || head.Format != overlaidFormat {
		pack, err = Unbundle(d.Pack)
		return pack, nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(d.Pack))
	dec.DisallowUnknownFields()
	var b overlaidBundle
	if err := dec.Decode(&b); err != nil {
		return nil, nil, fmt.Errorf("a law with overlays: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, errors.New("a law with overlays: something follows the document")
	}
	return b.Files, b.Overlay, nil
}

// The published bank holidays file, as far as it is read.
type (
	publishedFile struct {
		England publishedDivision `json:"england-and-wales"`
	}
	publishedDivision struct {
		Division string             `json:"division"`
		Events   []publishedHoliday `json:"events"`
	}
	publishedHoliday struct {
		Title string `json:"title"`
		Date  string `json:"date"`
		Notes string `json:"notes"`
	}
)

// ShippedHolidays returns the bank holidays that this program ships with, as a file in the shape
// that GOV.UK publishes.
func ShippedHolidays() []byte { return holidaysFile(calendar.Published()) }

// holidaysFile writes a calendar in the shape that GOV.UK publishes. Every calendar is kept as
// written here, so that files which say the same are the same law.
func holidaysFile(c *calendar.Calendar) []byte {
	file := publishedFile{England: publishedDivision{Division: "england-and-wales"}}
	last := calendar.NewDate(c.LastYear(), 12, 31)
	for day := calendar.NewDate(c.FirstYear(), 1, 1); day <= last; day = day.AddDays(1) {
		name, ok := c.Holiday(day)
		if !ok {
			continue
		}
		title, substitute := strings.CutSuffix(name, " (substitute day)")
		h := publishedHoliday{Title: title, Date: day.String()}
		if substitute {
			h.Notes = "Substitute day"
		}
		file.England.Events = append(file.England.Events, h)
	}
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(file); err != nil {
		panic("load: texts could not be encoded: " + err.Error()) // strings always can be
	}
	return out.Bytes()
}
