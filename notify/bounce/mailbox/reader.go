// Package mailbox reads the mailbox to which mail servers report what they could not deliver: by
// IMAP, from a maildir, or one message from a pipe.
//
// A message leaves the mailbox only after the record has taken what it reports, so that a crash in
// between costs nothing: it is read again, and taking the same report twice changes nothing. What
// is not a report is left where it is, for a person, and counted.
package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"

	"longstop/notify"
	"longstop/notify/bounce"
)

// mostBytes of a message that are read. A report stands before the message that it returns.
const mostBytes = 1 << 20

// failuresInARow end a round: the record is down, and no further report would be taken.
const failuresInARow = 3

// Counts are what a round found, of messages.
type Counts struct {
	Taken       int // reports that the record has, which have left the mailbox
	Later       int // reports that it could not take yet: the next round tries again
	Unknown     int // reports about messages of others, or whose address nobody here has made; left
	AutoReplies int // left
	Other       int // left: somebody should look
}

// source is where messages wait.
type source interface {
	// visit calls handle for every message that waits but those that skip knows, and takes a message out of the
	// mailbox where handle returns true. An error of handle ends it.
	visit(ctx context.Context, skip func(id string) bool, handle func(id string, raw []byte) (done bool, err error)) error
}

// Reader reads a mailbox. It is not safe for concurrent use.
type Reader struct {
	source    source
	addresses *bounce.Addresses
	taker     notify.Taker
	left      map[string]kind // what is left in the mailbox, which is not read again
}

// kind is why a message is left.
type kind int

const (
	unknown kind = iota
	autoReply
	other
)

func newReader(s source, addresses *bounce.Addresses, taker notify.Taker) *Reader {
	return &Reader{source: s, addresses: addresses, taker: taker, left: map[string]kind{}}
}

// Once reads what waits and hands each report on. The counts hold for what was read before an
// error, too; those of what is left are of all that is in the mailbox.
func (r *Reader) Once(ctx context.Context) (Counts, error) {
	var counts Counts
	here, failed := map[string]kind{}, 0
	var first error
	err := r.source.visit(ctx, func(id string) bool {
		k, known := r.left[id]
		if known {
			here[id] = k
		}
		return known
	}, func(id string, raw []byte) (bool, error) {
		v, k, err := judge(ctx, raw, r.addresses, r.taker)
		switch v {
		case take:
			counts.Taken++
		case leave:
			here[id] = k
		case later:
			counts.Later++
		}
		if failed++; err == nil || errors.Is(err, notify.ErrNotYet) {
			failed = 0
		} else if first == nil {
			first = err
		}
		if failed == failuresInARow || ctx.Err() != nil {
			return false, errStopped
		}
		return v == take, nil
	})
	if errors.Is(err, errStopped) {
		err = nil
	}
	if err == nil && first == nil {
		r.left = here // whatever else was there has been taken away
	} else {
		for id, k := range here {
			r.left[id] = k
		}
	}
	for _, k := range here {
		switch k {
		case unknown:
			counts.Unknown++
		case autoReply:
			counts.AutoReplies++
		case other:
			counts.Other++
		}
	}
	return counts, errors.Join(err, first, ctx.Err())
}

var errStopped = errors.New("the round is over")

// verdict is what becomes of a message.
type verdict int

const (
	take  verdict = iota // the record has it
	leave                // it is not for the record
	later                // the record could not take it
)

// judge hands the reports in a message on.
func judge(ctx context.Context, raw []byte, addresses *bounce.Addresses, taker notify.Taker) (verdict, kind, error) {
	mail := bounce.Parse(raw)
	switch mail.Kind {
	case bounce.AutoReply:
		return leave, autoReply, nil
	case bounce.Other:
		return leave, other, nil
	case bounce.Status:
	}
	taken := false
	for _, report := range mail.Reports(addresses) {
		switch err := taker.Take(ctx, report); {
		case errors.Is(err, notify.ErrUnknown):
		case err != nil:
			return later, unknown, fmt.Errorf("handing on a report of a mail server: %w", err)
		default:
			taken = true
		}
	}
	if !taken {
		return leave, unknown, nil
	}
	return take, unknown, nil
}

// ErrNotForUs is what One returns for a message that is not a report about a message of this record.
var ErrNotForUs = errors.New("the message is not a report about a message that Longstop has sent")

// One reads one message, as a mail server pipes it to a program. An error other than ErrNotForUs asks
// for the same message again later.
func One(ctx context.Context, r io.Reader, addresses *bounce.Addresses, taker notify.Taker) error {
	raw, err := io.ReadAll(io.LimitReader(r, mostBytes))
	if err != nil {
		return fmt.Errorf("reading a message: %w", err)
	}
	v, _, err := judge(ctx, raw, addresses, taker)
	if v == leave {
		return ErrNotForUs
	}
	return err
}
