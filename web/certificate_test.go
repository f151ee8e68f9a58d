package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"longstop/internal/casetime"
	"longstop/internal/pgtest"
	"longstop/internal/program"
)

// issue writes a certificate for 127.0.0.1 with a serial number, and its key, into two files.
func issue(t *testing.T, cert, key string, serial int64) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := casetime.WallNow()
	of := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "longstop"}, DNSNames: []string{"localhost"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
	}
	signed, err := x509.CreateCertificate(rand.Reader, of, of, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: signed}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		// As by whoever renews it later, however coarse the file system's clock is.
		at := now.Add(time.Duration(serial) * time.Minute)
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTLSIsSpokenByFileAndARenewedCertificateIsServedAtOnce(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "web.pem"), filepath.Join(dir, "web.key")
	issue(t, cert, key, 1)
	web := start(t, map[string]string{program.Database: pgtest.Database(t), envCert: cert, envKey: key})
	serial := func(of *tls.Config) int64 {
		of.InsecureSkipVerify = true
		conn, err := tls.Dial("tcp", web.address, of)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := conn.Close(); err != nil {
				t.Error(err)
			}
		}()
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	if got := serial(&tls.Config{}); got != 1 {
		t.Errorf("certificate %d", got)
	}
	issue(t, cert, key, 2)
	if got := serial(&tls.Config{}); got != 2 {
		t.Errorf("after it was renewed: certificate %d", got)
	}
	if err := os.WriteFile(cert, []byte("half of it"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := serial(&tls.Config{}); got != 2 {
		t.Errorf("while the next one is being written: certificate %d", got)
	}
	if _, err := tls.Dial("tcp", web.address, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("it speaks TLS 1.1")
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}}
	answer, err := client.Get("https://" + web.address + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	if text := read(t, answer); text != "alive\n" || answer.ProtoMajor != 2 {
		t.Errorf("%s %q", answer.Proto, text)
	}
	client.CloseIdleConnections()
	web.stop()
	said := <-web.ended
	if !strings.Contains(said, "exit code 0") || !strings.Contains(said, "the one from before is served on") {
		t.Error(said)
	}
}
