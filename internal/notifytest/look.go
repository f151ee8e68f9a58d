package notifytest

import (
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"
)

// pageSize is how many messages a list has at most.
const pageSize = 250

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

func orNullStamp(t *time.Time) any {
	if t == nil {
		return nil
	}
	return stamp(*t)
}

func (s *Server) one(w http.ResponseWriter, r *http.Request) {
	k, no := s.authenticate(r)
	if no != nil {
		refuse(w, no)
		return
	}
	id := r.PathValue("id")
	if uuid.Validate(id) != nil {
		refuse(w, invalid("notification_id is not a valid UUID"))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.stored {
		if n.ID == id && n.Key == k.kind {
			answer(w, http.StatusOK, s.item(n))
			return
		}
	}
	refuse(w, &refusal{http.StatusNotFound, "NoResultFound", "No result found"})
}

// list answers with the messages of the asking key's type only, newest first.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	k, no := s.authenticate(r)
	if no != nil {
		refuse(w, no)
		return
	}
	q := r.URL.Query()
	for name := range q {
		if !slices.Contains([]string{"reference", "template_type", "status", "older_than", "include_jobs"}, name) {
			refuse(w, invalid("Additional properties are not allowed ("+name+" was unexpected)"))
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if plan := s.nextLook(); plan != nil {
		refuse(w, plan)
		return
	}
	items := []map[string]any{}
	past := q.Get("older_than") == ""
	for _, n := range slices.Backward(s.stored) {
		if n.Key != k.kind {
			continue
		}
		fits := (!q.Has("reference") || n.Reference == q.Get("reference")) && (!q.Has("template_type") || n.Type == q.Get("template_type")) &&
			(!q.Has("status") || slices.Contains(q["status"], n.Status))
		if past && fits && len(items) < pageSize {
			items = append(items, s.item(n))
		}
		past = past || n.ID == q.Get("older_than")
	}
	links := map[string]string{"current": s.URL() + "/v2/notifications"}
	if len(items) > 0 {
		links["next"] = s.URL() + "/v2/notifications?older_than=" + items[len(items)-1]["id"].(string)
	}
	answer(w, http.StatusOK, map[string]any{"notifications": items, "links": links})
}

func (s *Server) item(n *Notification) map[string]any {
	body := map[string]any{
		"id": n.ID, "reference": orNull(n.Reference), "type": n.Type, "status": n.Status, "body": n.Body, "subject": orNull(n.Subject),
		"email_address": nil, "phone_number": nil, "line_1": nil, "line_2": nil, "line_3": nil, "line_4": nil, "line_5": nil, "line_6": nil,
		"postcode": nil, "postage": nil, "created_by_name": nil, "scheduled_for": nil, "one_click_unsubscribe_url": nil,
		"created_at": stamp(n.CreatedAt), "sent_at": orNullStamp(n.SentAt), "completed_at": orNullStamp(n.CompletedAt),
		"cost_in_pounds": 0, "cost_details": map[string]any{}, "is_cost_data_ready": true,
		"template": map[string]any{"id": n.TemplateID, "version": 1, "uri": s.URL() + "/v2/template/" + n.TemplateID},
	}
	if n.Type == "sms" {
		body["phone_number"] = n.To
	} else {
		body["email_address"] = n.To
	}
	return body
}
