package casework

import "longstop/timescale"

// SourceCheck is how the words of a source are known, as an explanation says it.
type SourceCheck struct {
	Read    timescale.Reading `json:"read"`
	In      string            `json:"in,omitempty"`
	Missing string            `json:"missing,omitempty"`
	On      string            `json:"on,omitempty"`
	Text    string            `json:"text"` // that in a sentence
	mark    string
}

// sourceCheckOf is nil where nobody has said.
func sourceCheckOf(c timescale.Check) *SourceCheck {
	if c.Read == "" {
		return nil
	}
	return &SourceCheck{Read: c.Read, In: c.In, Missing: c.Missing, On: c.On.String(), Text: c.Sentence(), mark: c.Mark()}
}
