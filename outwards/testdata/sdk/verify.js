// Checks messages with the library of Standard Webhooks for JavaScript: a line of JSON each, from standard input. Prints how
// many it took, and fails at the first that it should not have taken or refused.
"use strict";

const { Webhook } = require("standardwebhooks");

// taken returns what the library makes of a message; undefined if it refuses the message.
function taken(secret, body, headers) {
  try {
    return new Webhook(secret).verify(body, headers);
  } catch (refused) {
    return undefined;
  }
}

const lines = require("fs").readFileSync(0, "utf8").trim().split("\n");
for (const line of lines) {
  const { secret, body, headers } = JSON.parse(line);
  const event = taken(secret, body, headers);
  if (!event || event.id !== headers["webhook-id"]) throw new Error("refused: " + headers["webhook-id"]);
  const wrong = {
    "another body": taken(secret, body + " ", headers),
    "another id": taken(secret, body, { ...headers, "webhook-id": "another" }),
    "another time": taken(secret, body, { ...headers, "webhook-timestamp": String(Number(headers["webhook-timestamp"]) + 1) }),
    "another secret": taken("whsec_" + Buffer.alloc(32).toString("base64"), body, headers),
  };
  for (const what in wrong) if (wrong[what]) throw new Error("taken with " + what + ": " + headers["webhook-id"]);
}
console.log(lines.length);
