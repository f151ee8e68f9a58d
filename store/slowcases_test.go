package store_test

import (
	"fmt"
	"net/url"
	"runtime"
	"slices"
	"testing"
	"time"

	"longstop/casework"
	"longstop/store"
	"longstop/timescale/load"
)

func TestSlowCasesThatTogetherOutlastATransactionHoldUpNoOther(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "2026-11-02 10:00")
	var events []casework.Event
	for i := range 1 + 8*runtime.GOMAXPROCS(0) { // 8 of them one after the other
		events = append(events, event(fmt.Sprint("e", i), fmt.Sprint("C", i), "cin_plan.started", "2026-11-02"))
	}
	r.mustRecord(events...)
	r.adopt(store.Law{Change: load.Change{Overlays: []load.File{overlay("anytown.yaml", everyThreeWeeks)}}})
	address, err := url.Parse(r.url)
	if err != nil {
		t.Fatal(err)
	}
	settings := address.Query()
	settings.Set("idle_in_transaction_session_timeout", "1000") // ms
	address.RawQuery = settings.Encode()
	worker := r.open(func(o *store.Options) { o.URL = address.String() })
	good := r.key("C0")
	worker.LimitWork(150 * time.Millisecond) // 8 of them are 1.2 s
	worker.BeforeWork(func(key string) {
		if key != good {
			<-time.After(200 * time.Millisecond) // work that ends, but too late, each time that it is begun
		}
	})
	// A machine that is slower still needs more than one look.
	for !slices.Equal(r.column(`select count(*)::text from cases where planned_by = (select max(seq) from laws_in_force)`), []string{"1"}) {
		if _, err := worker.PlanQueued(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "due by the new law", r.duty("C0", "CN-02").Due, "2026-11-23")
}
