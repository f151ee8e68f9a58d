package pages

import (
	"strings"

	"longstop/timescale"
)

// editions is what the timescale says and said, by which source, for starts of when.
func editions(t *timescale.Timescale) string {
	if len(t.Editions) > 1 {
		return editionTable(t)
	}
	e := &t.Editions[0]
	s := fact("Status:", status(t, e)) + fact("Source:", strings.TrimSpace(e.Source))
	if known := e.Checked.Sentence(); known != "" {
		s += fact("Checked:", known)
	}
	if len(e.Councils) > 0 {
		s += fact("Councils use:", orNone(e.Councils))
	}
	return s + fact("Applies to", applies(e))
}

// editionTable is several editions, the latest first.
func editionTable(t *timescale.Timescale) string {
	var rows [][]string
	for i := len(t.Editions) - 1; i >= 0; i-- {
		e := &t.Editions[i]
		allowed := limitOf(t, e)
		if allowed == "" {
			allowed = "as above"
		}
		rows = append(rows, []string{capital(applies(e)), capital(allowed), status(t, e), sourceInTable(e)})
	}
	return "\n" + table([]string{"Applies to", "Limit", "Status", "Source"}, textOnly, rows)
}

// status is how binding the source is, and whether it is the council's own.
func status(t *timescale.Timescale, e *timescale.Edition) string {
	switch {
	case e.Status == timescale.StatusLocal && len(t.Drift) > 0:
		return "Local: no law sets these alarms"
	case e.Default:
		return "Local: " + e.Whose() + ". No law sets this, so missing it is no breach of law"
	case e.Status == timescale.StatusLocal:
		return "Local: no law sets this, so missing it is no breach of law"
	case e.Status == timescale.StatusPractice:
		return "Practice (national): no law sets this, so missing it is no breach of law"
	default:
		return capital(e.Status) + " (national)"
	}
}

func sourceInTable(e *timescale.Edition) string {
	source := sentence(strings.TrimSpace(e.Source))
	if known := e.Checked.Sentence(); known != "" {
		source += " **Checked:** " + known
	}
	return source
}

// applies is the starts that an edition governs.
func applies(e *timescale.Edition) string {
	words := "starts at any time"
	if bounds := stretch(e.From, e.Until); bounds != "" {
		words = "starts " + bounds
	}
	if e.Moves {
		words += "; duties that ran on " + day(e.From) + " take it too, counted from their own start"
	}
	return words
}
