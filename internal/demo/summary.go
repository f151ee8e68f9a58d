package demo

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"longstop/casework"
	"longstop/english"
	"longstop/internal/casetime"
	"longstop/pathway"
	"longstop/store"
)

// summary prints what a newcomer should take away: how many children, which clocks run, what
// is overdue and for how long, who was told, and where to look.
func (s *show) summary(ctx context.Context) error {
	record, err := s.openRecord(ctx, store.Options{URL: s.Database, Clock: casetime.Real()})
	if err != nil {
		return err
	}
	defer record.Close()
	sum, err := record.Summary(ctx)
	if err != nil {
		return err
	}
	s.say("\n%s\n\n", strings.Repeat("─", 78))
	s.say("Longstop now keeps the timescales of %s, %s in all.\n", english.CountOf(sum.OpenCases, "child", "children"),
		english.CountOf(clocksOf(&sum), "clock", "clocks"))
	s.sayClocks(&sum)
	s.sayOverdue(&sum)
	if err := s.sayTold(ctx, record); err != nil {
		return err
	}
	s.say("  in all: %s\n", noticeCounts(sum.Notices))
	s.sayStories()
	s.sayMessages()
	s.sayOutside()
	return s.sayWhere(ctx, record)
}

func clocksOf(sum *store.Summary) int {
	n := 0
	for _, open := range sum.Pathways {
		n += open
	}
	return n
}

func (s *show) sayClocks(sum *store.Summary) {
	s.say("\nTimescales running, by stage\n")
	for _, name := range pathway.All {
		if n := sum.Pathways[name]; n > 0 {
			s.say("  %-24s %4d\n", english.Stage(name), n)
		}
	}
	s.say("\nTimescales: %s running, %s due today, %d overdue by law or guidance, %d past a limit that no law sets,\n"+
		"%s done in timescale, %s out of timescale, %d taken as done without a date, %s that the return cannot show (not reported), %s no longer owed.\n",
		count(sum, casework.Running), count(sum, casework.DueToday), sum.PastLaw, sum.PastLocal,
		count(sum, casework.Met), count(sum, casework.MetLate), sum.Inferred,
		count(sum, casework.Unreported), count(sum, casework.Ended))
}

func count(sum *store.Summary, state casework.State) string { return fmt.Sprint(sum.Duties[state]) }

// sayOverdue prints what is past its limit, by law and by no law apart.
func (s *show) sayOverdue(sum *store.Summary) {
	if len(sum.Overdue) == 0 {
		s.say("\nNothing is overdue.\n")
		return
	}
	whose := " "
	for _, o := range sum.Overdue {
		if o.Local != whose {
			whose = o.Local
			s.say("\n%s\n%57s %6s   longest\n", pastHead(whose), "", "duties")
		}
		s.say("  %-6s %-48s %6d   %s\n", o.Ref, o.Title, o.Duties, english.CountOf(o.MostDays, "day", "days"))
	}
	s.say("\nIn all %d past a limit of law or guidance, and %d past one that no law sets, which breaks no law.\n", sum.PastLaw, sum.PastLocal)
}

// pastHead heads what is past limits of one kind.
func pastHead(whose string) string {
	if whose == "" {
		return "Overdue now, by a limit that law or guidance sets"
	}
	return "Past a limit that no law sets: " + whose
}

// sayTold prints who got which notices.
func (s *show) sayTold(ctx context.Context, record *store.Store) error {
	rows, err := record.Notices(ctx, store.NoticeFilter{})
	if err != nil {
		return err
	}
	type told struct{ who, role, kind string }
	counts := map[told]int{}
	for i := range rows {
		if toldOf(&rows[i]) {
			counts[told{rows[i].ToName, english.Role(rows[i].Role), rows[i].Kind}]++
		}
	}
	s.say("\nTold so far\n")
	if len(counts) == 0 {
		s.say("  nobody yet: notices go at 09:00 on working days\n")
	}
	sorted := slices.SortedFunc(maps.Keys(counts), func(a, b told) int {
		return cmp.Or(cmp.Compare(a.role, b.role), cmp.Compare(a.who, b.who), cmp.Compare(a.kind, b.kind))
	})
	for _, t := range sorted {
		words := english.CountOf(counts[t], t.kind, t.kind+"s")
		if t.kind == "list" {
			words = "the list of what was overdue when the return was loaded"
		}
		s.say("  %-28s %-18s %s\n", t.who, t.role, words)
	}
	return nil
}

func (s *show) sayStories() {
	if s.story == nil {
		return
	}
	kinds := map[string]int{}
	for i := range s.story.told {
		kinds[s.story.told[i].Kind]++
	}
	s.say("\nOn the fast clock six weeks brought %s, %s and %s.\n", english.CountOf(kinds["reminder"], "reminder", "reminders"),
		english.CountOf(kinds["escalation"], "escalation", "escalations"), english.CountOf(kinds["resolved"], "message that something was resolved", "messages that something was resolved"))
	s.story.record.Close()
}

// sayWhere prints where to look, with one case that drifts.
func (s *show) sayWhere(ctx context.Context, record *store.Store) error {
	if s.UI == "" {
		return nil
	}
	s.say("\nThe Temporal UI\n  every timescale      %s/namespaces/%s/workflows\n", s.UI, s.Temporal.Namespace)
	s.say("  overdue by law       %s/namespaces/%s/workflows?query=%s\n", s.UI, s.Temporal.Namespace, url.QueryEscape(`Rag="red" AND ExecutionStatus="Running"`))
	s.say("  past other limits    %s/namespaces/%s/workflows?query=%s\n", s.UI, s.Temporal.Namespace, url.QueryEscape(`Rag="local" AND ExecutionStatus="Running"`))
	rows, err := record.Duties(ctx, store.DutyFilter{State: casework.Overdue})
	if err != nil || len(rows) == 0 {
		return err
	}
	worst := slices.MaxFunc(rows, func(a, b store.DutyRow) int { return cmp.Compare(a.LateDays, b.LateDays) })
	s.say("  a case that drifts   %s/namespaces/%s/workflows/%s\n", s.UI, s.Temporal.Namespace,
		url.PathEscape(pathway.WorkflowID(worst.Pathway, worst.CaseKey)))
	s.say("\nAsk why, in another terminal while this runs\n  set -a; . %s; set +a\n  bin/starter explain %s %s\n",
		filepath.Join(filepath.Dir(s.Dir), "env"), worst.Case, worst.Ref)
	s.sayPush(record.Book().Pack(), &worst)
	return nil
}
