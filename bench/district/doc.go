// Package district lets a district of children live through some months, and counts what its workers and managers are told.
//
// The children, and all that happens with them, are invented by internal/sample from the published distributions; seeds and
// sizes are flags. The record is a real one in Postgres, and what plans, claims, gathers and sends are the worker's own
// activities. Only Temporal is not there: a pathway's workflow is a timer that runs PlanDuties at the wake that the record
// names and then an activity for each notice, so the clock here goes from wake to wake, and does the same. Nothing waits
// for the wall, and the same flags give the same figures.
//
// Three times the same months: with trays, with each notice in a message of its own, and with trays and a day on which nothing
// runs. `make district` prints the figures; the ordinary tests live through two weeks of a small one.
package district
