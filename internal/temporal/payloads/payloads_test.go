package payloads

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"
)

// key is a line of a file of keys; each fill makes another key.
func key(id string, fill byte) string {
	return id + " " + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{fill}, keySize)) + "\n"
}

func keys(t *testing.T, lines ...string) *Keys {
	t.Helper()
	k, err := ParseKeys(strings.Join(lines, ""))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func plain(t *testing.T, value any) []*commonpb.Payload {
	t.Helper()
	p, err := converter.GetDefaultDataConverter().ToPayloads(value)
	if err != nil {
		t.Fatal(err)
	}
	return p.GetPayloads()
}

func TestWhatIsSealedCanBeOpenedAndNotRead(t *testing.T) {
	t.Parallel()
	c := &codec{keys(t, key("2026-11", 1)), "longstop"}
	table := plain(t, "| Child protection visit | overdue |")
	first, err := c.Encode(table)
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.Encode(table)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(first[0].Data, second[0].Data) {
		t.Error("the same payload looks the same when it is sealed again")
	}
	wire, err := proto.Marshal(first[0])
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(wire, []byte("visit")) || bytes.Contains(wire, []byte("json")) || !bytes.Contains(wire, []byte("2026-11")) {
		t.Errorf("on the wire: %q", wire)
	}
	opened, err := c.Decode(first)
	if err != nil || len(opened) != 1 || !proto.Equal(opened[0], table[0]) {
		t.Errorf("opened: %v, %v", opened, err)
	}
	if bytes.Contains(table[0].Data, []byte("visit")) == false {
		t.Error("what was handed in has been changed")
	}
}

func TestASealedPayloadIsOpenedOnlyAsItWasSealed(t *testing.T) {
	t.Parallel()
	one, two := key("one", 1), key("two", 2)
	c := &codec{keys(t, one), "longstop"}
	seal := func() *commonpb.Payload {
		sealed, err := c.Encode(plain(t, "text"))
		if err != nil {
			t.Fatal(err)
		}
		return sealed[0]
	}
	changed := func(change func(*commonpb.Payload)) *commonpb.Payload {
		p := seal()
		change(p)
		return p
	}
	for name, tc := range map[string]struct {
		with *codec
		p    *commonpb.Payload
		want string // of the error; "": none
	}{
		"as it was":                       {c, seal(), ""},
		"after its key was replaced":      {&codec{keys(t, two, one), "longstop"}, seal(), ""},
		"without its key":                 {&codec{keys(t, two), "longstop"}, seal(), `sealed with the key "one"`},
		"without any key":                 {&codec{&Keys{}, "longstop"}, seal(), `sealed with the key "one"`},
		"with another key of its id":      {&codec{keys(t, key("one", 9)), "longstop"}, seal(), "cannot be opened"},
		"in another namespace":            {&codec{keys(t, one), "longstop-demo"}, seal(), "cannot be opened"},
		"under another key's id":          {&codec{keys(t, one, key("two", 1)), "longstop"}, changed(func(p *commonpb.Payload) { p.Metadata[keyMetadata] = []byte("two") }), "cannot be opened"},
		"with a bit changed":              {c, changed(func(p *commonpb.Payload) { p.Data[len(p.Data)/2] ^= 1 }), "cannot be opened"},
		"cut short":                       {c, changed(func(p *commonpb.Payload) { p.Data = p.Data[:27] }), "cut short"},
		"empty":                           {c, changed(func(p *commonpb.Payload) { p.Data = nil }), "cut short"},
		"under an encoding of the future": {c, changed(func(p *commonpb.Payload) { p.Metadata[converter.MetadataEncoding] = []byte("binary/longstop-2") }), "neither writes nor reads"},
		"without an encoding":             {c, changed(func(p *commonpb.Payload) { p.Metadata = nil }), "neither writes nor reads"},
		"from before there was a key":     {c, plain(t, "text")[0], ""},
	} {
		opened, err := tc.with.Decode([]*commonpb.Payload{tc.p})
		switch {
		case tc.want != "":
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%s: expected an error with %q, got %v", name, tc.want, err)
			}
		case err != nil || string(opened[0].GetData()) != `"text"`:
			t.Errorf("%s: %v, %v", name, opened, err)
		}
	}
}

func TestWithoutKeysNothingChanges(t *testing.T) {
	t.Parallel()
	c := &codec{&Keys{}, "longstop"}
	p := plain(t, "text")
	if sealed, err := c.Encode(p); err != nil || !proto.Equal(sealed[0], p[0]) {
		t.Errorf("%v, %v", sealed, err)
	}
	foreign := &commonpb.Payload{Metadata: map[string][]byte{converter.MetadataEncoding: []byte("binary/zlib")}}
	if opened, err := c.Decode([]*commonpb.Payload{foreign}); err != nil || opened[0] != foreign {
		t.Errorf("%v, %v", opened, err)
	}
}

func TestInsideOfAWorkflowAPayloadThatCannotBeOpenedBlocks(t *testing.T) {
	t.Parallel()
	var sealing, without client.Options
	Use(&sealing, keys(t, key("one", 1)))
	Use(&without, &Keys{})
	p, err := sealing.DataConverter.ToPayload("text")
	if err != nil {
		t.Fatal(err)
	}
	var text string
	if err := without.DataConverter.FromPayload(p, &text); err == nil {
		t.Error("outside it is an error")
	}
	inside := without.DataConverter.(*dataConverter).WithSerializationContext(converter.WorkflowSerializationContext{}).(*dataConverter).WithWorkflowContext(nil)
	defer func() {
		if said, ok := recover().(string); !ok || !strings.Contains(said, `sealed with the key "one"`) {
			t.Errorf("it said %q", said)
		}
	}()
	err = inside.FromPayload(p, &text)
	t.Errorf("inside it panics, and does not return %v", err)
}

func TestAFaultInAFileOfKeysIsNamedByItsLineWithoutTheKey(t *testing.T) {
	t.Parallel()
	secret := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, keySize))
	for name, tc := range map[string]struct{ text, want string }{
		"empty":               {"# nothing\n\n", "no key"},
		"a key alone":         {"# the key\n" + secret, "line 2: expected an id and a key"},
		"too much":            {"a " + secret + " b", "line 1"},
		"a key that is short": {"a " + base64.StdEncoding.EncodeToString([]byte(secret[:16])), "line 1: the key a is not 32 bytes"},
		"not base64":          {"a " + secret[:len(secret)-2] + "!!", "line 1: the key a is not 32 bytes"},
		"an id twice":         {"a " + secret + "\nb " + secret + "\na " + secret, "line 3: there is a key a already"},
		"an id with a slash":  {"a/b " + secret, "line 1: the id"},
	} {
		_, err := ParseKeys(tc.text)
		if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), secret[:20]) {
			t.Errorf("%s: %v", name, err)
		}
	}
	k := keys(t, "# newest first\n\n", "  "+key("2026-11", 1), key("2025-11", 2))
	if k.seal != "2026-11" || len(k.open) != 2 {
		t.Errorf("%+v", k)
	}
}

// It sets the environment, so it does not run in parallel.
func TestTheSettingNamesAFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(Setting, "")
	if k, err := KeysFromEnv(); err != nil || k.Seal() {
		t.Errorf("without the setting: %v, %v", k, err)
	}
	t.Setenv(Setting, filepath.Join(dir, "missing"))
	if _, err := KeysFromEnv(); err == nil || !strings.Contains(err.Error(), Setting) {
		t.Errorf("a file that is not there: %v", err)
	}
	file := filepath.Join(dir, "keys")
	if err := os.WriteFile(file, []byte(key("2026-11", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(Setting, file)
	if k, err := KeysFromEnv(); err != nil || !k.Seal() {
		t.Errorf("%v, %v", k, err)
	}
}
