package notifytest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

var (
	placeholder = regexp.MustCompile(`\(\(([^()]+?)\)\)`)
	ignored     = strings.NewReplacer(" ", "", "_", "", "-", "")
)

func fold(name string) string { return strings.ToLower(ignored.Replace(name)) }

// render finds the template of a message and fills it in.
func (s *Server) render(n *Notification, req *request) *refusal {
	i := slices.IndexFunc(s.templates, func(t Template) bool { return t.ID == n.TemplateID })
	if i < 0 {
		return bad("Template not found")
	}
	t := s.templates[i]
	switch {
	case t.Type != n.Type:
		return bad(fmt.Sprintf("%s template is not suitable for %s notification", t.Type, n.Type))
	case t.Archived:
		return bad("Template has been deleted")
	}
	values := map[string]any{}
	for name, value := range req.Personalisation {
		values[fold(name)] = value
	}
	var missing []string
	fill := func(text string) string {
		return placeholder.ReplaceAllStringFunc(text, func(found string) string {
			name, conditional, is := strings.Cut(found[2:len(found)-2], "??")
			value, has := values[fold(name)]
			switch {
			case !has:
				missing = append(missing, name)
				return ""
			case is && slices.Contains([]string{"yes", "true", "1", "y", "t"}, strings.ToLower(fmt.Sprint(value))):
				return conditional
			case is:
				return ""
			}
			return inWords(value, t.Type)
		})
	}
	n.Subject, n.Body = fill(t.Subject), fill(t.Body)
	if len(missing) > 0 {
		return bad("Missing personalisation: " + strings.Join(missing, ", "))
	}
	if strings.TrimSpace(n.Body) == "" {
		return bad("Your message is empty.")
	}
	return nil
}

// inWords is a value as it stands in a message: of a list, bullets.
func inWords(value any, kind string) string {
	list, is := value.([]any)
	if !is {
		return fmt.Sprint(value)
	}
	var lines []string
	for _, item := range list {
		lines = append(lines, fmt.Sprint(item))
	}
	if kind == "sms" {
		return strings.Join(lines, ", ")
	}
	return "\n\n* " + strings.Join(lines, "\n* ")
}

func (s *Server) template(w http.ResponseWriter, r *http.Request) {
	if _, no := s.authenticate(r); no != nil {
		refuse(w, no)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.templates {
		if t.ID == r.PathValue("id") && !t.Archived {
			answer(w, http.StatusOK, s.describe(t))
			return
		}
	}
	refuse(w, &refusal{http.StatusNotFound, "NoResultFound", "No result found"})
}

func (s *Server) allTemplates(w http.ResponseWriter, r *http.Request) {
	if _, no := s.authenticate(r); no != nil {
		refuse(w, no)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []map[string]any{}
	for _, t := range s.templates {
		if kind := r.URL.Query().Get("type"); !t.Archived && (kind == "" || kind == t.Type) {
			list = append(list, s.describe(t))
		}
	}
	answer(w, http.StatusOK, map[string]any{"templates": list})
}

func (s *Server) describe(t Template) map[string]any {
	needed := map[string]any{}
	for _, found := range placeholder.FindAllStringSubmatch(t.Subject+t.Body, -1) {
		name, _, _ := strings.Cut(found[1], "??")
		needed[name] = map[string]any{"required": true}
	}
	return map[string]any{
		"id": t.ID, "name": "a notice", "type": t.Type, "body": t.Body, "subject": orNull(t.Subject), "version": 1, "personalisation": needed,
		"created_at": stamp(s.now()), "updated_at": nil, "created_by": "somebody@council.example", "letter_contact_block": nil,
	}
}
