package temporal_test

import (
	"crypto/tls"
	"encoding/base64"
	"strings"
	"testing"

	"go.temporal.io/sdk/client"

	"longstop/internal/temporal"
	"longstop/internal/temporal/payloads"
)

func TestOnlyAServerOfSomebodyElseThatCanReadEverythingIsWarnedOf(t *testing.T) {
	t.Parallel()
	keys, err := payloads.ParseKeys("k " + base64.StdEncoding.EncodeToString(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	secured := client.ConnectionOptions{TLS: &tls.Config{MinVersion: tls.VersionTLS12}}
	apiKey := client.NewAPIKeyStaticCredentials("x")
	for name, tc := range map[string]struct {
		options client.Options
		keys    *payloads.Keys
		want    bool
	}{
		"a cloud, by a certificate":       {client.Options{HostPort: "longstop.a1b2c.tmprl.cloud:7233", ConnectionOptions: secured}, &payloads.Keys{}, true},
		"a cloud, by an API key":          {client.Options{HostPort: "eu-west-2.aws.api.temporal.io:7233", Credentials: apiKey}, &payloads.Keys{}, true},
		"a cloud that sees sealed things": {client.Options{HostPort: "longstop.a1b2c.tmprl.cloud:7233", ConnectionOptions: secured}, keys, false},
		"this machine, with TLS":          {client.Options{HostPort: "localhost:7233", ConnectionOptions: secured}, &payloads.Keys{}, false},
		"this machine, by its address":    {client.Options{HostPort: "[::1]:7233", ConnectionOptions: secured}, &payloads.Keys{}, false},
		"a server of one's own":           {client.Options{HostPort: "temporal:7233"}, &payloads.Keys{}, false},
	} {
		payloads.Use(&tc.options, tc.keys)
		words := temporal.InTheClear(tc.options)
		if (words != "") != tc.want || tc.want && !strings.Contains(words, payloads.Setting) {
			t.Errorf("%s: %q", name, words)
		}
	}
}
