package pages

import (
	"fmt"
	"strings"

	"longstop/timescale"
)

// unsetPage lists what a council must set, with the numbers that councils use.
func (b *book) unsetPage() Page {
	var s strings.Builder
	s.WriteString(header)
	on, off := 0, 0
	for _, t := range Unset(b.pack) {
		if t.Off == "" {
			on++
		} else {
			off++
		}
	}
	fmt.Fprintf(&s, "# What a council sets\n\nNo law sets these numbers. Of the timescales here %s in force on a default of Longstop's, until an [overlay](../rule-language.md#an-overlay) "+
		"confirms or changes the number, and %s off until one switches them on. Beside each stands what councils use, as far as their procedures are known, so that "+
		"writing an overlay is choosing; which one is right for a council is for the council to say.\n\n", are(on), are(off))
	s.WriteString("`starter rules --unset` lists them here or for a council's overlay, which takes what it sets off the list. " +
		"[The template](../../overlays/template.yaml) has each of them commented out.\n\n")
	for _, p := range b.pack.Pathways {
		if rows := unsetRows(b.pack, p); len(rows) > 0 {
			s.WriteString("## " + pathwayName(p) + "\n\n" + table([]string{"Ref", "Timescale", "In the pack", "Councils use"}, textOnly, rows))
		}
	}
	return Page{Name: unsetFile, Text: ended(s.String())}
}

func are(n int) string {
	if n == 1 {
		return "1 is"
	}
	return fmt.Sprintf("%d are", n)
}

// Unset is the timescales of a pack that wait for a council, in the pack's order.
func Unset(pack *timescale.Pack) []*timescale.Timescale {
	var unset []*timescale.Timescale
	for i := range pack.Timescales {
		if t := &pack.Timescales[i]; t.ForCouncil() {
			unset = append(unset, t)
		}
	}
	return unset
}

func unsetRows(pack *timescale.Pack, pathway string) [][]string {
	var rows [][]string
	for _, t := range Unset(pack) {
		if t.Pathway == pathway {
			rows = append(rows, []string{link(t, unsetFile), t.Title, capital(shortLimit(t)) + " (" + standing(t) + ")", orNone(latest(t).Councils)})
		}
	}
	return rows
}

// standing is whether a timescale that waits for a council runs.
func standing(t *timescale.Timescale) string {
	if t.Off != "" {
		return "off"
	}
	return "in force, a default of Longstop's"
}

func orNone(used []timescale.InUse) string {
	if len(used) == 0 {
		return "none known"
	}
	words := make([]string, len(used))
	for i, u := range used {
		words[i] = u.String()
	}
	return strings.Join(words, " · ")
}
