package v1

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"longstop/api"
	"longstop/casework"
	"longstop/service"
	"longstop/web/server"
)

// ProblemCodes are the codes of the errors of problems: those of what was wrong with an event, with an input, and with a request.
func ProblemCodes() []any {
	var codes []any
	for _, c := range casework.Codes {
		codes = append(codes, string(c))
	}
	for _, c := range service.Codes {
		if !slices.Contains(codes, any(string(c))) {
			codes = append(codes, string(c))
		}
	}
	return append(codes, server.UnknownParameter, server.UnknownProperty)
}

// addWords adds to the description, and to what requests are checked by, which values each field of a closed list has.
func addWords(s *server.Server) {
	schemas := s.OpenAPI().Components.Schemas
	for name, schema := range schemas.Map() {
		t := schemas.TypeFromRef("#/components/schemas/" + name)
		if t == nil || t.Kind() != reflect.Struct {
			panic("the description has a schema of no struct: " + name)
		}
		for _, field := range reflect.VisibleFields(t) {
			key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			property := schema.Properties[key]
			if values := valuesOf(field); property != nil && key != "-" && values != nil {
				setValues(property, values)
			}
		}
	}
}

// valuesOf are the values that a field can have; nil where they are no closed list.
func valuesOf(field reflect.StructField) []any {
	if name := field.Tag.Get("words"); name == "problem_code" {
		return ProblemCodes()
	} else if name != "" {
		if api.Words[name] == nil {
			panic(fmt.Sprintf("field %s has words %s, of which there is no list", field.Name, name))
		}
		return api.Words[name]
	}
	t := field.Type
	for slices.Contains([]reflect.Kind{reflect.Pointer, reflect.Slice}, t.Kind()) {
		t = t.Elem()
	}
	return api.Closed[t]
}

func setValues(schema *huma.Schema, values []any) {
	if schema.Type == huma.TypeArray {
		schema = schema.Items
	}
	schema.Enum = values
	schema.PrecomputeMessages()
}
