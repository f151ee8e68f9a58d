package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"longstop/calendar"
	"longstop/casework"
	"longstop/internal/casetime"
)

// BenchmarkPlanOfACounty plans a county offline as a person does, from reading the file to
// the last line of JSON: 3,000 open children with six years of history, 100 events each.
func BenchmarkPlanOfACounty(b *testing.B) {
	asOf := calendar.NewDate(2026, 11, 20)
	file := filepath.Join(b.TempDir(), "county.jsonl")
	writeCounty(b, file, 3000, asOf)
	s := streams{in: os.Stdin, out: io.Discard, err: os.Stderr, wall: casetime.WallNow, clock: casetime.Real(), getenv: func(string) string { return "" }}
	for b.Loop() {
		if code := run(context.Background(), s, []string{"plan", "--events", file, "--as-of", asOf.String(), "--json"}); code != exitDone {
			b.Fatal("exit code", code)
		}
	}
}

func writeCounty(b *testing.B, name string, children int, asOf calendar.Date) {
	b.Helper()
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	out := bufio.NewWriter(f)
	lines := json.NewEncoder(out)
	for child := range children {
		for _, e := range sixYears(fmt.Sprintf("C%05d", child), asOf.AddDays(-6*365-child%60)) {
			if err := lines.Encode(e); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := out.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// sixYears are three referrals of a child: each leads to a protection plan, the first two
// then to a child in need plan and a closure; the third plan is open.
func sixYears(ref string, start calendar.Date) []casework.Event {
	var events []casework.Event
	add := func(day int, kind string, data casework.Data) {
		events = append(events, casework.Event{
			ID: fmt.Sprintf("%s-%d", ref, len(events)), Case: ref, Type: kind, At: casework.OnDay(start.AddDays(day)), Data: data,
		})
	}
	every := func(first, step, times int, kind string, data casework.Data) {
		for i := range times {
			add(first+i*step, kind, data)
		}
	}
	seen := casework.Data{"seen": true}
	add(0, "person.born", casework.Data{"date": start.AddYears(-5).String()})
	for episode := range 3 {
		day := 730 * episode
		add(day+1, "referral.received", nil)
		add(day+2, "referral.decided", casework.Data{"outcome": "assessment"})
		add(day+20, "strategy_discussion.held", casework.Data{"s47": true})
		add(day+38, "icpc.held", casework.Data{"outcome": "plan"})
		add(day+38, "cp_plan.started", nil)
		add(day+50, "assessment.completed", nil)
		every(day+60, 28, 10, "cp_visit.made", seen)
		every(day+46, 40, 7, "core_group.held", nil)
		every(day+120, 180, 2, "cp_review.held", nil)
		if episode == 2 {
			break
		}
		add(day+340, "cp_plan.ended", nil)
		add(day+341, "cin_plan.started", nil)
		every(day+365, 28, 6, "cin_visit.made", seen)
		every(day+430, 80, 2, "cin_review.held", nil)
		add(day+600, "cin_plan.ended", nil)
		add(day+610, "case.closed", nil)
	}
	return events
}
