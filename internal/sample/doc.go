// Package sample invents a district: a Children in Need census return, the people who
// hold its cases, and what a case system would push about visits and meetings. Nothing in
// it is about a real child, worker or council.
//
// It is a small simulation. Referrals arrive through the year as they do in England, each
// starts an episode that runs its course by the published distributions
// (distributions.go names each table), and the return shows what was known of it at the
// end of the day before the one it is made on. So open assessments have every age, plans
// are as old as plans are, and some things are late. A few families are cast first, one
// for each situation worth seeing (cast.go); the rest are drawn. Of the children whose
// episodes have closed one in four is kept, so that most of the return is live.
//
// It differs from a real return in three ways. All reviews of a plan are shown, not only
// those of the period, and a later assessment of an episode is shown only where the first
// is: a return that has neither reads as lateness that never was. Dates before the period
// stand in pre-proceedings that began before it. In April and May, when the period is
// short, situations that need a longer one are left out.
//
// The same day, number of children and seed give the same bytes. The whole is drawn family
// by family and never held in memory. The package reads no clock: the day is given.
package sample
