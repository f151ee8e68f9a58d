package store

import (
	"context"
	"strings"

	"github.com/google/uuid"
)

// Found is a case, by its key and the reference that people are shown.
type Found struct{ Key, Reference string }

// shortest is how much of a key or an id names it: as much as the subject of an e-mail shows.
const shortest = 8

// FindCases finds the cases that a text may name: by a source's reference (of several sources'
// cases of one reference the first that was linked), by a reference that differs in capital
// letters alone, or by a case key or the first eight characters or more of one. With source ""
// any source's references count.
func (s *Store) FindCases(ctx context.Context, source, text string) ([]Found, error) {
	const byReference = `
		select key, (select reference from case_references r where r.case_key::text = key order by n limit 1) as reference
		from (select case_key::text as key, min(n) as n from case_references where `
	for _, q := range []struct{ sql, end string }{
		{`reference = $1 and ($2::text = '' or source = $2)`, `limit 1`},
		{`lower(reference) = lower($1) and ($2::text = '' or source = $2)`, `limit 3`},
	} {
		found, err := rows[Found](ctx, s.pool, "looking for a case", byReference+q.sql+` group by case_key) f order by f.n `+q.end, text, source)
		if err != nil || len(found) > 0 {
			return found, explain(err)
		}
	}
	least, most, ok := idsLike(text)
	if !ok {
		return nil, nil
	}
	found, err := rows[Found](ctx, s.pool, "looking for a case", `
		select key::text, coalesce((select reference from case_references r where r.case_key = c.key order by n limit 1), '') as reference
		from cases c where key between $1::uuid and $2::uuid order by key limit 3`, least, most)
	return found, explain(err)
}

// FindNotices finds the notices and lists that an id may name: the whole of it, or the first eight
// characters or more, as the subject of an e-mail shows them. More than three are not looked for.
func (s *Store) FindNotices(ctx context.Context, id string) ([]NoticeRow, error) {
	least, most, ok := idsLike(id)
	if !ok {
		return nil, nil
	}
	ids, err := rows[struct{ ID string }](ctx, s.pool, "looking for a notice",
		`select id::text from notices where id between $1::uuid and $2::uuid order by id limit 3`, least, most)
	if err != nil {
		return nil, explain(err)
	}
	var found []NoticeRow
	for _, n := range ids {
		list, err := s.Notices(ctx, NoticeFilter{ID: n.ID})
		if err != nil {
			return nil, err
		}
		found = append(found, list...)
	}
	return found, nil
}

// idsLike are the least and the greatest id that begin with a text; ok is false where none can.
func idsLike(text string) (least, most string, ok bool) {
	digits := strings.ReplaceAll(strings.ToLower(text), "-", "")
	const all = 32
	if len(digits) < shortest || len(digits) > all {
		return "", "", false
	}
	pad := func(with string) string { return digits + strings.Repeat(with, all-len(digits)) }
	low, err := uuid.Parse(pad("0"))
	if err != nil {
		return "", "", false
	}
	high, err := uuid.Parse(pad("f"))
	if err != nil {
		return "", "", false
	}
	return low.String(), high.String(), true
}
