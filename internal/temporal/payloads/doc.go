// Package payloads seals what Longstop hands to Temporal, so that whoever holds Temporal's
// databases, a cloud's operator among them, cannot read it: the inputs and results of
// workflows and activities, signals, queries, heartbeats, failures, and the summaries and
// details that the Temporal UI shows.
//
// Search attributes, workflow ids, the names of workflow and activity types and of task
// queues, and when things happen, are never sealed: Temporal itself works with them. So they
// hold no name and no reference of a child.
//
// It keeps readers out, not writers: a payload that is in the clear is taken as it is, since
// runs began before there was a key.
package payloads
