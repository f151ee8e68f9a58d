package casework

import (
	"maps"

	"longstop/internal/names"
)

// Clean returns an event as it is kept, wherever it came from: its names and the texts of its data
// without blanks around them and with their letters composed, and its instants to the second.
// Cleaning it again changes nothing; the event that was handed in is left as it is.
func Clean(e Event) Event {
	for _, name := range []*string{&e.ID, &e.Source, &e.Case, &e.Type, &e.Episode, &e.Corrects, &e.Voids, &e.By} {
		*name = names.Clean(*name)
	}
	e.Recorded = ToSecond(e.Recorded)
	if !e.At.DayOnly() {
		e.At.Instant = ToSecond(e.At.Instant)
	}
	e.Data = cleanData(e.Data)
	return e
}

// cleanData cleans the texts of data and of its lists; it copies the data where it must.
func cleanData(data Data) Data {
	var cleaned Data
	for name, v := range data {
		clean, changed := cleanValue(v)
		if !changed {
			continue
		}
		if cleaned == nil {
			cleaned = maps.Clone(data)
		}
		cleaned[name] = clean
	}
	if cleaned == nil {
		return data
	}
	return cleaned
}

func cleanValue(v any) (clean any, changed bool) {
	switch v := v.(type) {
	case string:
		s := names.Clean(v)
		return s, s != v
	case []string:
		list := make([]string, len(v))
		for i := range v {
			list[i] = names.Clean(v[i])
			changed = changed || list[i] != v[i]
		}
		return list, changed
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = v[i]
			if s, ok := v[i].(string); ok {
				list[i] = names.Clean(s)
				changed = changed || list[i] != v[i]
			}
		}
		return list, changed
	}
	return v, false
}
