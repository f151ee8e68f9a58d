package cincensus

import (
	"slices"

	"longstop/casework"
)

// attach records what the return reports and which days it covers, where that differs
// from what was recorded last.
func (d *differ) attach() {
	f := &fact{kind: typeSource, element: typeSource, day: d.Day, data: casework.Data{
		"name": d.Source, "reports": Reports(), "from": d.Period.From.String(), "until": d.Period.Until.String(),
	}}
	if d.Authority != "" {
		f.data[fieldAuthority] = d.Authority
	}
	if n := len(d.record.attached); n > 0 && sameSource(d.record.attached[n-1], f.data) {
		return
	}
	e := d.event(d.name("", typeSource, d.Day), "", f)
	delete(e.Data, fieldElement)
	d.fresh = append(d.fresh, e)
}

func sameSource(last casework.Event, now casework.Data) bool {
	return last.Data.Text("name") == now.Text("name") && last.Data.Text("from") == now.Text("from") &&
		last.Data.Text("until") == now.Text("until") && slices.Equal(last.Data.Names("reports"), now.Names("reports"))
}
