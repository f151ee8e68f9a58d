package sample

import "time"

// The published distributions, England. Crown copyright, Open Government Licence v3.0.
// Weights are the published numbers, so they need not add up to anything.

// assessmentDays is how long assessments take, in working days: DfE, Children in need
// 2025, table C2. The published table has bins; within 41 to 45 the weight rises towards
// the last day, as a deadline makes it, and the 61 and more are drawn by longAssessment.
var assessmentDays = weighted[span]{
	{11680, span{0, 0}},
	{75590, span{1, 10}},
	{112180, span{11, 20}},
	{102260, span{21, 30}},
	{131380, span{31, 40}},
	{122730 * 0.16, span{41, 41}},
	{122730 * 0.17, span{42, 42}},
	{122730 * 0.20, span{43, 43}},
	{122730 * 0.22, span{44, 44}},
	{122730 * 0.25, span{45, 45}},
	{37640, span{46, 50}},
	{27860, span{51, 60}},
	{27500, longAssessment},
}

// longAssessment stands for the open-ended bin, 61 working days and more.
var longAssessment = span{61, 61}

// conferenceDays is the working days from the start of a section 47 enquiry to the initial
// conference: table C4, 2025. Within 11 to 15 the weights give the published quartiles 13,
// 14 and 15.
var conferenceDays = weighted[span]{
	{6240, span{4, 10}},
	{52430 * 0.06, span{11, 11}},
	{52430 * 0.12, span{12, 12}},
	{52430 * 0.24, span{13, 13}},
	{52430 * 0.31, span{14, 14}},
	{52430 * 0.27, span{15, 15}},
	{6430, span{16, 20}},
	{6990, span{21, 38}},
}

// planDays is how long child protection plans last, in days: table D7, 2025. The last bin
// is open; plans of over three years are rare.
var planDays = weighted[span]{
	{9920 * 0.35, span{20, 70}},
	{9920 * 0.65, span{71, 90}}, // they end at the first review, which is due at three months
	{6880, span{93, 180}},
	{27110, span{186, 360}},
	{15680 * 0.6, span{368, 530}},
	{15680 * 0.4, span{531, 726}},
	{2710, span{733, 1200}},
}

// referralsInMonth is how many referrals England had in each month: table C6, year ending
// March 2024.
var referralsInMonth = map[time.Month]float64{
	time.April: 43340, time.May: 55680, time.June: 58690, time.July: 51880, time.August: 44080, time.September: 54090,
	time.October: 55710, time.November: 55790, time.December: 45150, time.January: 54670, time.February: 50870,
	time.March: 51940,
}

const (
	// noPlanAtConference: 61,840 plans started from 72,100 conferences (tables D1 and C4, 2025).
	noPlanAtConference = 0.14
	// reviewLate is the chance that one review is late. With two to three reviews a plan,
	// nine children in ten have had all of theirs in time (table D6, 2024: 89.8 %).
	reviewLate = 0.058
	// weekendReferrals: most come on working days; the emergency duty team takes the rest.
	weekendReferrals = 0.06
)
