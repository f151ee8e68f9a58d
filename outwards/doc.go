// Package outwards tells a council's systems what changed: webhooks, as Standard Webhooks 1.0.0 around a CloudEvent.
//
// What is told is written with what changes (store/changes.go), and waits in the record (store/receivers). A Sender takes
// it from there: at least once, of each case in order. A message is thin: keys that mean nothing elsewhere, the timescale, its
// dates and how it stands. Who needs to know more asks, with a key of the API, and that is on the audit.
package outwards
