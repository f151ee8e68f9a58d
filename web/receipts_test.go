package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"longstop/internal/pgtest"
	"longstop/internal/program"
)

// receipt is a receipt of GOV.UK Notify, with its reference and its status to be filled in.
const receipt = `{"id":"740e5834-3a29-46b4-9a6f-16142fde533a","reference":"REFERENCE","to":"ada@council.example","status":"STATUS",
	"created_at":"2026-11-30T09:00:00.000000Z","completed_at":null,"sent_at":null,"notification_type":"email",
	"template_id":"f33517ff-2a88-4f6e-b855-c550268ce08a","template_version":1}`

func TestReceiptsOfGOVUKNotifyAreTakenWhereATokenIsSet(t *testing.T) {
	const token, delivery = "a-token-of-receipts", "6f1d3a52-0c1e-4b0b-9f0a-2a3b4c5d6e7f"
	database := pgtest.Database(t)
	web := start(t, map[string]string{program.Database: database, "LONGSTOP_NOTIFY_RECEIPT_TOKEN": token})
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, statement := range []string{
		`insert into deliveries (id, holds, state, message_id, recipient, attempts) values ('` + delivery + `', 'notices', 'sent', 'a@b', 'W1', 1)`,
		`insert into delivery_attempts (delivery, n, recipient, address, state, channel) values ('` + delivery + `', 1, 'W1', 'ada@council.example', 'sent', 'govuknotify')`,
	} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		token, reference, status string
		want                     int
		kept                     string
	}{
		{token + "!", delivery + ".1", "delivered", http.StatusUnauthorized, ""},
		{token, delivery + ".1", "sending", http.StatusNoContent, "delayed"},
		{token, delivery + ".1", "delivered", http.StatusNoContent, "delivered"},
		{token, delivery + ".1", "sending", http.StatusNoContent, "delivered"},
		{token, delivery + ".2", "delivered", http.StatusNoContent, "delivered"},
		{token, "of another program", "delivered", http.StatusNoContent, "delivered"},
	} {
		body := strings.NewReplacer("REFERENCE", c.reference, "STATUS", c.status).Replace(receipt)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+web.address+"/notify/receipts", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+c.token)
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if text := read(t, answer); answer.StatusCode != c.want {
			t.Errorf("%+v: %d %s", c, answer.StatusCode, text)
		}
		var kept string
		if err := conn.QueryRow(t.Context(), `select reported from delivery_attempts`).Scan(&kept); err != nil || kept != c.kept {
			t.Errorf("%+v: it is kept as %q: %v", c, kept, err)
		}
	}
	web.stop()
	if said := <-web.ended; !strings.Contains(said, "exit code 0") || strings.Contains(said, token) || strings.Contains(said, "ada@") {
		t.Error(said)
	}
}

func TestWithoutATokenNobodyTakesReceipts(t *testing.T) {
	web := start(t, map[string]string{program.Database: pgtest.Database(t)})
	answer, err := http.Post("http://"+web.address+"/notify/receipts", "application/json", strings.NewReader(receipt)) //nolint:noctx // it ends with the test
	if err != nil {
		t.Fatal(err)
	}
	if text := read(t, answer); answer.StatusCode != http.StatusNotFound {
		t.Errorf("%d %s", answer.StatusCode, text)
	}
	web.stop()
	<-web.ended
}
