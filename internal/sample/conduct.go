package sample

// habit is how faithfully something that recurs is done.
type habit string

const (
	steady   habit = "steady"   // nearly always in time
	slack    habit = "slack"    // often late
	drifting habit = "drifting" // not done for seven weeks and more
	missed   habit = "missed"   // drifting, and then tried without seeing the child
)

// conduct is how the work with a family is done, and by whom: what no return can tell.
type conduct struct {
	visits     habit
	coreGroups habit
	reviews    habit // of a child in need plan
	holder     holder
}

// holder says whose case it is, where that is worth seeing.
type holder string

const (
	anyone    holder = ""
	whoLeft   holder = "a worker who has left"
	whoIsAway holder = "a worker who is away"
)

var (
	visitHabits   = weighted[habit]{{86, steady}, {9, slack}, {4, drifting}, {1, missed}}
	meetingHabits = weighted[habit]{{87, steady}, {9, slack}, {4, drifting}}
)

func newConduct(d *dice) conduct {
	return conduct{visits: visitHabits.draw(d), coreGroups: meetingHabits.draw(d), reviews: meetingHabits.draw(d)}
}

// orSteady is the conduct with everything steady that it leaves open.
func (c conduct) orSteady() conduct {
	for _, h := range []*habit{&c.visits, &c.coreGroups, &c.reviews} {
		if *h == "" {
			*h = steady
		}
	}
	return c
}
