package cincensus

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"longstop/intake"
)

// FuzzCheck: whatever a file holds, it is read or refused whole, and both passes agree.
func FuzzCheck(f *testing.F) {
	for _, name := range samples[:4] {
		f.Add(sample(f, name))
	}
	f.Add([]byte(message("2026-03-31", kid("K", details(referral("2025-05-10"), protected("2025-05-12", ""))), unborn("L", "2026-05-01", details(referral("2025-06-10"))))))
	f.Add([]byte("\xff\xfe<\x00M\x00e\x00s\x00s\x00a\x00g\x00e\x00/\x00>\x00"))
	f.Add([]byte(`<?xml version="1.0" encoding="windows-1252"?><!DOCTYPE m [<!ENTITY a "aa">]><Message>&a;</Message>`))
	f.Fuzz(func(t *testing.T, file []byte) {
		found, _, err := check(bytes.NewReader(file))
		if err != nil {
			var known *intake.BrokenError
			if !errors.As(err, &known) {
				t.Fatalf("a file in memory cannot fail to be read: %v", err)
			}
			return
		}
		n, loadable := 0, 0
		_, err = read(bytes.NewReader(file), options{checked: found}, func(c intake.Child) error {
			n++
			if c.Place != n {
				t.Fatalf("child %d says it is child %d", n, c.Place)
			}
			if c.Reference != "" {
				loadable++
			}
			events := toRecord(found.Header.Period, nil, c, found.Header.Period.To)
			if len(toRecord(found.Header.Period, events, c, found.Header.Period.To)) > 0 {
				t.Fatal("the same child again says something new")
			}
			for _, e := range events {
				if len(c.Reference) > 16 && strings.Contains(e.ID, c.Reference) {
					t.Fatal("an id holds the reference")
				}
			}
			return nil
		})
		if err != nil || n != found.Children || loadable != len(found.References) {
			t.Fatalf("the check finds %d children, %d loadable; reading finds %d, %d: %v", found.Children, len(found.References), n, loadable, err)
		}
	})
}
