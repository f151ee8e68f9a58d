package loading_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"longstop/intake/csc"
	"longstop/service/loading"
	"longstop/store"
)

// faulty is a record that cannot record the events of one case.
type faulty struct {
	*store.Store
	reference string
	why       error
}

func (f *faulty) LoadCases(ctx context.Context, loadID string, batch []store.CaseEvents) (store.Recorded, error) {
	var sound []store.CaseEvents
	left := map[string]int{}
	for _, c := range batch {
		if c.Reference == f.reference {
			left[c.Reference] = len(c.Events)
			continue
		}
		sound = append(sound, c)
	}
	out, err := f.Store.LoadCases(ctx, loadID, sound)
	if err == nil && len(left) > 0 {
		out.NotTried, out.Failed, err = left, []error{f.why}, f.why
	}
	return out, err
}

func feedOf(body string) loading.Options {
	o := options("")
	o.Format = csc.Feed{Authority: "845"}
	o.Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }
	return o
}

const twoChildren = `[
	{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "2026-03-05"}]},
	{"la_child_id": "K2", "social_care_episodes": [{"social_care_episode_id": "E2", "referral_date": "2026-03-06"}]}]`

// It would be sent again every night, and refused every night with 99 others.
func TestACaseThatCannotBeWorkedOutIsNamedAndHoldsBackNoOtherChildOfItsBody(t *testing.T) {
	t.Parallel()
	record := newRecord(t)
	done, err := loading.Changes(t.Context(), &faulty{record, "K1", &store.CaseFaultError{CaseKey: "k", Why: "a panic"}}, &told{}, feedOf(twoChildren))
	if err != nil {
		t.Fatal(err)
	}
	if done.ChildrenNotTried != 0 || len(done.RowsRefused) != 1 || done.RowsRefused[0].Child != 1 || !strings.Contains(done.RowsRefused[0].Reason, "cannot be worked out") {
		t.Errorf("%d not tried, refused %+v", done.ChildrenNotTried, done.RowsRefused)
	}
	held, err := record.SourceEntries(t.Context(), "council", []string{"K1", "K2"})
	if err != nil || len(held["K1"]) != 0 || len(held["K2"]) == 0 {
		t.Errorf("the record holds %v, %v", held, err)
	}
	if open, err := record.OpenBacklog(t.Context(), "council", "csc-api-first"); open != "" || err != nil {
		t.Errorf("the backlog is open: %q, %v", open, err)
	}
	refused := done.Children[0].Refused
	if len(refused) != 1 || refused[0].Reference != "K1" || refused[0].Path != "" || len(done.Children[1].Refused) != 0 {
		t.Fatalf("what was refused of the children: %+v", done.Children)
	}
	earlier := store.FedPlace{Reference: "K1", Path: "/social_care_episodes/E1", Element: "referral_date"}
	if done.Children[0].Settles(earlier) {
		t.Error("a child that could not be recorded puts something right")
	}
	// Once it is mended, the same body brings the child.
	if done, err = loading.Changes(t.Context(), record, &told{}, feedOf(twoChildren)); err != nil || done.New == 0 || len(done.RowsRefused) != 0 {
		t.Errorf("once it is mended: %+v, %v", done, err)
	}
	for _, place := range []store.FedPlace{earlier, refused[0].FedPlace} {
		if !done.Children[0].Settles(place) {
			t.Errorf("once it is mended, there stands still %+v", place)
		}
	}
}

func TestACaseThatIsHeldUpForNowIsAFailureOfItsBody(t *testing.T) {
	t.Parallel()
	why := errors.New("another holds the case for too long")
	done, err := loading.Changes(t.Context(), &faulty{newRecord(t), "K1", why}, &told{}, feedOf(twoChildren))
	if !errors.Is(err, why) || done == nil || done.ChildrenNotTried != 1 {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestAFeedIsOfTheAuthorityOfItsFirstBody(t *testing.T) {
	t.Parallel()
	record := newRecord(t)
	if _, err := loading.Changes(t.Context(), record, &told{}, feedOf(twoChildren)); err != nil {
		t.Fatal(err)
	}
	o := feedOf(twoChildren)
	o.Format = csc.Feed{Authority: "846"}
	done, err := loading.Changes(t.Context(), record, &told{}, o)
	var another *loading.AuthorityError
	if !errors.As(err, &another) || another.Authority != "845" || done != nil {
		t.Errorf("%+v, %v", done, err)
	}
}

// childrenWith is a body of children, each of the same content.
func childrenWith(rest string, names ...string) string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = `{"la_child_id": "` + name + `", ` + rest + `}`
	}
	return "[" + strings.Join(list, ",") + "]"
}

func TestMoreDeletionsThanAHandfulADayAskToBeConfirmed(t *testing.T) {
	t.Parallel()
	record := newRecord(t)
	sends := func(body string, confirmed bool) *loading.Fed {
		t.Helper()
		o := feedOf(body)
		o.ConfirmDeleted = confirmed
		done, err := loading.Changes(t.Context(), record, &told{}, o)
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	var children, many []string
	for i := range 90 {
		children = append(children, fmt.Sprint("K", i))
	}
	many = children[40:46]
	const referred, left = `"social_care_episodes": [{"social_care_episode_id": "E1", "referral_date": "2026-03-05"}]`, `"purge": true`
	sends(childrenWith(referred, children...), false)
	sends(childrenWith(`"social_care_episodes": [{"social_care_episode_id": "E0", "referral_date": "2019-03-05", "closure_date": "2020-01-02"}]`, "O1", "O2", "O3"), false)

	if done := sends(childrenWith(left, children[:5]...), false); len(done.RowsRefused) != 0 || done.Voids == 0 {
		t.Errorf("a handful: refused %+v, %d voids", done.RowsRefused, done.Voids)
	}
	// The same again, and children who left the cohort, lose nothing.
	if done := sends(childrenWith(left, append([]string{"O1", "O2", "O3"}, children[:5]...)...), false); len(done.RowsRefused) != 0 || done.Voids != 0 {
		t.Errorf("nothing is lost: refused %+v, %d voids", done.RowsRefused, done.Voids)
	}
	done := sends(childrenWith(left, many...), false)
	if len(done.RowsRefused) != len(many) || done.Voids != 0 || len(done.TakenBack) != 0 || done.ChildrenNotTried != 0 {
		t.Fatalf("more, with those of the day: refused %+v, %d voids, taken back %+v, %d not tried", done.RowsRefused, done.Voids, done.TakenBack, done.ChildrenNotTried)
	}
	if r := done.RowsRefused[1]; r.Child != 2 || r.Element != "purge" || !strings.Contains(r.Reason, "confirm_purge") || strings.Contains(r.Reason, "K4") {
		t.Errorf("refused with %+v", r)
	}
	refused := done.Children[1].Refused
	earlier := store.FedPlace{Reference: many[1], Path: "/child_details", Element: "date_of_birth"}
	if len(refused) != 1 || refused[0].FedPlace != (store.FedPlace{Reference: many[1], Element: "purge"}) || done.Children[1].Settles(earlier) {
		t.Errorf("listed are %+v, and what was refused before is settled: %v", refused, done.Children[1].Settles(earlier))
	}
	done = sends(childrenWith(left, many...), true)
	if len(done.RowsRefused) != 0 || done.Voids == 0 {
		t.Errorf("confirmed: refused %+v, %d voids", done.RowsRefused, done.Voids)
	}
	for _, place := range []store.FedPlace{earlier, refused[0].FedPlace} {
		if !done.Children[1].Settles(place) {
			t.Errorf("confirmed, and there stands still %+v", place)
		}
	}
}
