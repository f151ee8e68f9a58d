package casework

// OnlyOnceBorn is for the test that each is in the vocabulary.
var OnlyOnceBorn = onlyOnceBorn
