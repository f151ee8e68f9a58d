// Package loading brings a Children in Need census return into the record: it reads the
// file twice, once to see that it is whole and who is gone from it, and once to record
// what it says, a batch of children at a time, so that memory stays flat however large the
// county.
//
// What a return becomes is package cincensus's to say, and what is accepted the record's.
package loading
