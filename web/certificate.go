package main

import (
	"crypto/tls"
	"os"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"longstop/internal/program"
	"longstop/internal/textfile/disk"
)

// certificate is a certificate and its key in two files. What renews them writes the files; the program reads them
// again at the next connection.
type certificate struct {
	cert, key string
	log       zerolog.Logger

	mu     sync.Mutex
	loaded *tls.Certificate
	state  [2]fileState
}

// fileState is by what a file that was written again is known.
type fileState struct {
	changed time.Time
	size    int64
}

// openCertificate reads a certificate for the first time. The error is a UsageError.
func openCertificate(cert, key string, log zerolog.Logger) (*certificate, error) {
	c := &certificate{cert: cert, key: key, log: log}
	c.state = c.look()
	loaded, err := c.read()
	if err != nil {
		return nil, program.Usagef("%s and %s: %w", envCert, envKey, err)
	}
	c.loaded = loaded
	return c, nil
}

// config returns how TLS is spoken.
func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current(), nil },
	}
}

// current returns the certificate, which is read again where a file has changed. One that cannot be read (its other
// half may not be written yet) is tried again when a file changes, and the last good one serves until then.
func (c *certificate) current() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	state := c.look()
	if state == c.state {
		return c.loaded
	}
	c.state = state
	loaded, err := c.read()
	if err != nil {
		c.log.Error().Err(err).Msg("the certificate has changed and cannot be read: the one from before is served on")
		return c.loaded
	}
	c.loaded = loaded
	c.log.Info().Time("until", loaded.Leaf.NotAfter).Msg("the certificate has changed")
	return c.loaded
}

func (c *certificate) look() (state [2]fileState) {
	for i, name := range []string{c.cert, c.key} {
		if info, err := os.Stat(name); err == nil {
			state[i] = fileState{info.ModTime(), info.Size()}
		}
	}
	return state
}

func (c *certificate) read() (*tls.Certificate, error) {
	cert, err := disk.ReadFile(c.cert)
	if err != nil {
		return nil, err
	}
	key, err := disk.ReadFile(c.key)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	return &pair, err
}
