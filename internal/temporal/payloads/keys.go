package payloads

import (
	"bufio"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"longstop/internal/textfile/disk"
)

// Setting is the environment variable that names the file of the keys.
const Setting = "LONGSTOP_PAYLOAD_KEYS_FILE"

// Keys are the keys that payloads are sealed and opened with. The zero Keys seal nothing,
// and open nothing that is sealed.
type Keys struct {
	seal string // the id of the key that seals; "" if none does
	open map[string]cipher.AEAD
}

// Seal reports whether payloads are sealed.
func (k *Keys) Seal() bool { return k.seal != "" }

// keySize is that of AES-256.
const keySize = 32

var keyID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,40}$`)

const example = "2026-11 <32 random bytes in base64>, as `echo \"$(date +%Y-%m) $(openssl rand -base64 32)\"` makes one"

// KeysFromEnv reads the file that the setting names; without it there are no keys. The
// error names the setting and what is wrong, and never what a line holds.
func KeysFromEnv() (*Keys, error) {
	name := os.Getenv(Setting)
	if name == "" {
		return &Keys{}, nil
	}
	text, err := disk.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", Setting, err)
	}
	keys, err := ParseKeys(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", Setting, err)
	}
	return keys, nil
}

// ParseKeys reads keys, one a line: an id, blanks, and the key in base64. The first one
// seals, and every one opens what it has sealed. Empty lines and lines that begin with #
// are passed over. The error gives the number of the line that is wrong.
func ParseKeys(text string) (*Keys, error) {
	k := &Keys{open: map[string]cipher.AEAD{}}
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, err := k.add(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w; for example %s", n, err, example)
		}
		if k.seal == "" {
			k.seal = id
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if k.seal == "" {
		return nil, fmt.Errorf("it holds no key: give one a line, for example %s", example)
	}
	return k, nil
}

func (k *Keys) add(line string) (id string, err error) {
	fields := strings.Fields(line)
	if len(fields) != 2 {
		return "", errors.New("expected an id and a key")
	}
	id = fields[0]
	if !keyID.MatchString(id) {
		return "", errors.New("the id of a key is 1 to 40 letters, digits, dots, dashes or underscores")
	}
	if k.open[id] != nil {
		return "", fmt.Errorf("there is a key %s already: an id is never used again", id)
	}
	key, err := base64.StdEncoding.DecodeString(fields[1])
	if err != nil || len(key) != keySize {
		return "", fmt.Errorf("the key %s is not %d bytes in base64", id, keySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", err
	}
	// A random nonce for each payload; after 2^32 payloads a key should have been replaced.
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return "", err
	}
	k.open[id] = aead
	return id, nil
}
