package pages

import "fmt"

// howToRead explains the words of a timescale's section once, with what holds for all.
func (b *book) howToRead() string {
	return "## How to read a timescale\n\n" +
		"- **Clock starts when:** the day on which it happens is day 0, unless the limit begins with the day. A second start changes " +
		"nothing while the clock runs, unless every start has a clock of its own.\n" +
		"- **Limit:** a limit in days runs to the end of its last day, in London. Working days are Monday to Friday less the bank " +
		"holidays of England and Wales; weeks, months and hours run through weekends.\n" +
		"- **Met when:** the day on which it happened counts, and not the day on which it was recorded.\n" +
		"- **Ends without being met:** it is no longer owed. " + b.endsAll() + "\n" +
		"- **Status** and **source:** what sets the number. *Local* means that no law does: missing it is no breach of law. " +
		"A number that is local and in force is *a default of Longstop, which your council has not set*, until an overlay confirms or changes it. " +
		"What councils use in its place stands under [what a council sets](" + unsetFile + ").\n" +
		"- **Checked:** how the words of the source are known, and when that was looked at. *Read in part* and *only a similar text read* (a text of the same structure, " +
		"of Wales for example) do not show the limit, no more than *not read*; *through another text* does, by a text that quotes or states the words.\n" +
		"- **Applies to:** the day of the start chooses the edition, and that edition governs the clock for its life.\n" +
		"- Names such as `cp_visit.made` are the events as the programs spell them: [all of them](" + wordsFile + ").\n\n"
}

// endsAll is what ends every clock of a case.
func (b *book) endsAll() string {
	words := make([]string, len(b.pack.CaseEnds))
	for i, name := range b.pack.CaseEnds {
		words[i] = phrase(name)
	}
	return fmt.Sprintf("Every clock of a case ends when %s; a closing that carries the id of a referral ends those of that referral, "+
		"and with the last referral that is open also those that carry none. Nothing starts after a child has died. Clocks counted in days end on the 18th birthday, but for those of leaving care.",
		either(words))
}
