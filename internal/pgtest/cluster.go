package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const install = "install Postgres 14 or later (Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql), " +
	"or name a server whose user may create databases and roles in " + EnvURL

// runCluster makes a cluster, runs it, and takes it away when standard input ends: that is
// when the test binary does, in whatever way.
const runCluster = `
set -u
"$1/initdb" -D "$2/data" -U longstop -A trust -E UTF8 --locale=C --no-sync >"$2/initdb.log" 2>&1 || exit 1
"$1/postgres" -D "$2/data" -k "$2" -h 127.0.0.1 -p "$3" \
	-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off \
	-c wal_level=minimal -c max_wal_senders=0 -c jit=off -c checkpoint_timeout=1h -c bgwriter_lru_maxpages=0 \
	-c max_connections=300 -c shared_buffers=128MB -c max_wal_size=2GB >"$2/postgres.log" 2>&1 </dev/null &
server=$!
cat >/dev/null
kill -QUIT "$server"
wait "$server"
rm -rf "$2"
`

// startCluster starts a Postgres that lives as long as this process, and returns its URL.
func startCluster() (string, error) {
	bin, err := findPrograms()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "longstop-pgtest-")
	if err != nil {
		return "", err
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	cmd := exec.Command("/bin/sh", "-c", runCluster, "longstop-pgtest", bin, dir, strconv.Itoa(port)) //nolint:noctx // it lives as long as this process
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "PGTZ=UTC")
	if err := dropRoot(cmd, dir); err != nil {
		return "", err
	}
	// The pipe stays open until this process ends; nobody writes to it.
	if _, err := cmd.StdinPipe(); err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("starting Postgres: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	url := fmt.Sprintf("postgres://longstop@127.0.0.1:%d/postgres?sslmode=disable", port)
	if err := waitFor(url, ended); err != nil {
		return "", fmt.Errorf("%w; its own words: %s", err, lastWords(dir))
	}
	return url, nil
}

// waitFor waits until the server answers.
func waitFor(url string, ended <-chan error) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) //nolint:forbidigo // the server outlives the test that starts it
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return errors.New("it did not answer within a minute")
		case err := <-ended:
			return fmt.Errorf("it ended at once: %w", err)
		case <-tick.C:
		}
		conn, err := pgx.Connect(ctx, url)
		if err == nil {
			return conn.Close(ctx)
		}
	}
}

func lastWords(dir string) string {
	var words []string
	for _, name := range []string{"initdb.log", "postgres.log"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			words = append(words, string(text[max(0, len(text)-1000):]))
		}
	}
	return strings.Join(words, "\n")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed at once
	if err != nil {
		return 0, err
	}
	defer l.Close()                          //nolint:errcheck // nothing was sent
	return l.Addr().(*net.TCPAddr).Port, nil //nolint:forcetypeassert // a TCP listener has a TCP address
}

// findPrograms finds the folder that holds initdb and postgres: on the PATH, as pg_config
// says, or where distributions put them.
func findPrograms() (string, error) {
	var candidates []string
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		candidates = append(candidates, filepath.Dir(path))
	}
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil { //nolint:noctx // it answers at once
		candidates = append(candidates, strings.TrimSpace(string(out)))
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	} {
		found, err := filepath.Glob(pattern)
		if err == nil {
			slices.Reverse(found) // the newest first
			candidates = append(candidates, found...)
		}
	}
	for _, dir := range candidates {
		if runs(dir, "initdb") && runs(dir, "postgres") {
			return dir, nil
		}
	}
	return "", errors.New("none was found: " + install)
}

func runs(dir, program string) bool {
	info, err := os.Stat(filepath.Join(dir, program))
	return err == nil && info.Mode()&0o111 != 0 && !info.IsDir()
}
