// Package cincensus is the Department for Education's Children in Need census as a format of package
// intake: it reads the XML of a return and says what each element becomes.
//
// # Reading
//
// A return is a file of one authority and one year. [Census.Check] reads all of it and refuses it whole
// where it is broken, so that nothing of it need be written; [Census.Read] then gives one child at a
// time, so that memory stays flat however large the county. Faulty rows are refused one by one, by the
// child's place in the file and never by its id, and the rest of the child is kept.
//
// # Comparing
//
// An episode is one CINdetails. Which episode of the record it is, is found by the date of its referral,
// by what both hold, and by order; of several ways that fit, the one that records the fewest events.
// Its rows are compared by package intake.
//
// Source: the fields of the 2017 to 2026 layouts as in SocialFinanceDigitalLabs/liia-tools-pipeline,
// liiatools/cin_census_pipeline/spec; rule numbers as in data-to-insight/csc-validator-be-cin.
package cincensus
