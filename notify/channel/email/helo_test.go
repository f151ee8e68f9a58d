package email

import (
	"slices"
	"testing"

	"longstop/internal/smtptest"
)

// Servers refuse a client whose name is not fully qualified; a container's is twelve
// hexadecimal digits.
func TestTheServerIsToldAFullyQualifiedName(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"the sender's domain":                 {func(*Config) {}, "EHLO council.example"},
		"a sender's domain in its own script": {func(c *Config) { c.From = "longstop@bücher.example" }, "EHLO xn--bcher-kva.example"},
		"a name that was set":                 {func(c *Config) { c.HELO = "clocks.council.example" }, "EHLO clocks.council.example"},
		"an address in place of a domain":     {func(c *Config) { c.From = "longstop@[192.0.2.1]" }, "EHLO [192.0.2.1]"},
		"a domain that is not qualified":      {func(c *Config) { c.From = "longstop@mailhost" }, "EHLO localhost"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := smtptest.Start(t, smtptest.WithTranscript())
			ch := channel(t, server, "", func(cfg *Config) {
				cfg.HELO = ""
				c.change(cfg)
			})
			if err := ch.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
			if said := server.Transcript(); !slices.Contains(said, c.want) {
				t.Errorf("%q was not said: %q", c.want, said)
			}
		})
	}
}
