package sample

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"

	"longstop/calendar"
)

// The elements of a return, in the order that the 2026 layout demands: reference
// CIN_schema_2026.xsd, and PreProceedingsandFGDM as the rule pack of 2026-27 has it. An
// element that is empty is left out. Each group is a struct of its own, field by field: they are alike
// because the layout is.

type xmlChild struct {
	XMLName         xml.Name     `xml:"Child"`
	ID              string       `xml:"ChildIdentifiers>LAchildID"`
	UPNUnknown      string       `xml:"ChildIdentifiers>UPNunknown"`
	Birth           string       `xml:"ChildIdentifiers>PersonBirthDate,omitempty"`
	Expected        string       `xml:"ChildIdentifiers>ExpectedPersonBirthDate,omitempty"`
	Sex             string       `xml:"ChildIdentifiers>Sex"`
	Ethnicity       string       `xml:"ChildCharacteristics>Ethnicity"`
	Disabilities    []string     `xml:"ChildCharacteristics>Disabilities>Disability"`
	ChildInNeedWork []xmlEpisode `xml:"CINdetails"`
}

type xmlEpisode struct {
	Referral    string          `xml:"CINreferralDate"`
	Source      string          `xml:"ReferralSource"`
	Need        string          `xml:"PrimaryNeedCode,omitempty"`
	Closure     string          `xml:"CINclosureDate,omitempty"`
	Reason      string          `xml:"ReasonForClosure,omitempty"`
	Transfer    string          `xml:"DateOfInitialCPC,omitempty"`
	Assessments []xmlAssessment `xml:"Assessments"`
	InNeed      []xmlInNeed     `xml:"CINPlanDates"`
	Enquiries   []xmlEnquiry    `xml:"Section47"`
	NoAction    string          `xml:"ReferralNFA"`
	Protection  []xmlProtection `xml:"ChildProtectionPlans"`
	PreCourt    []xmlPreCourt   `xml:"PreProceedingsandFGDM"`
}

type xmlAssessment struct {
	Start      string      `xml:"AssessmentActualStartDate"`
	Authorised string      `xml:"AssessmentAuthorisationDate,omitempty"`
	Factors    *xmlFactors `xml:"FactorsIdentifiedAtAssessment"`
}

type xmlFactors struct {
	List []string `xml:"AssessmentFactors"`
}

type xmlInNeed struct {
	Start string `xml:"CINPlanStartDate"`
	End   string `xml:"CINPlanEndDate,omitempty"`
}

type xmlEnquiry struct {
	Start      string `xml:"S47ActualStartDate"`
	Target     string `xml:"InitialCPCtarget,omitempty"`
	Conference string `xml:"DateOfInitialCPC,omitempty"`
	NotNeeded  string `xml:"ICPCnotRequired"`
}

type xmlProtection struct {
	Start    string      `xml:"CPPstartDate"`
	End      string      `xml:"CPPendDate,omitempty"`
	First    string      `xml:"InitialCategoryOfAbuse"`
	Latest   string      `xml:"LatestCategoryOfAbuse"`
	Previous int         `xml:"NumberOfPreviousCPP"`
	Reviews  *xmlReviews `xml:"Reviews"`
}

type xmlReviews struct {
	List []string `xml:"CPPreviewDate"`
}

type xmlPreCourt struct {
	Start       string `xml:"PPStartDate"`
	Letter      string `xml:"LBPSentDate,omitempty"`
	Offered     string `xml:"FGDMMeetingOffer,omitempty"`
	Held        string `xml:"FGDMMeetingFac,omitempty"`
	Meeting     string `xml:"InitialPPMeetingDate,omitempty"`
	Reviews     string `xml:"ReviewMeetingsCount,omitempty"`
	Decision    string `xml:"StepDecisionDate,omitempty"`
	Outcome     string `xml:"PPOutcome,omitempty"`
	Court       string `xml:"CourtAppDate,omitempty"`
	CourtLetter string `xml:"LetterInitCPDate,omitempty"`
}

func childElement(f frame, c *child, episodes []episode) xmlChild {
	x := xmlChild{
		ID: c.id, UPNUnknown: c.noUPN, Birth: c.birth.String(), Expected: c.expected.String(),
		Sex: c.sex, Ethnicity: c.ethnicity, Disabilities: c.disabilities,
	}
	for i := range episodes {
		x.ChildInNeedWork = append(x.ChildInNeedWork, episodeElement(f, &episodes[i]))
	}
	return x
}

func episodeElement(f frame, e *episode) xmlEpisode {
	x := xmlEpisode{
		Referral: e.referral.String(), Source: e.source, Need: e.need, Closure: e.closure.String(), Reason: e.reason,
		Transfer: e.transfer.String(), NoAction: yesNo(e.noAction),
	}
	for _, a := range e.assessments {
		x.Assessments = append(x.Assessments, assessmentElement(a))
	}
	for _, p := range e.inNeed {
		x.InNeed = append(x.InNeed, xmlInNeed{p.start.String(), p.end.String()})
	}
	for _, q := range e.enquiries {
		x.Enquiries = append(x.Enquiries, enquiryElement(f, q))
	}
	for i := range e.protection {
		x.Protection = append(x.Protection, protectionElement(&e.protection[i]))
	}
	for i := range e.preCourt {
		x.PreCourt = append(x.PreCourt, preCourtElement(&e.preCourt[i]))
	}
	return x
}

func assessmentElement(a assessment) xmlAssessment {
	x := xmlAssessment{Start: a.start.String(), Authorised: a.authorised.String()}
	if len(a.factors) > 0 {
		x.Factors = &xmlFactors{a.factors}
	}
	return x
}

// conferenceWithin is the limit of an initial conference: Working Together, 15 working days
// from the strategy discussion.
const conferenceWithin = 15

func enquiryElement(f frame, q enquiry) xmlEnquiry {
	x := xmlEnquiry{
		Start: q.start.String(), Conference: q.conference.String(), NotNeeded: yesNo(!q.notNeeded.IsZero()),
	}
	if q.notNeeded.IsZero() {
		x.Target = f.wd(q.start, conferenceWithin).String()
	}
	return x
}

func protectionElement(p *protectionPlan) xmlProtection {
	x := xmlProtection{
		Start: p.start.String(), End: p.end.String(), First: p.first, Latest: p.latest, Previous: p.previous,
	}
	if len(p.reviews) > 0 {
		x.Reviews = &xmlReviews{written(p.reviews)}
	}
	return x
}

func written(days []calendar.Date) []string {
	list := make([]string, len(days))
	for i, d := range days {
		list[i] = d.String()
	}
	return list
}

// preCourtElement says of the offer once the letter has gone, of the meeting once it was
// offered, and of reviews once there was a first meeting.
func preCourtElement(p *preProceedings) xmlPreCourt {
	x := xmlPreCourt{
		Start: p.start.String(), Letter: p.letter.String(), Meeting: p.meeting.String(), Decision: p.decision.String(),
		Outcome: p.outcome, Court: p.court.String(), CourtLetter: p.courtLetter.String(),
	}
	if !p.letter.IsZero() {
		x.Offered = yesNo(p.offered)
	}
	if !p.letter.IsZero() && p.offered {
		x.Held = yesNo(p.held)
	}
	if !p.meeting.IsZero() {
		x.Reviews = strconv.Itoa(len(p.reviews))
	}
	return x
}

func yesNo(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// authority is no authority's code, and software says that no system made the file.
const (
	authority = "999"
	software  = "Longstop sample"
)

type xmlHeader struct {
	XMLName       xml.Name `xml:"Header"`
	Collection    string   `xml:"CollectionDetails>Collection"`
	Year          string   `xml:"CollectionDetails>Year"`
	ReferenceDate string   `xml:"CollectionDetails>ReferenceDate"`
	SourceLevel   string   `xml:"Source>SourceLevel"`
	LEA           string   `xml:"Source>LEA"`
	SoftwareCode  string   `xml:"Source>SoftwareCode"`
	Release       string   `xml:"Source>Release"`
	SerialNo      string   `xml:"Source>SerialNo"`
	DateTime      string   `xml:"Source>DateTime"`
}

// madeAt is the hour, in London, at which the return is made; the feed was pushed before.
const madeAt = 5

func (s *Sample) header() xmlHeader {
	return xmlHeader{
		Collection: "CIN", Year: strconv.Itoa(s.f.collectionYear()), ReferenceDate: s.f.ref.String(),
		SourceLevel: "L", LEA: authority, SoftwareCode: software, Release: "1", SerialNo: "001",
		DateTime: s.f.day.String() + fmt.Sprintf("T%02d:00:00", madeAt),
	}
}

// WriteReturn writes the Children in Need census return, in XML. The error is the writer's.
func (s *Sample) WriteReturn(w io.Writer) error {
	buffered := bufio.NewWriterSize(w, 64<<10)
	if _, err := buffered.WriteString(xml.Header); err != nil {
		return err
	}
	x := xml.NewEncoder(buffered)
	x.Indent("", "  ")
	if err := s.encodeMessage(x); err != nil {
		return err
	}
	if err := x.Close(); err != nil {
		return err
	}
	if err := buffered.WriteByte('\n'); err != nil {
		return err
	}
	return buffered.Flush()
}

func (s *Sample) encodeMessage(x *xml.Encoder) error {
	message, children := element("Message"), element("Children")
	about := xml.Comment(" Invented. Nothing in this file is about a real child, family or council. ")
	if err := encodeTokens(x, message, about); err != nil {
		return err
	}
	if err := x.Encode(s.header()); err != nil {
		return err
	}
	if err := encodeTokens(x, children); err != nil {
		return err
	}
	for fam := range s.families() {
		for i := range fam.children {
			if err := x.Encode(childElement(s.f, &fam.children[i], fam.episodes)); err != nil {
				return err
			}
		}
	}
	return encodeTokens(x, children.End(), message.End())
}

func element(name string) xml.StartElement { return xml.StartElement{Name: xml.Name{Local: name}} }

func encodeTokens(x *xml.Encoder, tokens ...xml.Token) error {
	for _, t := range tokens {
		if err := x.EncodeToken(t); err != nil {
			return err
		}
	}
	return nil
}
