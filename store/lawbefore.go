package store

import (
	"context"
	"sync"

	"longstop/casework"
	"longstop/timescale"
)

// adoptedDocuments are an adoption and the documents of its law.
type adoptedDocuments struct {
	Adoption
	Pack, Calendar []byte
}

// lawsBefore is the book that was in force before an adoption, with those before it in turn:
// what was to be said then goes by them. It is compiled when it is first asked for; nil
// where there was none, and where this program cannot read it.
func (s *Store) lawsBefore(ctx context.Context, q querier, a Adoption) (func() *casework.Book, error) {
	list, err := rows[adoptedDocuments](ctx, q, "reading the laws before", `
		select f.seq, f.law, f.adopted as on, f.reason, f.by_whom as by, l.pack, l.calendar
		from laws_in_force f join laws l on l.hash = f.law where f.seq < $1 order by f.seq`, a.Seq)
	if err != nil {
		return nil, explain(err)
	}
	var earlier func() *casework.Book
	for i := range list {
		earlier = s.after(earlier, &list[i])
	}
	return earlier, nil
}

func (s *Store) after(earlier func() *casework.Book, a *adoptedDocuments) func() *casework.Book {
	return sync.OnceValue(func() *casework.Book {
		book, err := s.book(timescale.Documents{Pack: a.Pack, Calendar: a.Calendar})
		if err != nil {
			s.log.Warn().Err(err).Int64("adoption", a.Seq).Msg("this release cannot read an earlier law: what was known then goes by the present one")
			return nil
		}
		return book.After(earlier, a.On)
	})
}
