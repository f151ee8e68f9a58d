package letter

import (
	"fmt"
	"strings"
	"testing"

	"longstop/notify"
)

// combinations are letters that say several notices each, made of the letters that go alone.
func combinations() map[string]*Envelope {
	late := letters["escalation"]
	later := with(late, func(l *Letter) {
		l.NoticeID, l.Due, l.Started, l.DaysLate, l.Missed = "n8", on("2026-12-01"), on("2026-09-28"), 78, []string{"-1wd", "0"}
	})
	local := with(letters["escalation of a local limit"], func(l *Letter) { l.NoticeID = "n9" })
	many := make([]Letter, MaxCombined+20)
	for i := range many {
		many[i] = with(late, func(l *Letter) { l.NoticeID, l.DaysLate = fmt.Sprintf("n%03d", i), 1+i })
	}
	return map[string]*Envelope{
		"combined": {
			NoticeID: "n7f3c2a9e41", Role: "team_manager", Today: on("2027-02-17"), CaseReference: "KX-1042",
			Letters: []Letter{late, later, local, letters["moved"], letters["resolved, done late"]},
		},
		"combined with nothing to do": {
			NoticeID: "n7f3c2a9e41", Role: "team_manager", CaseReference: "KX-1042", PerhapsTwice: true,
			Letters: []Letter{letters["resolved, done late"], letters["resolved, ended"]},
		},
		"combined of more than can be shown": {
			NoticeID: "n7f3c2a9e41", Role: "team_manager", CaseReference: "KX-1042", Letters: many,
		},
	}
}

func TestACombinedLetterIsOfTheKindThatPressesMost(t *testing.T) {
	t.Parallel()
	l := combinations()["combined"]
	if m := l.Message("id@council.example", "a@council.example", "A"); m.Kind != notify.Escalation || m.Notice != l.NoticeID || m.ID != "id@council.example" {
		t.Errorf("%+v", m)
	}
	l.Letters = l.Letters[3:]
	if m := l.Message("id", "a", "A"); m.Kind != notify.Moved {
		t.Errorf("%+v", m)
	}
	if m := combinations()["combined with nothing to do"].Message("id", "a", "A"); m.Kind != notify.Resolved {
		t.Errorf("%+v", m)
	}
}

func TestALimitThatNoLawSetsIsNeverSpokenOfAsABreachInACombinedLetter(t *testing.T) {
	t.Parallel()
	local := letters["escalation of a local limit"]
	l := Envelope{NoticeID: "n1", Role: "team_manager", CaseReference: "KX-1", Letters: []Letter{local, local, local, local}}
	text := strings.ToLower(strings.ReplaceAll(l.Subject()+"\n"+l.Text(), "\n", " "))
	for _, word := range []string{"overdue", "breach", "days late", "unlawful"} {
		if strings.Contains(text, word) {
			t.Errorf("says %q:\n%s", word, text)
		}
	}
	if !strings.Contains(text, "no law sets it") {
		t.Errorf("does not say that no law sets it:\n%s", text)
	}
}
