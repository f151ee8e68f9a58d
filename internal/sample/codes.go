package sample

import (
	"fmt"
	"strconv"
	"strings"
)

// The codes of a return (the census's own code sets) with their weights: as common as they
// roughly are among children in need.
var (
	referralSources = codes("6=29 2A=19 2B=3 1A=8 1C=2 1D=2 3A=2 3B=3 3C=1 3E=5 3F=5 4=2 5A=2 5B=5 5C=3 5D=4 7=3 8=5 9=3")
	needs           = codes("N1=57 N2=9 N3=4 N4=10 N5=14 N6=2 N7=1 N8=3")
	ethnicities     = codes("WBRI=64 WOTH=5 WROM=1 MWBC=4 MWBA=2 MWAS=2 MOTH=3 AIND=2 APKN=4 ABAN=2 AOTH=2 BCRB=2 BAFR=4 BOTH=1 " +
		"CHNE=1 OOTH=2 REFU=1 NOBT=2")
	disabilities = codes("AUT=30 LD=25 BEH=12 COMM=10 MOB=8 PC=4 HEAR=3 VIS=3 CON=2 INC=1 HAND=1 DDA=3")
	factors      = codes("3B=20 3A=12 4B=18 4A=10 2B=9 1B=9 17A=10 16A=9 18C=7 18B=3 19C=3 19B=2 14A=4 15A=3 5A=3 6A=3 6B=4 " +
		"10A=3 11A=2 13A=2 24A=2 7A=3 20=3 3C=2 9A=1 12A=1")
	abuse = codes("NEG=49 EMO=38 PHY=7 SAB=3 MUL=3")
)

// codes reads "code=weight" after "code=weight".
func codes(list string) weighted[string] {
	var w weighted[string]
	for item := range strings.FieldsSeq(list) {
		code, weight, _ := strings.Cut(item, "=")
		n, err := strconv.ParseFloat(weight, 64)
		if err != nil {
			panic(fmt.Sprintf("sample: the weight of code %q: %v", code, err))
		}
		w = append(w, choice[string]{n, code})
	}
	return w
}
