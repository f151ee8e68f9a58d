package main

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.temporal.io/sdk/client"

	"longstop/internal/program"
	"longstop/internal/temporal/payloads"
)

func TestPayloadsAreOpenedOnlyWhereAllThatGuardsThemIsSet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	keys, err := payloads.ParseKeys("k " + base64.StdEncoding.EncodeToString(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	var sealing, plain client.Options
	payloads.Use(&sealing, keys)
	payloads.Use(&plain, &payloads.Keys{})
	token, short := write("token", strings.Repeat("t", 64)+"\n"), write("short", "let-me-in\n")
	const ui = "https://temporal.example.org"
	for name, tc := range map[string]struct {
		settings settings
		options  client.Options
		want     string // of the error; "": none
		offered  bool
	}{
		"nothing":             {settings{}, sealing, "", false},
		"everything":          {settings{CodecOrigin: ui, CodecTokenFile: token}, sealing, "", true},
		"no token":            {settings{CodecOrigin: ui}, sealing, "belong together", false},
		"no origin":           {settings{CodecTokenFile: token}, sealing, "belong together", false},
		"no key":              {settings{CodecOrigin: ui, CodecTokenFile: token}, plain, payloads.Setting, false},
		"a token to guess":    {settings{CodecOrigin: ui, CodecTokenFile: short}, sealing, "shorter than 32", false},
		"a token that is not": {settings{CodecOrigin: ui, CodecTokenFile: token + "s"}, sealing, "LONGSTOP_CODEC_TOKEN_FILE", false},
		"every origin":        {settings{CodecOrigin: "*", CodecTokenFile: token}, sealing, "LONGSTOP_CODEC_ORIGIN", false},
		"a page":              {settings{CodecOrigin: ui + "/namespaces", CodecTokenFile: token}, sealing, "LONGSTOP_CODEC_ORIGIN", false},
	} {
		got, err := tc.settings.codec(tc.options)
		var usage *program.UsageError
		if tc.want == "" && err != nil || tc.want != "" && (!errors.As(err, &usage) || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: %v", name, err)
		}
		if (got != nil) != tc.offered {
			t.Errorf("%s: offered %t", name, got != nil)
		}
	}
}
