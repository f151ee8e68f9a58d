package pathway

// Activity is the name under which an activity is registered and recorded in every history,
// with what it takes and what it returns.
type Activity[In, Out any] string

// None is what an activity returns that returns nothing but an error.
type None struct{}

// The activities. PlanDuties, NotifyWorker and EscalateToManager are a pathway's work;
// ReportFault notes that one of them failed; SendList delivers the list of a BacklogList; FindTrays and SendTray
// are the work of a Post.
const (
	PlanDuties        Activity[PlanRequest, Planned] = "PlanDuties"
	NotifyWorker      Activity[Notice, Sent]         = "NotifyWorker"
	EscalateToManager Activity[Notice, Sent]         = "EscalateToManager"
	ReportFault       Activity[FaultReport, None]    = "ReportFault"
	SendList          Activity[ListRequest, Sent]    = "SendList"
	FindTrays         Activity[None, TraysFound]     = "FindTrays"
	SendTray          Activity[TrayRequest, Sent]    = "SendTray"
)

// The types of the activities' errors, as retry policies and the Temporal UI name them.
const (
	// ErrTypeRecord: the record could not be reached or could not answer. Tried again.
	ErrTypeRecord = "RecordUnavailable"
	// ErrTypeChannel: the channel could not take the message just now. Tried again.
	ErrTypeChannel = "ChannelUnavailable"
	// ErrTypeClock: the clocks of the worker and of the database differ. Tried again, by
	// whichever worker comes first.
	ErrTypeClock = "ClocksApart"
	// ErrTypeRefused: the channel refused the recipient, and that is not believed, or not yet.
	// Tried again.
	ErrTypeRefused = "RecipientRefused"
	// ErrTypeBusy: another attempt is sending the same notice. Tried again: once that one's
	// time is up, it is taken over.
	ErrTypeBusy = "NoticeBusy"
	// ErrTypeUnknown: the record has no such pathway, notice or list. Not tried again.
	ErrTypeUnknown = "NotInRecord"
	// ErrTypeCaseFault: the case cannot be worked out, and is put aside in the record. Not
	// tried again at once: the pathway shows it, and tries within the hour.
	ErrTypeCaseFault = "CaseFault"
	// ErrTypeRoutes: a notice was routed upwards more often than there are roles, which
	// is a fault of the program. Not tried again.
	ErrTypeRoutes = "TooManyRoutes"
)

// NotRetried lists the types of errors that trying again does not mend.
func NotRetried() []string { return []string{ErrTypeUnknown, ErrTypeRoutes} }
