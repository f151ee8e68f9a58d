package service_test

import (
	"errors"
	"slices"
	"testing"

	"longstop/service"
	"longstop/store"
)

func (c *council) changes(q service.ChangesQuery) (ids []string, cursor string) {
	c.Helper()
	for more := true; more; q.After = cursor {
		got, err := c.Changes(c.Context(), q)
		if err != nil {
			c.Fatal(err)
		}
		for i := range got.Changes {
			ids = append(ids, got.Changes[i].ID)
			if named := got.Changes[i].Case != "" || got.Changes[i].Duty != ""; named != q.Details {
				c.Errorf("with details %t: %+v", q.Details, got.Changes[i])
			}
		}
		cursor, more = got.Cursor, got.More
	}
	return ids, cursor
}

func TestTheFeedIsReadInStretchesOfAnyLength(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.records(visits()...)
	all, end := c.changes(service.ChangesQuery{})
	if len(all) < 4 {
		t.Fatalf("changes: %v", all)
	}
	for _, limit := range []int{1, 2, 3, 1000} {
		if ids, cursor := c.changes(service.ChangesQuery{Limit: limit, Details: limit == 2}); !slices.Equal(ids, all) || cursor != end {
			t.Errorf("%d at once: %v up to %s", limit, ids, cursor)
		}
	}
	if latest, cursor := c.changes(service.ChangesQuery{After: service.LatestChange}); len(latest) != 0 || cursor != end {
		t.Errorf("the latest: %v, %s instead of %s", latest, cursor, end)
	}
	if none, cursor := c.changes(service.ChangesQuery{After: end}); len(none) != 0 || cursor != end {
		t.Errorf("after the end: %v, %s", none, cursor)
	}
}

func TestReadingTheFeedIsAuditedWhereItShowsSomething(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	reads := func() (n int) {
		for _, o := range c.audited() {
			if o == store.AuditRead {
				n++
			}
		}
		return n
	}
	_, end := c.changes(service.ChangesQuery{})
	if reads() != 0 {
		t.Errorf("a look at nothing: %d", reads())
	}
	c.records(visits()...)
	c.changes(service.ChangesQuery{After: end, Limit: 1000})
	if reads() != 1 {
		t.Errorf("one answer: %d", reads())
	}
}

func TestWhatIsWrongWithACursorIsSaid(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.records(visits()...)
	for after, want := range map[string]service.Kind{"x": service.Usage, "12": service.Usage, "900.0a1b2c3d": service.Refused, "1.0a1b2c3d": service.Refused} {
		_, err := c.Changes(t.Context(), service.ChangesQuery{After: after})
		c.expectKind(err, want, "cursor")
		var typed *service.Error
		if want == service.Refused && (!errors.As(err, &typed) || typed.Code != service.CursorElsewhere) {
			t.Errorf("%s: %v", after, err)
		}
	}
	_, err := c.Changes(t.Context(), service.ChangesQuery{Limit: 1001})
	c.expectKind(err, service.Usage, "limit")
}
