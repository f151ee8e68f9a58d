package activities

import (
	"context"

	"longstop/pathway"
)

// PlanDuties folds the case of one pathway as of now, and returns what is due to be sent
// and when to wake next.
//
// It may be run many times: it sends nothing, and the record comes to hold the same each
// time. Errors: pathway.ErrTypeUnknown, which is not tried again, and pathway.ErrTypeRecord.
func (a *Activities) PlanDuties(ctx context.Context, r pathway.PlanRequest) (pathway.Planned, error) {
	planned, err := a.Record.Plan(ctx, r.CaseKey, r.Pathway)
	if err != nil {
		return pathway.Planned{}, a.recordError("plan", err)
	}
	return planned, nil
}

// ReportFault notes in the record that a pathway stands still, so that every list and
// summary shows it, and raises an alarm in the log.
//
// It may be run many times: the note is the same one, and the alarm is wanted.
// Errors: pathway.ErrTypeUnknown, which is not tried again, and pathway.ErrTypeRecord.
func (a *Activities) ReportFault(ctx context.Context, r pathway.FaultReport) error {
	a.Log.Error().Str("case", r.CaseKey).Str("pathway", r.Pathway).Str("reason", r.Reason).
		Msg("a pathway could not do what is due; it will be tried again within the hour")
	if err := a.Record.Faulted(ctx, r.CaseKey, r.Pathway, r.Reason); err != nil {
		return a.recordError("note the fault", err)
	}
	return nil
}
