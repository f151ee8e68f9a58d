package store_test

import (
	"slices"
	"strings"
	"testing"

	"longstop/casework"
	"longstop/internal/pgtest"
)

// logOf is what the log holds of a column of the one notice, in the order of the changes.
func (r *record) logOf(column string) []string {
	r.t.Helper()
	return r.column(`select coalesce(became ->> $1, '') from notice_log where attempt is null and became ? $1 order by seq`, column)
}

func TestEveryChangeOfANoticeIsKept(t *testing.T) {
	t.Parallel()
	r := withNotice(t)
	// A delivery is begun closed, and claimed in the same transaction.
	if got := r.logOf("state"); !slices.Equal(got, []string{"due", "claimed", "enclosed", "sending", "sent"}) {
		t.Errorf("states: %v", got)
	}
	equal(t, "who was told", r.logOf("recipient")[1], "W1")
	if got := r.column(`select became ->> 'state' from notice_log where attempt = 1 and became ? 'state' order by seq`); !slices.Equal(got, []string{"sending", "sent"}) {
		t.Errorf("states of the attempt: %v", got)
	}
	equal(t, "the letter's digest", r.logOf("letter")[len(r.logOf("letter"))-1],
		r.column(`select encode(sha256(convert_to(letter::text, 'UTF8')), 'hex') from deliveries`)[0])
	equal(t, "of what notice", r.column(`select distinct notice::text from notice_log`)[0], r.column(`select id::text from notices`)[0])
	has(t, "who wrote them", r.column(`select distinct login from notice_log`)[0], "longstop_app")
}

func TestANoticeThatIsRewrittenByHandKeepsWhatItSaid(t *testing.T) {
	t.Parallel()
	r := withNotice(t)
	said := r.column(`select letter::text from deliveries`)[0]
	refusal := session(t, pgtest.AsApp(t, r.url))
	// The role of the programs may do this; what it cannot do is hide it.
	equal(t, "rewriting", refusal(`update deliveries set state = 'not_sent', recipient = '', sent_at = null, letter = '{"text": "other"}'`), "")
	equal(t, "a change of nothing", refusal(`update deliveries set state = 'not_sent'`), "")
	last := r.column(`select became::text || coalesce(replaced::text, '') from notice_log where attempt is null order by seq desc limit 1`)[0]
	for _, part := range []string{`"state": "not_sent"`, `"recipient": ""`, `"sent_at": null`, said} {
		has(t, "the last change", last, part)
	}
	if got := r.logOf("state"); !slices.Equal(got, []string{"due", "claimed", "enclosed", "sending", "sent", "not_sent"}) {
		t.Errorf("states: %v", got)
	}
}

func TestAColumnThatIsAddedToNoticesLaterIsInTheirHistoryToo(t *testing.T) {
	t.Parallel()
	r := withNotice(t)
	if err := r.exec(`alter table notices add column carried text not null default ''`); err != nil {
		t.Fatal(err)
	}
	if err := r.exec(`update notices set carried = 'by hand'`); err != nil {
		t.Fatal(err)
	}
	if got := r.logOf("carried"); !slices.Equal(got, []string{"by hand"}) {
		t.Errorf("carried: %v", got)
	}
}

// What cannot be read of a log is not left out of what was known.
func TestALogThatCannotBeReadExplainsNothing(t *testing.T) {
	t.Parallel()
	r := withNotice(t)
	then := casework.At(london("2026-11-25 10:00"))
	if x, err := r.Explain(t.Context(), r.key("C1"), then); err != nil || len(x.Notices) != 1 {
		t.Fatalf("%+v, %v", x, err)
	}
	if err := r.exec(`insert into notice_log (notice, at, login, added, became) select id, now(), 'x', false, '{"claimed_at": 7}' from notices`); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Explain(t.Context(), r.key("C1"), then); err == nil || !strings.Contains(err.Error(), "reading the log of notices") {
		t.Errorf("got %v", err)
	}
}
