package jsonkeys_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"longstop/internal/jsonkeys"
)

func TestAKeyThatStandsTwiceIsFound(t *testing.T) {
	t.Parallel()
	many := make([]string, 100)
	for i := range many {
		many[i] = fmt.Sprintf(`"k%d":%d`, i, i)
	}
	for text, want := range map[string]string{ // the key as it is written again; "" for none
		`{"a":1,"b":2}`:                     "",
		`{"a":1,"b":2,"a":3}`:               "a",
		`{"at":1,"At":2}`:                   "At",
		`{"at":1,"\u0061t":2}`:              "at",
		`{"s":1,"ſ":2}`:                     "ſ", // the long s, which encoding/json takes for an s
		`{"a":{"a":1},"b":{"a":1}}`:         "",
		`{"d":{"x":1,"y":{"x":1,"X":2}}}`:   "X",
		`{"l":[{"a":1},{"a":1}]}`:           "",
		`{"l":[{"a":1,"a":1}]}`:             "a",
		`{"l":["a","a"],"a":"l"}`:           "",
		`{"a":"{\"a\":1,\"a\":2}"}`:         "",
		`{"a\"":1,"a\"":2}`:                 `a"`,
		`["a","a"]`:                         "",
		`"a"`:                               "",
		``:                                  "",
		"{" + strings.Join(many, ",") + `}`: "",
		"{" + strings.Join(many, ",") + `,"K77":0}`: "K77",
		"{" + strings.Join(many, ",") + `,"k3":0}`:  "k3",
	} {
		_, twin := jsonkeys.Read([]byte(text))
		got := ""
		if twin != nil {
			got = twin.Again
		}
		if got != want {
			t.Errorf("%.60s: %q stands twice, want %q", text, got, want)
		}
	}
}

func TestTheKeysOfTheOutermostObjectAreRead(t *testing.T) {
	t.Parallel()
	top, _ := jsonkeys.Read([]byte(`{"id":"x","Data":{"seen":true},"list":[{"y":1}],"":0}`))
	if want := []string{"id", "Data", "list", ""}; !slices.Equal(top, want) {
		t.Errorf("%q, want %q", top, want)
	}
}

// What has no key twice by encoding/json's own map has none here, and the other way round but
// for case.
func FuzzRead(f *testing.F) {
	f.Add(`{"a":1,"b":{"c":[1,{"d":2}]}}`)
	f.Add(`{"a":1,"A":2}`)
	f.Add(`{"\u00e9":1,"é":2`)
	f.Add(`]}{,:"\`)
	f.Add("{\"\xaf\":{}}")
	f.Fuzz(func(t *testing.T, text string) {
		top, twin := jsonkeys.Read([]byte(text))
		var object map[string]json.RawMessage
		if json.Unmarshal([]byte(text), &object) != nil || object == nil {
			return
		}
		if twin == nil && len(top) != len(object) {
			t.Errorf("%q holds %d keys, each once, and %q were read", text, len(object), top)
		}
		for _, key := range top {
			if _, ok := object[key]; !ok {
				t.Errorf("%q holds no %q", text, key)
			}
		}
	})
}

func TestTheWayToAKeyThatStandsTwiceIsKnown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		`{"a":1,"a":2}`: {},
		`{"x":{"a":1},"d":{"x":1,"y":{"z":1,"Z":2}}}`:     {"d", "y"},
		`[7,{"l":[[],[0,{"k":[1,2],"a":1,"a":1}]]}]`:      {"1", "l", "1", "1"},
		`{"d":{"x":{"y":1},"x":1}}`:                       {"d"},
		`[[1,2],{"a":{"b":[1,2,3]},"c":{"d":1,"d":[1]}}]`: {"1", "c"},
	} {
		_, twin := jsonkeys.Read([]byte(text))
		if twin == nil || !slices.Equal(twin.In, want) {
			t.Errorf("%s: found %+v, want it in %q", text, twin, want)
		}
	}
}

func TestDepthCountsObjectsAndListsWithinEachOther(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		``: 0, `7`: 0, `{}`: 1, `[[],[]]`: 2, `{"a":[{"b":1}],"c":{}}`: 3, `"[[["`: 0, `["\"[[",{}]`: 2, `]]]`: 0, `[[["`: 3,
	} {
		if got := jsonkeys.Depth([]byte(text)); got != want {
			t.Errorf("%s is %d deep, want %d", text, got, want)
		}
	}
}
