package sample

import (
	"fmt"
	"strings"
)

// The names are put together from two lists, and the second is of birds.
var (
	firstNames = strings.Fields("Ada Bilal Carys Dev Elsie Farah George Hana Idris Joan Kofi Leila Mabel Nadia Owen Priya " +
		"Quentin Rosa Sanjay Tilly Umar Vera Winston Xanthe Yusuf Zofia Alun Bronwen Ciaran")
	lastNames = strings.Fields("Wren Heron Plover Dunnock Siskin Linnet Curlew Avocet Bittern Whinchat Wigeon Godwit Dotterel " +
		"Garganey Merganser Redstart Fieldfare Brambling Yellowhammer Stonechat Nightjar")
	places = strings.Fields("Alder Birch Cedar Damson Elder Fir Gorse Hazel Ivy Juniper Larch Maple Oak Pine Rowan Sycamore " +
		"Teasel Willow Yew")
)

// nameOf is a name and an address of one's own for each of the first several hundred people;
// example.org is reserved, so no mail to it reaches anybody (RFC 2606).
func nameOf(i int) (name, email string) {
	// The lists' lengths have no common divisor, so every pair comes once.
	first, last := firstNames[i%len(firstNames)], lastNames[i%len(lastNames)]
	email = strings.ToLower(first + "." + last)
	if round := i / (len(firstNames) * len(lastNames)); round > 0 {
		email += fmt.Sprint(round + 1)
	}
	return first + " " + last, email + "@example.org"
}

func teamName(i int) string {
	name := places[i%len(places)] + " team"
	if round := i / len(places); round > 0 {
		name += fmt.Sprintf(" %d", round+1)
	}
	return name
}
