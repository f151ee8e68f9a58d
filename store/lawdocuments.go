package store

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"longstop/calendar"
	"longstop/timescale"
	"longstop/timescale/load"
)

// documents are what a law consists of, as the record keeps it: the pack with the overlays
// that lie over it, and the bank holidays.
type documents struct {
	pack     []byte // a bundle, or a laid bundle where there are overlays
	calendar []byte // in the shape that GOV.UK publishes, as publishedFile writes it
}

// laidBundle holds a pack's files and the overlays over them. Its format is not that of a
// pack alone, so a release that knows no overlays refuses the law, and does not count by
// half of it.
type laidBundle struct {
	Format  string      `json:"format"`
	Files   []load.File `json:"files"`
	Overlay []load.File `json:"overlay"`
}

const laidFormat = "longstop-law-2"

// laid puts a pack and its overlays into one document: the same files give the same bytes.
func laid(pack, overlay []load.File) ([]byte, error) {
	if len(overlay) == 0 {
		return load.Bundle(pack), nil
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(laidBundle{Format: laidFormat, Files: byName(pack), Overlay: byName(overlay)})
	return out.Bytes(), err
}

func byName(files []load.File) []load.File {
	sorted := slices.Clone(files)
	slices.SortStableFunc(sorted, func(a, b load.File) int { return cmp.Compare(a.Name, b.Name) })
	return sorted
}

// files gets the pack's files and the overlays back.
func (d documents) files() (pack, overlay []load.File, err error) {
	var head struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(d.pack, &head); err != nil || head.Format != laidFormat {
		pack, err = load.Unbundle(d.pack)
		return pack, nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(d.pack))
	dec.DisallowUnknownFields()
	var b laidBundle
	if err := dec.Decode(&b); err != nil {
		return nil, nil, fmt.Errorf("a law with overlays: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, errors.New("a law with overlays: something follows the document")
	}
	return b.Files, b.Overlay, nil
}

// hash names the documents.
func (d documents) hash() string {
	sum := sha256.Sum256(slices.Concat(d.pack, d.calendar))
	return hex.EncodeToString(sum[:])[:16]
}

// read reads the documents: the pack with its overlays laid over it, and the calendar. The
// errors are a load.Error with every fault, and those of calendar.Parse.
func (d documents) read() (*timescale.Pack, *calendar.Calendar, error) {
	files, overlay, err := d.files()
	if err != nil {
		return nil, nil, err
	}
	pack, err := lay(files, overlay)
	if err != nil {
		return nil, nil, err
	}
	if err := understood(pack); err != nil {
		return nil, nil, err
	}
	cal, err := calendar.Parse(bytes.NewReader(d.calendar))
	return pack, cal, err
}

// lay lays overlays over a pack, in their order.
func lay(files, overlay []load.File) (*timescale.Pack, error) {
	pack, err := load.Files(files)
	if err != nil {
		return nil, err
	}
	return layOver(pack, overlay)
}

func layOver(pack *timescale.Pack, overlay []load.File) (*timescale.Pack, error) {
	for _, f := range overlay {
		over, faults := load.Overlay(pack, f)
		if len(faults) > 0 {
			return nil, &load.Error{Faults: faults}
		}
		pack = over
	}
	return pack, nil
}
