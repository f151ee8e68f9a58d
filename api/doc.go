// Package api is the JSON of the outside world: the rows and answers that commands print with --json and that an
// HTTP API returns. Each thing has one shape. Dates are YYYY-MM-DD, instants UTC to the second; what does not apply,
// and what is false, is left out unless docs/commands.md says otherwise. Scripts rely on every name: fields are
// added and never renamed.
//
// Fields without a name in JSON are for whoever puts an answer into words.
package api
