package store

import (
	"cmp"
	"maps"
	"slices"

	"longstop/casework"
)

// compareRows orders duties as commands do: by case, ref, start, episode, due date and id.
func compareRows(a, b *casework.DutyRow) int {
	return cmp.Or(
		cmp.Compare(a.Case, b.Case), cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.Started, b.Started),
		cmp.Compare(a.Episode, b.Episode), cmp.Compare(a.Due, b.Due), cmp.Compare(a.Duty, b.Duty),
	)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
