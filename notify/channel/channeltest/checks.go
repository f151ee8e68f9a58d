package channeltest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"longstop/notify"
)

var shortWord = regexp.MustCompile(`^[a-z]{2,20}$`)

func checkSuccess(ctx context.Context, p Pair) error {
	if name := p.Channel.Name(); !shortWord.MatchString(name) {
		return fmt.Errorf("the channel is called %q: want a short word in lower case, for the record", name)
	}
	receipt, err := take(ctx, p, p.message("n1"))
	if err != nil {
		return err
	}
	if receipt == "" {
		return errors.New("there is no receipt")
	}
	if err := private(p, "the receipt", receipt); err != nil {
		return err
	}
	return expectTaken(p, "n1")
}

func checkAgain(ctx context.Context, p Pair) error {
	for range 2 {
		if _, err := take(ctx, p, p.message("n1")); err != nil {
			return err
		}
	}
	return expectTaken(p, "n1", "n1")
}

func checkRefused(ctx context.Context, p Pair) error {
	if p.RefuseNext == nil {
		return ErrCannotHappen
	}
	p.RefuseNext()
	_, err := p.Channel.Send(ctx, p.message("n1"))
	var refused *notify.PermanentError
	if !errors.As(err, &refused) {
		return fmt.Errorf("got the error %v, want a *notify.PermanentError", err) //nolint:errorlint // it may be nil
	}
	if refused.Notice != "n1" || refused.Channel != p.Channel.Name() || refused.Reason == "" {
		return fmt.Errorf("the error should name the notice, the channel and a reason: %+v", *refused)
	}
	if err := privateError(p, err); err != nil {
		return err
	}
	return goesOn(ctx, p)
}

func checkDelayed(ctx context.Context, p Pair) error {
	if p.DelayNext == nil {
		return ErrCannotHappen
	}
	p.DelayNext()
	_, err := p.Channel.Send(ctx, p.message("n1"))
	failure, err := temporary(p, err, "n1")
	if err != nil {
		return err
	}
	if !failure.NotDelivered {
		return errors.New("the far side has answered: the message is known not to be delivered, and the error should say so")
	}
	return goesOn(ctx, p)
}

func checkLost(ctx context.Context, p Pair) error {
	if p.LoseNext == nil {
		return ErrCannotHappen
	}
	p.LoseNext()
	first, again := p.message("n1"), p.message("n1")
	first.Attempt, again.Attempt, again.Doubtful = 1, 2, []int{1}
	_, err := p.Channel.Send(ctx, first)
	failure, err := temporary(p, err, "n1")
	if err != nil {
		return err
	}
	if failure.NotDelivered {
		return errors.New("the error says that the message was not delivered: nobody can know")
	}
	if _, err := take(ctx, p, again); err != nil {
		return err
	}
	if p.Asks {
		return expectTaken(p, "n1")
	}
	// The repetition can be told from a second message: it has the same id.
	return expectTaken(p, "n1", "n1")
}

func checkHang(ctx context.Context, p Pair) error {
	if p.HangNext == nil {
		return ErrCannotHappen
	}
	patience := cmp.Or(p.Patience, 10*time.Second)
	reached, release := p.HangNext()
	defer release()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := p.Channel.Send(ctx, p.message("n1"))
		ended <- err
	}()
	select {
	case <-reached:
	case err := <-ended:
		return fmt.Errorf("it ended before the far side hung: %v", err) //nolint:errorlint // it may be nil
	case <-time.After(patience):
		return errors.New("the far side was never asked")
	}
	cancel()
	select {
	case err := <-ended:
		_, fault := temporary(p, err, "n1") //nolint:errcheck // the first is the error that was asked for
		return fault
	case <-time.After(patience):
		return fmt.Errorf("it was still sending %v after its context was done", patience)
	}
}

func checkDone(ctx context.Context, p Pair) error {
	done, cancel := context.WithCancel(ctx)
	cancel()
	receipt, err := p.Channel.Send(done, p.message("n1"))
	if err == nil {
		return fmt.Errorf("the context was done, and it returned the receipt %q", receipt)
	}
	if errors.Is(err, notify.ErrRefused) {
		return fmt.Errorf("the context was done, and the error is that of a refused recipient: %w", err)
	}
	if err := privateError(p, err); err != nil {
		return err
	}
	return expectTaken(p)
}

func checkAtOnce(ctx context.Context, p Pair) error {
	const messages = 8
	var want []string
	var all sync.WaitGroup
	failed := make([]error, messages)
	for n := range messages {
		notice := fmt.Sprintf("n%d", n)
		want = append(want, notice)
		all.Go(func() { _, failed[n] = take(ctx, p, p.message(notice)) })
	}
	all.Wait()
	if err := errors.Join(failed...); err != nil {
		return err
	}
	var got []string
	for _, m := range p.Taken() {
		got = append(got, m.Notice)
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		return fmt.Errorf("the far side has %v, want %v", got, want)
	}
	return nil
}

func checkBounce(ctx context.Context, p Pair) error {
	bouncer, can := p.Channel.(notify.Bouncer)
	switch {
	case !can && p.Reported == nil:
		return ErrCannotHappen
	case !can:
		return errors.New("the far side reports later what it could not deliver, and the channel is no notify.Bouncer")
	case p.Reported == nil:
		return errors.New("the channel is a notify.Bouncer, and the pair says nothing of reports")
	}
	keys := map[string]bool{}
	for n, notice := range []string{"n1", "n2"} {
		receipt, err := take(ctx, p, p.message(notice))
		if err != nil {
			return err
		}
		taken := p.Taken()
		if len(taken) != n+1 {
			return fmt.Errorf("the far side has %d messages, want %d", len(taken), n+1)
		}
		key := bouncer.BounceKey(p.message(notice), receipt)
		if named := p.Reported(taken[n]); key == "" || key != named {
			return fmt.Errorf("a report names the message %q, and the channel would look for %q", named, key)
		}
		keys[key] = true
	}
	if len(keys) != 2 {
		return errors.New("a report that comes later cannot tell two messages apart")
	}
	return nil
}

// goesOn checks that the far side has nothing, and that the channel works as before.
func goesOn(ctx context.Context, p Pair) error {
	if err := expectTaken(p); err != nil {
		return err
	}
	if _, err := take(ctx, p, p.message("n2")); err != nil {
		return fmt.Errorf("the message after: %w", err)
	}
	return expectTaken(p, "n2")
}

// temporary returns the failure in the error of a message that could not be taken just now, or
// what is wrong with that error.
func temporary(p Pair, err error, notice string) (*notify.TemporaryError, error) {
	var failure *notify.TemporaryError
	switch {
	case err == nil:
		return nil, errors.New("it returned no error")
	case errors.Is(err, notify.ErrRefused):
		return nil, fmt.Errorf("the error is that of a recipient refused for good: %w", err)
	case !errors.As(err, &failure):
		return nil, fmt.Errorf("got the error %w, want a *notify.TemporaryError", err)
	case failure.Notice != notice || failure.Channel != p.Channel.Name() || failure.Err == nil:
		return nil, fmt.Errorf("the error should name the notice, the channel and a cause: %+v", *failure)
	}
	return failure, privateError(p, err)
}

// privateError checks an error, and every error inside it.
func privateError(p Pair, err error) error {
	for e := err; e != nil; e = errors.Unwrap(e) {
		if found := private(p, "the error", fmt.Sprintf("%v %+v", e, e)); found != nil {
			return found
		}
	}
	return nil
}

// private checks that a text does not give the recipient away.
func private(p Pair, what, text string) error {
	text = strings.ToLower(text)
	for _, part := range strings.FieldsFunc(strings.ToLower(p.address()+" "+person), func(r rune) bool { return r == '@' || r == ' ' || r == '.' }) {
		if part != "council" && part != "example" && strings.Contains(text, part) {
			return fmt.Errorf("%s gives the recipient away: %s", what, text)
		}
	}
	return nil
}
