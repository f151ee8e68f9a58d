package cincensus

import (
	"testing"

	"longstop/calendar"
	"longstop/casework"
	"longstop/timescale/load"
	"longstop/timescale/packs"
)

// TestTheVocabularyAcceptsWhatAReturnBecomes records each sample, one that changed, and
// one in which everything is gone, and lets the shipped pack judge every event.
func TestTheVocabularyAcceptsWhatAReturnBecomes(t *testing.T) {
	t.Parallel()
	files, err := load.FS(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	pack, err := load.Files(files)
	if err != nil {
		t.Fatal(err)
	}
	book := casework.NewBook(pack, calendar.Published())
	everything := kid("K",
		details(referral("2025-05-01"), closure("2025-12-01"), el(elClosureReason, "RC7"), assessed("2025-05-02", "2025-06-20"),
			section47("2025-05-05", conference("2025-05-20")), section47("2025-07-05", el(elNotRequired, "1")), protected("2025-05-20", "2025-11-03", "2025-08-01"),
			in("CINPlanDates", el(elCINPlanStart, "2025-11-03"), el(elCINPlanEnd, "2025-12-01")),
			in("PreProceedingsandFGDM", el(elPPStart, "2025-08-06"), el(elLetter, "2025-08-12"), el(elFGDMOffer, "1"), el(elPPMeeting, "2025-08-21"),
				el(elStep, "2025-11-02"), el(elPPOutcome, "B"), el(elCourt, "2025-11-09"))),
		details(referral("2026-01-05"), el(elNFA, "1")))
	moved := kid("K", details(referral("2025-05-02"), closure("2025-12-02"), el(elClosureReason, "RC5"), assessed("2025-05-03", ""), protected("2025-05-21", "")))
	texts := map[string][]string{"changes": {
		message("2026-03-31", everything, unborn("L", "2026-08-01", details(referral("2026-03-01")))),
		message("2026-03-31", moved, unborn("L", "2026-08-09", details(referral("2026-03-02")))),
		message("2026-03-31", everything), message("2026-03-31", kid("M")), message("2026-03-31", everything),
	}}
	for _, name := range samples {
		texts[name] = []string{string(sample(t, name))}
	}
	for name, returns := range texts {
		var l ledger
		for _, text := range returns {
			l.load(t, text)
		}
		for reference, held := range l.held {
			accepted, refused := book.Accept(held)
			if len(refused) > 0 || len(accepted) != len(held) {
				t.Errorf("%s: %d of %d events of %s are accepted: %v", name, len(accepted), len(held), reference, refused)
			}
		}
	}
}
