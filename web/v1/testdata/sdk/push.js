// Pushes events with the CloudEvents SDK for JavaScript, in each mode, and prints what is answered: a line of JSON each.
"use strict";

const { CloudEvent, HTTP } = require("cloudevents");

const [url, key] = process.argv.slice(2);

const event = (id, type, at, more) =>
  new CloudEvent({ id, source: "case-system", type, subject: "C1", at, data: {}, ...more });

const planned = event("p1", "cp_plan.started", "2026-09-01");
const seen = event("v1", "cp_visit.made", "2026-09-10", { data: { seen: true }, by: "Ada Example" });
const later = new CloudEvent({
  id: "v2", source: "case-system", type: "cp_visit.made", subject: "C1", time: "2026-09-20T10:30:00.000Z", data: { seen: true },
});
const wrong = event("v2-v", "cp_visit.made", "2026-11-02", { data: { reason: "another child" }, voids: "v2" });
const formed = new CloudEvent({ id: "t1", source: "case-system", type: "team.formed", at: "2026-09-01", data: { team: "T1", director: "D1" } });

// What a source reports of one case.
const attached = event("a1", "source.attached", "2026-09-01", {
  data: { reports: ["cp_plan.started", "cp_visit.made"], from: "2026-09-01" },
});

// The SDK reads batches and writes none: a batch is a list of events in structured mode.
const batch = (...events) => ({
  headers: { "content-type": "application/cloudevents-batch+json; charset=utf-8" }, body: JSON.stringify(events),
});

async function send(message) {
  const answer = await fetch(url, { method: "POST", headers: { ...message.headers, authorization: "Bearer " + key }, body: message.body });
  console.log(JSON.stringify({ status: answer.status, items: (await answer.json()).items.map((i) => i.outcome) }));
}

(async () => {
  await send(HTTP.structured(planned));
  await send(HTTP.binary(seen));
  await send(batch(planned, seen, later, wrong, formed));
  await send(batch(planned, seen, later, wrong, formed));
  await send(HTTP.structured(event("p1", "cp_plan.started", "2026-09-02")));
  await send(HTTP.structured(attached));
  await send(HTTP.binary(attached));
})();
