package main

import (
	"net/http"
	"net/url"
	"strings"

	"go.temporal.io/sdk/client"

	"longstop/internal/program"
	"longstop/internal/temporal/payloads"
	"longstop/internal/textfile/disk"
)

// leastToken is how long the token must be, in bytes: it is all that keeps others out.
const leastToken = 32

// codec returns the endpoint that opens payloads for the Temporal UI; nil where none is asked for.
func (s settings) codec(options client.Options) (http.Handler, error) {
	if s.CodecOrigin == "" && s.CodecTokenFile == "" {
		return nil, nil
	}
	if s.CodecOrigin == "" || s.CodecTokenFile == "" {
		return nil, program.Usagef("LONGSTOP_CODEC_ORIGIN and LONGSTOP_CODEC_TOKEN_FILE belong together: set both, or neither")
	}
	if !payloads.UsedBy(options).Seal() {
		return nil, program.Usagef("LONGSTOP_CODEC_ORIGIN is set and there is nothing to open: set " + payloads.Setting + " as well")
	}
	origin, err := url.Parse(s.CodecOrigin)
	if err != nil || origin.Host == "" || s.CodecOrigin != origin.Scheme+"://"+origin.Host {
		return nil, program.Usagef("LONGSTOP_CODEC_ORIGIN: give the origin of the UI and nothing after it, for example LONGSTOP_CODEC_ORIGIN=https://temporal.example.org")
	}
	text, err := disk.ReadFile(s.CodecTokenFile)
	if err != nil {
		return nil, program.Usagef("LONGSTOP_CODEC_TOKEN_FILE: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if len(token) < leastToken {
		return nil, program.Usagef("LONGSTOP_CODEC_TOKEN_FILE: the token is shorter than %d characters: make one with `openssl rand -hex 32`", leastToken)
	}
	return payloads.Endpoint(options, s.CodecOrigin, token), nil
}
