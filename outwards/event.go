package outwards

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"longstop/api"
	"longstop/store"
)

// Event is a structured CloudEvent 1.0.
type Event struct {
	SpecVersion string    `json:"specversion"`
	ID          string    `json:"id"`
	Source      string    `json:"source"` // the record
	Type        string    `json:"type"`
	Subject     string    `json:"subject,omitempty"` // the key of the case
	Time        time.Time `json:"time"`
	ContentType string    `json:"datacontenttype"`
	Data        any       `json:"data"` // an api.FeedChange
}

const (
	sourcePrefix = "urn:longstop:"
	typePrefix   = "longstop.duty."
	typeTest     = "longstop.test"
	contentType  = "application/cloudevents+json"
)

// eventOf is the event that tells of a change.
func eventOf(item *store.FeedItem) *Event {
	data := api.FeedChangeOf(item, false)
	return &Event{
		SpecVersion: "1.0", ID: item.ID, Source: sourcePrefix + item.Record, Type: typePrefix + string(item.Kind), Subject: item.CaseKey,
		Time: data.Known, ContentType: "application/json", Data: data,
	}
}

// testEvent is an event that tells of nothing.
func testEvent(record, id string, now time.Time) *Event {
	return &Event{
		SpecVersion: "1.0", ID: id, Source: sourcePrefix + record, Type: typeTest, Time: now.UTC().Truncate(time.Second),
		ContentType: "application/json", Data: map[string]string{"kind": "test"},
	}
}

// body is the event as it is sent and signed.
func (e *Event) body() ([]byte, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	err := enc.Encode(e)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

// sign adds the headers of Standard Webhooks 1.0.0: the id, which is the event's, the time of this attempt, and a signature
// for each secret.
func sign(h http.Header, id string, at time.Time, body []byte, secrets []Secret) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	signatures := make([]string, len(secrets))
	for i, secret := range secrets {
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(id + "." + stamp + "."))
		mac.Write(body)
		signatures[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	h.Set("Webhook-Id", id)
	h.Set("Webhook-Timestamp", stamp)
	h.Set("Webhook-Signature", strings.Join(signatures, " "))
}
