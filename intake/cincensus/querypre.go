package cincensus

// preProceedingsRules are the validator's rules on PreProceedingsandFGDM, from its pack
// for 2026-27. The items that 9006 to 9013 want in order become events all the same.
var preProceedingsRules = []rule{
	eachPre("9006", "is before PPStartDate", func(p preProceedings) []dated {
		return only(p.letter, p.letter.day < p.start.day)
	}),
	eachPre("9007", "stands without FGDMMeetingOffer", func(p preProceedings) []dated {
		return only(p.letter, !p.fgdmOffered.said())
	}),
	eachPre("9010Q", "stands with an offer of a meeting, without FGDMMeetingFac", func(p preProceedings) []dated {
		return only(p.letter, p.fgdmOffered == yes && !p.fgdmHeld.said())
	}),
	eachPre("9012", "is before StepDecisionDate", func(p preProceedings) []dated {
		return only(p.court, p.court.day < p.step.day)
	}),
	eachPre("9013", "is before CourtAppDate", func(p preProceedings) []dated {
		return only(p.issueLetter, p.issueLetter.day < p.court.day)
	}),
	eachPre("9015Q", "stands without ReviewMeetingsCount", func(p preProceedings) []dated {
		return only(p.meeting, p.reviews == "")
	}),
	eachPre(CodeLayout, "is missing: FGDMMeetingOffer is dated by it, so no offer is loaded", func(p preProceedings) []dated {
		if p.letter.stands() || p.letter.refused || p.fgdmOffered != yes {
			return nil
		}
		return []dated{p.letter}
	}),
}

// eachPre applies a rule to every PreProceedingsandFGDM of an episode.
func eachPre(code, words string, find func(preProceedings) []dated) rule {
	return rule{code, words, func(s scene) []dated {
		var found []dated
		for _, p := range s.pre {
			found = append(found, find(p)...)
		}
		return found
	}}
}
