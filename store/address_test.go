package store_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"longstop/internal/casetime"
	"longstop/store"
	"longstop/timescale/load"
)

// Why an address is refused.
const (
	inTheClear = "to another machine in the clear"
	unseen     = "to another machine without seeing which machine it is"
	fallsBack  = "would fall back to none without a word"
)

func TestTheRecordGoesToAnotherMachineOnlyByTLSThatShowsWhichItIs(t *testing.T) {
	t.Parallel()
	ca := authority(t)
	for url, why := range map[string]string{
		// This machine.
		"postgres://longstop@localhost/longstop":                         "",
		"postgres://longstop@LOCALHOST:5433/longstop?sslmode=disable":    "",
		"postgres://longstop@127.0.0.1/longstop?sslmode=disable":         "",
		"postgres://longstop@127.8.9.1/longstop":                         "",
		"postgres://longstop@[::1]:5432/longstop?sslmode=prefer":         "",
		"postgres:///longstop?host=/var/run/postgresql":                  "",
		"host=/tmp user=longstop dbname=longstop":                        "",
		"postgres://longstop@localhost,127.0.0.1/longstop?sslmode=allow": "",

		// Another one.
		"postgres://longstop@db.council.example/longstop":                            inTheClear,
		"postgres://longstop@db.council.example/longstop?sslmode=disable":            inTheClear,
		"postgres://longstop@db.council.example/longstop?sslmode=allow":              inTheClear,
		"postgres://longstop@db.council.example/longstop?sslmode=prefer":             inTheClear,
		"postgres://longstop@db.council.example/longstop?sslmode=require":            unseen,
		"postgres://longstop@db.council.example/longstop?sslmode=verify-full":        "",
		"postgres://longstop@10.1.2.3/longstop?sslmode=verify-full":                  "",
		"postgres://longstop@10.1.2.3/longstop":                                      inTheClear,
		"postgres://longstop@localhost.council.example/longstop":                     inTheClear,
		"host=db.council.example user=longstop dbname=longstop":                      inTheClear,
		"host=db.council.example user=longstop dbname=longstop sslmode=verify-full":  "",
		"postgres://longstop@db.council.example/longstop?sslmode=verify-ca&ca":       unseen,
		"postgres://longstop@db.council.example/longstop?sslmode=require&ca":         unseen, // which pgx takes for verify-ca
		"postgres://longstop@db.council.example/longstop?sslmode=verify-full&ca":     "",
		"postgres://longstop@localhost,db.council.example/longstop":                  inTheClear,
		"postgres://longstop@a.example,b.example:5433/longstop?sslmode=verify-full":  "",
		"postgres://longstop@a.example,b.example/longstop?sslmode=require":           unseen,
		"postgres://longstop@localhost,db.council.example/x?sslmode=verify-full":     "",
		"postgres://longstop@db.council.example:6432,localhost/x?sslmode=disable":    inTheClear,
		"postgres://longstop@db.council.example/longstop?sslmode=verify-full&host=/": "", // the socket is meant
	} {
		address := strings.Replace(url, "&ca", "&sslrootcert="+ca, 1)
		err := store.CheckAddress(store.Options{URL: address})
		if why == "" && err != nil || why != "" && (!errors.Is(err, store.ErrAddress) || !strings.Contains(err.Error(), why)) {
			t.Errorf("%s: %v, want %q", url, err, why)
		}
		if err != nil && (strings.Contains(err.Error(), "example/") || !strings.Contains(err.Error(), "LONGSTOP_DATABASE_TRUSTED_HOSTS")) {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestAHostThatIsTrustedByNameMaySpeakInTheClearButNeverWithoutAWord(t *testing.T) {
	t.Parallel()
	trusted := []string{"postgres", " Db2 "}
	for url, why := range map[string]string{
		"postgres://longstop:secret@postgres/longstop?sslmode=disable":                  "",
		"postgres://longstop:secret@POSTGRES:5433/longstop?sslmode=require":             "",
		"postgres://longstop:secret@db2/longstop?sslmode=disable":                       "",
		"postgres://longstop:secret@postgres/longstop":                                  fallsBack,
		"postgres://longstop:secret@postgres/longstop?sslmode=prefer":                   fallsBack,
		"postgres://longstop:secret@postgres/longstop?sslmode=allow":                    fallsBack,
		"postgres://longstop:secret@postgres/longstop?sslmode=verify-full":              "",
		"postgres://longstop:secret@postgres.council.example/longstop?sslmode=disable":  inTheClear,
		"postgres://longstop:secret@postgres,db.council.example/x?sslmode=disable":      inTheClear,
		"postgres://longstop:secret@postgres,db.council.example/x?sslmode=verify-full":  "",
		"postgres://longstop:secret@postgres,localhost/longstop?sslmode=disable":        "",
		"postgres://longstop:secret@db.council.example/longstop?application_name=db2":   inTheClear,
		"postgres://longstop:secret@db.council.example/postgres?sslmode=disable":        inTheClear,
		"postgres://longstop:sec/ret@db.council.example/longstop?sslmode=verify-full":   "not a Postgres URL",
		"postgres://longstop:secret@db.council.example:x/longstop?sslmode=verify-full":  "not a Postgres URL",
		"postgres://longstop:secret@db.council.example/longstop?sslmode=quite-verified": "not a Postgres URL",
		"": "LONGSTOP_MIGRATE_URL is not set",
	} {
		err := store.CheckAddress(store.Options{URL: url, TrustedHosts: trusted, Setting: "LONGSTOP_MIGRATE_URL"})
		if why == "" && err != nil || why != "" && (!errors.Is(err, store.ErrAddress) || !strings.Contains(err.Error(), why)) {
			t.Errorf("%s: %v, want %q", url, err, why)
		}
		if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "sec/ret") ||
			!strings.HasPrefix(err.Error(), "LONGSTOP_MIGRATE_URL")) {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestWhatTheEnvironmentAndServiceFilesAddToAnAddressCounts(t *testing.T) {
	services := filepath.Join(t.TempDir(), "services")
	if err := os.WriteFile(services, []byte("[county]\nhost=db.council.example\nuser=longstop\ndbname=longstop\n"+
		"[safe]\nhost=db.council.example\nsslmode=verify-full\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, url string
		env       map[string]string
		why       string
	}{
		{"PGHOST", "postgres:///longstop", map[string]string{"PGHOST": "db.council.example"}, inTheClear},
		{"PGHOST, which the address overrules", "postgres://localhost/longstop", map[string]string{"PGHOST": "db.council.example"}, ""},
		{"PGSSLMODE", "postgres://db.council.example/longstop", map[string]string{"PGSSLMODE": "verify-full"}, ""},
		{"PGSSLMODE that is not enough", "postgres://db.council.example/longstop", map[string]string{"PGSSLMODE": "require"}, unseen},
		{"PGSSLMODE, which the address overrules", "postgres://db.council.example/longstop?sslmode=disable", map[string]string{"PGSSLMODE": "verify-full"}, inTheClear},
		{"a service", "postgres:///?service=county&servicefile=" + services, nil, inTheClear},
		{"a service that says how", "postgres:///?service=safe&servicefile=" + services, nil, ""},
		{"PGSERVICE", "postgres:///longstop", map[string]string{"PGSERVICE": "county", "PGSERVICEFILE": services}, inTheClear},
		{"PGSERVICE and PGSSLMODE", "postgres:///longstop", map[string]string{"PGSERVICE": "county", "PGSERVICEFILE": services, "PGSSLMODE": "verify-full"}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, name := range []string{"PGHOST", "PGSSLMODE", "PGSERVICE", "PGSERVICEFILE"} {
				t.Setenv(name, tc.env[name])
			}
			_, err := store.Open(t.Context(), store.Options{URL: tc.url + suffix(tc.url), Clock: casetime.Real(), Compiler: load.Compiler{}})
			switch {
			case tc.why != "" && (!errors.Is(err, store.ErrAddress) || !strings.Contains(err.Error(), tc.why)):
				t.Errorf("%v, want %q", err, tc.why)
			case tc.why == "" && !errors.Is(err, store.ErrUnreachable):
				t.Errorf("%v, want that nobody answers there", err)
			}
		})
	}
}

// suffix makes an address one at which nobody answers, soon.
func suffix(url string) string {
	if strings.Contains(url, "?") {
		return "&port=1&connect_timeout=1"
	}
	return "?port=1&connect_timeout=1"
}

// authority writes a certificate authority to a file.
func authority(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Council"}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
