// Package attributes turns what a nudge says into Temporal search attributes. Whoever
// starts a pathway sets them with it, and the pathway upserts what has changed since:
// one list for both, so that a start is followed by no upsert.
package attributes

import (
	"slices"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"

	"longstop/pathway"
)

// The typed keys. Their names, and the budget that SQL visibility allows, stand in
// package pathway.
var (
	Team          = temporal.NewSearchAttributeKeyKeyword(pathway.AttrTeam)
	Worker        = temporal.NewSearchAttributeKeyKeyword(pathway.AttrWorker)
	Rag           = temporal.NewSearchAttributeKeyKeyword(pathway.AttrRag)
	DueAt         = temporal.NewSearchAttributeKeyTime(pathway.AttrDueAt)
	WakeAt        = temporal.NewSearchAttributeKeyTime(pathway.AttrWakeAt)
	Revision      = temporal.NewSearchAttributeKeyInt64(pathway.AttrRevision)
	OpenDuties    = temporal.NewSearchAttributeKeyInt64(pathway.AttrOpenDuties)
	OverdueDuties = temporal.NewSearchAttributeKeyInt64(pathway.AttrOverdueDuties)
	OverdueRefs   = temporal.NewSearchAttributeKeyKeywordList(pathway.AttrOverdueRefs)
)

// Types returns every attribute with its type, for registering them in a namespace.
func Types() map[string]enumspb.IndexedValueType {
	types := map[string]enumspb.IndexedValueType{}
	for _, key := range []temporal.SearchAttributeKey{
		Team, Worker, Rag, DueAt, WakeAt, Revision, OpenDuties, OverdueDuties, OverdueRefs,
	} {
		types[key.GetName()] = key.GetValueType()
	}
	return types
}

// Start returns what a pathway that is started with a nudge shows from the first moment.
func Start(n pathway.Nudge) temporal.SearchAttributes {
	return temporal.NewSearchAttributes(Changes(temporal.SearchAttributes{}, n)...)
}

// Changes lists what must be upserted so that a pathway which shows have comes to show
// the nudge; nil where it does already. What the nudge does not say is unset.
func Changes(have temporal.SearchAttributes, n pathway.Nudge) []temporal.SearchAttributeUpdate {
	c := changes{have: have}
	c.keyword(Team, n.Display.Team)
	c.keyword(Worker, n.Display.Worker)
	c.keyword(Rag, string(n.Display.Rag))
	c.instant(DueAt, n.Display.DueAt)
	c.instant(WakeAt, n.Wake)
	c.number(Revision, n.Revision)
	c.number(OpenDuties, int64(n.Display.OpenDuties))
	c.number(OverdueDuties, int64(n.Display.OverdueDuties))
	c.list(OverdueRefs, n.Display.OverdueRefs)
	return c.updates
}

type changes struct {
	have    temporal.SearchAttributes
	updates []temporal.SearchAttributeUpdate
}

func (c *changes) keyword(key temporal.SearchAttributeKeyKeyword, want string) {
	have, set := c.have.GetKeyword(key)
	switch {
	case want == "" && set:
		c.updates = append(c.updates, key.ValueUnset())
	case want != have:
		c.updates = append(c.updates, key.ValueSet(want))
	}
}

func (c *changes) instant(key temporal.SearchAttributeKeyTime, want time.Time) {
	have, set := c.have.GetTime(key)
	switch {
	case want.IsZero() && set:
		c.updates = append(c.updates, key.ValueUnset())
	case !want.Equal(have):
		c.updates = append(c.updates, key.ValueSet(want.UTC()))
	}
}

func (c *changes) number(key temporal.SearchAttributeKeyInt64, want int64) {
	if have, set := c.have.GetInt64(key); !set || want != have {
		c.updates = append(c.updates, key.ValueSet(want))
	}
}

func (c *changes) list(key temporal.SearchAttributeKeyKeywordList, want []string) {
	have, set := c.have.GetKeywordList(key)
	switch {
	case len(want) == 0 && set:
		c.updates = append(c.updates, key.ValueUnset())
	case !slices.Equal(want, have):
		c.updates = append(c.updates, key.ValueSet(want))
	}
}
