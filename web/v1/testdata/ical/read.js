// Reads a calendar over HTTP with Mozilla's library, and prints an event a line: its UID, summary, day and version. Where the calendar is not there it prints
// the status.
"use strict";

(async () => {
  const { default: ICAL } = await import("ical.js");
  const answer = await fetch(process.argv[2], { headers: { accept: "text/calendar" } });
  if (answer.status !== 200) {
    console.log(answer.status);
    return;
  }
  const calendar = new ICAL.Component(ICAL.parse(await answer.text()));
  for (const found of calendar.getAllSubcomponents("vevent")) {
    const event = new ICAL.Event(found);
    if (!event.startDate.isDate || event.duration.toSeconds() !== 86400) {
      throw new Error("it is not for all of one day: " + event.uid);
    }
    console.log([event.uid, event.summary, event.startDate.toString(), event.sequence].join("\t"));
  }
})();
