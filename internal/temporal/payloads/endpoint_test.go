package payloads

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/encoding/protojson"
)

func TestTheEndpointOpensPayloadsForTheUIAndForNobodyElse(t *testing.T) {
	t.Parallel()
	const ui, token = "https://temporal.council.example", "let-me-in"
	options := client.Options{Namespace: "longstop"}
	Use(&options, keys(t, key("2026-11", 1)))
	sealed, err := options.DataConverter.ToPayload("| Child protection visit |")
	if err != nil {
		t.Fatal(err)
	}
	body, err := protojson.Marshal(&commonpb.Payloads{Payloads: []*commonpb.Payload{sealed}})
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := protojson.Marshal(&commonpb.Payloads{Payloads: []*commonpb.Payload{{Metadata: map[string][]byte{"encoding": []byte("binary/zlib")}}}})
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		method, path, origin, authorization string
		body                                []byte
		want                                int
	}{
		"the UI, through its proxy":   {http.MethodPost, "/codec/decode", ui, "Bearer " + token, body, http.StatusOK},
		"without a token":             {http.MethodPost, "/codec/decode", ui, "", body, http.StatusUnauthorized},
		"with another token":          {http.MethodPost, "/codec/decode", ui, "Bearer let-me-out", body, http.StatusUnauthorized},
		"from another origin":         {http.MethodPost, "/codec/decode", "https://temporal.council.example.org", "Bearer " + token, body, http.StatusForbidden},
		"from none":                   {http.MethodPost, "/codec/decode", "", "Bearer " + token, body, http.StatusForbidden},
		"to seal":                     {http.MethodPost, "/codec/encode", ui, "Bearer " + token, body, http.StatusNotFound},
		"by a link":                   {http.MethodGet, "/codec/decode", ui, "Bearer " + token, nil, http.StatusNotFound},
		"of what it cannot open":      {http.MethodPost, "/codec/decode", ui, "Bearer " + token, foreign, http.StatusBadRequest},
		"a browser that asks first":   {http.MethodOptions, "/codec/decode", ui, "", nil, http.StatusNoContent},
		"another that asks first":     {http.MethodOptions, "/codec/decode", "https://example.org", "", nil, http.StatusForbidden},
		"more than anybody would ask": {http.MethodPost, "/codec/decode", ui, "Bearer " + token, []byte(strings.Repeat(" ", mostPayloads+1)), http.StatusBadRequest},
	} {
		request := httptest.NewRequestWithContext(t.Context(), tc.method, tc.path, strings.NewReader(string(tc.body)))
		request.Header.Set("Origin", tc.origin)
		request.Header.Set("Authorization", tc.authorization)
		answer := httptest.NewRecorder()
		Endpoint(options, ui, token).ServeHTTP(answer, request)
		if answer.Code != tc.want {
			t.Errorf("%s: %d, expected %d: %s", name, answer.Code, tc.want, answer.Body)
		}
		allowed := answer.Header().Get("Access-Control-Allow-Origin")
		if allowed != "" && allowed != ui || tc.origin == ui && allowed != ui {
			t.Errorf("%s: it allows the origin %q", name, allowed)
		}
		opened := strings.Contains(answer.Body.String(), "encoding")
		if opened != (tc.want == http.StatusOK) && tc.want != http.StatusBadRequest {
			t.Errorf("%s: it answers %s", name, answer.Body)
		}
		if tc.want != http.StatusOK {
			continue
		}
		var got commonpb.Payloads
		if err := protojson.Unmarshal(answer.Body.Bytes(), &got); err != nil || string(got.GetPayloads()[0].GetData()) != `"| Child protection visit |"` {
			t.Errorf("%s: %s, %v", name, answer.Body, err)
		}
	}
	if answer := httptest.NewRecorder(); true {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/codec/decode", strings.NewReader(string(body)))
		request.Header.Set("Origin", ui)
		request.Header.Set("Authorization", "Bearer ")
		Endpoint(options, ui, "").ServeHTTP(answer, request)
		if answer.Code != http.StatusUnauthorized {
			t.Errorf("without a token of its own it answers everybody: %d", answer.Code)
		}
	}
}
