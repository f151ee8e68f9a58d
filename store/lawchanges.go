package store

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// adoptedLaws are compiled laws by their adoptions, read when they are first asked for; nil
// for one that this program cannot read.
type adoptedLaws map[int64]*law

// step is an adoption: the law that it put in force, and the law before it. Either is nil
// where this program cannot read it.
type step struct {
	adoption      int64
	before, after *law
}

// noteLawChanges notes, for the cases that were planned again because the law changed, why
// they were, and each duty about which the law says something else than before. Several
// adoptions that came in a row are told apart.
func (s *Store) noteLawChanges(ctx context.Context, tx pgx.Tx, laws adoptedLaws, changes []*change) error {
	stepsSince := map[int64][]step{}
	var work []*lawChange
	for _, c := range changes {
		from := c.file.plannedBy
		if from >= c.law.seq {
			continue
		}
		steps, known := stepsSince[from]
		if !known {
			var err error
			if steps, err = s.steps(ctx, tx, laws, from, c.law); err != nil {
				return err
			}
			stepsSince[from] = steps
		}
		for _, st := range steps {
			work = append(work, &lawChange{change: c, step: st})
		}
	}
	if work == nil {
		return nil
	}
	s.compareAll(work)
	return writeLawChanges(ctx, tx, work)
}

// steps are the adoptions after one, up to the law in force.
func (s *Store) steps(ctx context.Context, tx pgx.Tx, laws adoptedLaws, from int64, now *law) ([]step, error) {
	laws[now.seq] = now
	list, err := rows[Adoption](ctx, tx, "reading the adoptions", selectAdoption+` where seq between $1 and $2 order by seq`, from, now.seq)
	if err != nil {
		return nil, err
	}
	var steps []step
	for i, a := range list {
		if err := s.readAdopted(ctx, tx, laws, a); err != nil {
			return nil, err
		}
		if i > 0 {
			steps = append(steps, step{adoption: a.Seq, before: laws[list[i-1].Seq], after: laws[a.Seq]})
		}
	}
	return steps, nil
}

func (s *Store) readAdopted(ctx context.Context, q querier, laws adoptedLaws, a Adoption) error {
	if _, known := laws[a.Seq]; known {
		return nil
	}
	docs, err := documentsOf(ctx, q, a.Law)
	if err != nil {
		return err
	}
	l, err := s.compile(a, docs)
	if err != nil {
		// That must not keep the cases from being planned.
		s.log.Warn().Err(err).Int64("adoption", a.Seq).Msg("this release cannot read an earlier law: what has changed since is not told")
	}
	laws[a.Seq] = l
	return nil
}
