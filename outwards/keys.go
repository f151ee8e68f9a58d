package outwards

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"longstop/internal/textfile/disk"
)

// SettingKeys is the environment variable that names the file of the keys.
const SettingKeys = "LONGSTOP_WEBHOOK_KEYS_FILE"

// Keys are what the secrets of webhooks are derived from: the record holds which key and which number a secret has,
// and no secret. The zero Keys derive none.
type Keys struct {
	newest string // its id; "" if there is none
	byID   map[string][]byte
}

// ErrNoKeys says that no secret can be derived.
var ErrNoKeys = errors.New("no key is set from which the secrets of webhooks are derived: set " + SettingKeys +
	" to a file with a line such as " + exampleKey)

const (
	exampleKey = "2026-11 <32 random bytes in base64>, as `echo \"$(date +%Y-%m) $(openssl rand -base64 32)\"` makes one"
	keyBytes   = 32
)

var idOfKey = regexp.MustCompile(`^[A-Za-z0-9._-]{1,40}$`)

// Settings are what the environment says of telling systems outside: the keys, none if no file is named, and the private networks. The error names the setting.
func Settings(getenv func(string) string) (*Keys, Networks, error) {
	networks, err := ParseNetworks(getenv(SettingNetworks))
	name := getenv(SettingKeys)
	if err != nil || name == "" {
		return nil, networks, err
	}
	text, err := disk.ReadFile(name)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", SettingKeys, err)
	}
	keys, err := ParseKeys(string(text))
	return keys, networks, err
}

// ParseKeys reads keys, one a line: an id, blanks, and 32 bytes in base64, the newest first. Empty lines and lines that
// begin with # are passed over. The error gives the number of the line that is wrong, and never what it holds.
func ParseKeys(text string) (*Keys, error) {
	k := &Keys{byID: map[string][]byte{}}
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		n++
		part := strings.Fields(line)
		if len(part) == 0 || strings.HasPrefix(part[0], "#") {
			continue
		}
		if err := k.take(part); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w; a line is %s", SettingKeys, n, err, exampleKey)
		}
	}
	if k.newest == "" {
		return nil, ErrNoKeys
	}
	return k, nil
}

func (k *Keys) take(part []string) error {
	if len(part) != 2 || !idOfKey.MatchString(part[0]) {
		return errors.New("it is not an id (up to 40 letters, digits, dots, dashes, underscores) and a key")
	}
	key, err := base64.StdEncoding.DecodeString(part[1])
	switch {
	case err != nil || len(key) != keyBytes:
		return fmt.Errorf("the key is not %d bytes in base64", keyBytes)
	case k.byID[part[0]] != nil:
		return errors.New("its id stands above already: a key keeps its id for good")
	case k.newest == "":
		k.newest = part[0]
	}
	k.byID[part[0]] = key
	return nil
}

// Newest returns the id of the key from which new secrets are derived; ErrNoKeys if there is none.
func (k *Keys) Newest() (string, error) {
	if k == nil || k.newest == "" {
		return "", ErrNoKeys
	}
	return k.newest, nil
}

// Secret is what a webhook's messages are signed with.
type Secret []byte

// String is the secret as its receiver is given it.
func (s Secret) String() string { return "whsec_" + base64.StdEncoding.EncodeToString(s) }

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return "outwards.Secret(hidden)" }

// Secret derives a webhook's secret of a number from a key. Whoever has the record and not the file of the keys
// knows nothing of it, and one secret tells nothing of another.
func (k *Keys) Secret(keyID, webhook string, n int) (Secret, error) {
	if k == nil || k.byID[keyID] == nil {
		return nil, fmt.Errorf("the key %s is not in the file that %s names: put it back, or rotate the secret", keyID, SettingKeys)
	}
	mac := hmac.New(sha256.New, k.byID[keyID])
	mac.Write([]byte("longstop webhook secret\x00" + webhook + "\x00" + strconv.Itoa(n)))
	return mac.Sum(nil), nil
}
