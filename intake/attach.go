package intake

import (
	"slices"

	"longstop/calendar"
	"longstop/casework"
)

// attach records what the return reports and which days it covers, where that differs from what was
// recorded last.
func (c *Comparison) attach() {
	if c.deletes {
		return
	}
	f := &Fact{Type: TypeSource, Element: TypeSource, Day: c.Day, Data: casework.Data{
		"name": c.Source, "reports": c.Format.Reports(), "from": c.Period.From.String(),
	}}
	if !c.Period.Until.IsZero() {
		f.Data["until"] = c.Period.Until.String()
	}
	if c.Authority != "" {
		f.Data[fieldAuthority] = c.Authority
	}
	if n := len(c.record.attached); n > 0 && sameSource(c.record.attached[n-1].Current, f.Data) {
		return
	}
	e := c.event(c.name("", TypeSource, c.Day), "", f)
	delete(e.Data, FieldElement)
	c.fresh = append(c.fresh, e)
}

// Detach takes back what the record holds of what the return reports of the child: it tells of it no more.
func (c *Comparison) Detach() {
	for _, e := range c.record.attached {
		c.void(e, c.voidWords)
	}
}

// sameSource reports whether a return attaches what stands already. What was attached before returns named their authority
// is that of any.
func sameSource(last casework.Event, now casework.Data) bool {
	if was := last.Data.Text(fieldAuthority); was != "" && was != now.Text(fieldAuthority) {
		return false
	}
	return last.Data.Text("name") == now.Text("name") && last.Data.Text("from") == now.Text("from") &&
		last.Data.Text("until") == now.Text("until") && slices.Equal(last.Data.Names("reports"), now.Names("reports"))
}

// reaches reports whether a return of a later period than a load's was loaded before.
func (r *Record) reaches(l Load) bool {
	return slices.ContainsFunc(r.attached, func(e *Entry) bool {
		return e.Current.Data.Text("name") == l.Source && e.Current.Data.Day("from") > l.Period.From
	})
}

// ofAnother reports whether a load is that of another authority than the one whose child it is.
//
// A child is the authority's that told of them first. The return of another takes nothing back, however
// often it is loaded; only when that authority goes on with other dates, and nothing of the first came
// between, has the child become its own, as when councils are reorganised.
func (r *Record) ofAnother(l Load) bool {
	if l.Authority == "" || l.Own {
		return false
	}
	var own, visitor stay
	for i := range r.attached {
		if at := stayOf(r.attached[i].Current.Data); at.authority != "" {
			own, visitor = at.after(own, visitor)
		}
	}
	now := stay{authority: l.Authority, from: l.Period.From, until: l.Period.Until}
	own, _ = now.after(own, visitor)
	return own.authority != l.Authority
}

// stay is a return that told of a child: whose it was, and the days it covers.
type stay struct {
	authority   string
	from, until calendar.Date
}

func stayOf(attached casework.Data) stay {
	return stay{attached.Text(fieldAuthority), attached.Day("from"), attached.Day("until")}
}

// after returns whose the child is after a return, and what another authority's told of them since its own.
func (s stay) after(own, visitor stay) (nowOwn, nowVisitor stay) {
	switch {
	case own.authority == "" || s.authority == own.authority:
		return s, stay{}
	case s.authority == visitor.authority && s != visitor:
		return s, stay{}
	}
	return own, s
}
