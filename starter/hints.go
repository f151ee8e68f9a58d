package main

import (
	"longstop/report"
	"longstop/service"
)

// hints say after the text of a refusal what to type next.
var hints = map[service.Code]string{
	service.UnknownCase:       ": 'starter duties' lists the cases",
	service.UnknownDuty:       ": 'starter duties' lists them",
	service.UnknownEvent:      ": 'starter events CASE' shows what it holds of a case",
	service.UnknownTimescale:  ": 'starter rules' lists them",
	service.SeveralCases:      ": give the source with --source, or more of the key",
	service.SeveralSources:    ": say which with --source",
	service.SeveralEvents:     ": 'starter record' takes it",
	service.ListNotice:        ": 'starter explain CASE REF' explains each",
	service.OtherSource:       " with --source",
	service.UnknownAttachment: ": 'starter attach --list' shows those that do",
	service.OtherAttachment:   ": 'starter attach --list' shows those that stand",
	service.ClocksUnfollowed:  ": name those event types too, or say --confirm-unreported; --dry-run shows them. Nothing was written",
	service.LimitHangsOnMore:  ". 'starter plan' works it out from a case's events",
	service.UnknownKey:        ": 'starter keys list' lists them",
	service.NothingToCorrect:  ": --at, --set KEY=VALUE, --unset KEY, --episode or --type",
}

// nextSteps say in the answers for people what to type next.
var nextSteps = report.Hints{
	report.ToList:           "--list names every timescale; 'starter adopt' puts this law in force.",
	report.ToRestate:        "'starter adopt' does that only with --restate-the-past.",
	report.ToOverdue:        "'starter adopt' does that only with --confirm-overdue.",
	report.BeforeOverdue:    "First record what was done about them ('starter record'), or say with 'starter attach' what the sources report: what none of them reports is not called overdue.",
	report.RestateMeant:     "If the past is meant as well, adopt it with --restate-the-past, which is kept with the reason and the name; 'starter what-if --list' names the timescales.",
	report.OverdueMeant:     "To adopt it all the same, say --confirm-overdue; 'starter what-if --list' names the timescales.",
	report.ExplainMoved:     "'starter explain CASE REF' says of each date when it moved, why, and who adopted the law.",
	report.WhyPutAside:      ": 'starter duties' says why",
	report.AllChanges:       ": --json lists them all",
	report.CasesAttached:    "What single cases have, 'starter events CASE' shows.",
	report.UnsetRules:       " ('starter rules --unset')",
	report.OneRule:          "'starter rules REF' shows one with its source, what starts it, what it asks for, and who is told.",
	report.TemplateOfUnset:  "'starter rules --unset --template' writes an overlay with these commented out, to choose from.",
	report.EachQuery:        "; --queries lists them row by row",
	report.ChildrenByID:     "(--show-ids names the children by their LAchildID as well)",
	report.RotateKeys:       "'starter keys rotate KEY' makes another, and keeps the old one good for a while.",
	report.UsesOfKey:        "'starter audit --key KEY' shows what was done by it.",
	report.RebuildAfterMend: "Run 'starter rebuild' now, so that everything goes by the right time.",
}
