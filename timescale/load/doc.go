// Package load reads rule packs and overlays from YAML.
//
// It is strict: what it does not know it refuses, with the file, the line and the rule,
// and it reports every fault that it finds rather than the first. What a pack means is
// said in docs/rules.md, how it is written in docs/rule-language.md. Conditions are data,
// not expressions: docs/decisions/0001-conditions-as-data.md says why.
package load
