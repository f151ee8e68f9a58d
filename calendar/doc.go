// Package calendar counts days the way the law of England counts them.
//
// It holds three things: [Date], a civil date that is never a duration; the
// conversion between instants and dates in London; and [Calendar], the working
// days of England and Wales from one edition of the published bank holidays.
// It imports the standard library only, reads no clock, and everything in it
// is safe for use by several goroutines at once.
//
// # How days are counted
//
//   - "Within N days of" an event leaves the event's day out: it is day 0
//     (Lester v Garland, 1808). "Beginning with" a day counts it: that is one
//     day less, which the caller writes as N-1.
//   - Months and years end on the corresponding date (Dodds v Walker, 1981;
//     "month" is a calendar month by the Interpretation Act 1978, Schedule 1).
//     Where the month has no such date they end on its last day.
//   - A working day is Monday to Friday less the bank holidays of England and
//     Wales: those of the Banking and Financial Dealings Act 1971, those
//     proclaimed under it, Good Friday and Christmas Day.
//   - Nothing is rolled forward: a limit in days, weeks or months that ends on
//     a Sunday ends on that Sunday.
//
// # Years that have not been published
//
// Outside the years of the published file a calendar follows the standing
// rules, alike for every such year: the eight bank holidays of today with
// their substitute days. One-off holidays and the years in which single
// holidays were introduced or moved are not modelled there. That is why a
// count touching such a year is provisional: see [Calendar.Provisional].
//
// # The published file
//
// The embedded bank-holidays.json holds the bank holidays of England and Wales
// that GOV.UK has published for the years 2012 to 2028, in the shape of its own
// file. Crown copyright: it contains public sector information licensed under
// the Open Government Licence v3.0.
package calendar
