// Package loading brings a return of any format into the record: it reads the file twice, once to
// see that it is whole and who is gone from it, and once to record what it says, a batch of children at
// a time, so that memory stays flat however large the county.
//
// The format decides what a row becomes ([intake.Format]), and the record what is accepted.
package loading
