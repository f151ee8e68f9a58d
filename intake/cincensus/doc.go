// Package cincensus reads the Department for Education's Children in Need census return
// and turns it into the events of a case.
//
// It is pure: no clock, context, SQL or Temporal. It imports the standard library,
// longstop/casework, longstop/calendar, longstop/names and the decoders of golang.org/x/text.
//
// # Reading
//
// A return is a file of one authority and one year. [Check] reads all of it and refuses
// it whole where it is broken, so that nothing of it need be written; [Read] then gives
// one [Child] at a time, so that memory stays flat however large the county. Faulty rows
// are refused one by one, by the child's place in the file and never by its id, and the
// rest of the child is kept.
//
// # Loading
//
// [Load.Compare] compares what the record holds of one child from this source with what the
// return says, and gives the events to record: new ones, corrections and voids; and with them
// what is taken back, and what is kept though the return does not bear it out, since a row that
// was refused takes nothing back. The same return twice gives nothing. [Load.Absent] does the
// same for a child that the return does not hold. [GivesWay] says when
// an inferred event gives way to a real one.
//
// # How a row is known again
//
// Every event carries the name of its element in data.element, and an id made of a hash
// and what happened since:
//
//	cin-aaaaaaaaaaaaaaaa        the row, when it was first seen
//	cin-aaaaaaaaaaaaaaaa+c1     its first correction; +ca10 is the tenth, +cb100 the hundredth
//	cin-aaaaaaaaaaaaaaaa+v      the row is gone
//	cin-aaaaaaaaaaaaaaaa+r      it is back: a new entry
//	cin-aaaaaaaaaaaaaaaa+i      the inferred event beside it, which moves with it
//
// Ids of this form are the return's own. What people correct or void by hand has ids of
// another form, and stands until the return itself says something new.
//
// Source: the fields of the 2017 to 2026 layouts as in SocialFinanceDigitalLabs/liia-tools-pipeline,
// liiatools/cin_census_pipeline/spec; rule numbers as in data-to-insight/csc-validator-be-cin.
package cincensus
