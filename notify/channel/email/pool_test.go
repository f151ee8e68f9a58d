package email

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"longstop/internal/casetime"
	"longstop/internal/smtptest"
	"longstop/notify"
)

func TestSeveralMessagesShareAConnectionAndASignIn(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, smtptest.WithSTARTTLS(), smtptest.WithAuth("user", secret))
	ch := channel(t, server, secret)
	for _, id := range []string{"n1", "n2", "n3"} {
		send(t, ch, id)
	}
	if n := len(server.Messages()); n != 3 || server.MostConnections() != 1 || server.SignIns() != 1 {
		t.Errorf("%d messages, %d connections at once, %d sign-ins", n, server.MostConnections(), server.SignIns())
	}
}

func TestBetweenMessagesTheConnectionIsResetAndAtTheEndTheServerIsToldGoodbye(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, smtptest.WithTranscript())
	ch := channel(t, server, "")
	send(t, ch, "n1")
	send(t, ch, "n2")
	if err := ch.Close(); err != nil {
		t.Fatal(err)
	}
	verbs := []string{"EHLO", "MAIL", "RCPT", "DATA", "RSET", "QUIT"}
	var said []string
	for _, line := range server.Transcript() {
		if verb, _, _ := strings.Cut(line, " "); slices.Contains(verbs, verb) {
			said = append(said, verb)
		}
	}
	if want := []string{"EHLO", "MAIL", "RCPT", "DATA", "RSET", "MAIL", "RCPT", "DATA", "QUIT"}; !slices.Equal(said, want) {
		t.Errorf("said %v, want %v", said, want)
	}
}

func TestThereAreNeverMoreConnectionsThanAllowed(t *testing.T) {
	t.Parallel()
	for _, connections := range []int{1, 2, 3} {
		server := smtptest.Start(t)
		ch := channel(t, server, "", func(c *Config) { c.Connections = connections })
		const many = 24
		var wait sync.WaitGroup
		for i := range many {
			wait.Go(func() {
				if _, err := ch.Send(t.Context(), message(fmt.Sprintf("n%d", i))); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if copies := server.Copies(); len(copies) != many {
			t.Errorf("%d messages", len(copies))
		}
		if most, all := server.MostConnections(), server.Connections(); most > connections || all > connections {
			t.Errorf("%d connections at once and %d in all, want %d", most, all, connections)
		}
	}
}

func TestAMessageWaitsForAConnectionUntilItsContextIsDone(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	ch := channel(t, server, "", func(c *Config) { c.Connections = 1 })
	hold := server.HoldNext()
	first := make(chan error, 1)
	go func() {
		_, err := ch.Send(t.Context(), message("n1"))
		first <- err
	}()
	<-hold.Reached()
	ctx, cancel := context.WithCancel(t.Context())
	second := make(chan error, 1)
	go func() {
		_, err := ch.Send(ctx, message("n2"))
		second <- err
	}()
	cancel()
	err := <-second
	temporary(t, err, "notice n2", "waiting for a free connection", "connections=")
	if got := notify.Temporary(err); got.Side != notify.Unknown || got.Alarm || !got.NotDelivered {
		t.Errorf("a wait is nobody's trouble: %+v", got)
	}
	hold.Release()
	if err := <-first; err != nil {
		t.Error(err)
	}
	send(t, ch, "n2")
}

func TestMessagesKeepToThePaceThatIsSet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool(3, 30)
		began := casetime.WallNow()
		for range 31 {
			leave, err := p.enterToSend(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			leave()
		}
		if took := time.Since(began); took != time.Minute {
			t.Errorf("31 messages at 30 a minute took %s", took)
		}
		soon, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		before := casetime.WallNow()
		if _, err := p.enterToSend(soon); !errors.Is(err, errTooSoon) || time.Since(before) != 0 {
			t.Errorf("one that cannot go in time waited %s: %v", time.Since(before), err)
		}
		if len(p.slots) != 0 {
			t.Error("and kept a connection from others")
		}
	})
}

func TestAConnectionThatDiedWhileItWaitedIsReplaced(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	ch := channel(t, server, "")
	send(t, ch, "n1")
	if err := ch.pool.idle[0].conn.Close(); err != nil {
		t.Fatal(err)
	}
	send(t, ch, "n2")
	if n := server.Connections(); n != 2 {
		t.Errorf("%d connections", n)
	}
}

func TestAServerThatEndsAConnectionBetweenMessagesCostsNoAttempt(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	ch := channel(t, server, "")
	send(t, ch, "n1")
	server.FailNextAt(smtptest.AtSender, smtptest.Failure{Code: 421, Text: "4.7.0 Too many messages on this connection", Verbatim: true})
	send(t, ch, "n2")
	if n := server.Connections(); n != 2 {
		t.Errorf("%d connections", n)
	}
	if copies := server.Copies(); copies[message("n2").ID] != 1 {
		t.Errorf("copies: %v", copies)
	}
}

func TestAConnectionCarriesSoManyMessagesAndNoMore(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	ch := channel(t, server, "")
	send(t, ch, "n1")
	ch.pool.idle[0].messages = messagesPerConnection - 1
	send(t, ch, "n2")
	if len(ch.pool.idle) != 0 || server.Connections() != 1 {
		t.Error("the connection still waits")
	}
	send(t, ch, "n3")
	if n := server.Connections(); n != 2 {
		t.Errorf("%d connections", n)
	}
}

func TestAWaitingConnectionThatNobodyTakesIsEnded(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	ch := channel(t, server, "")
	send(t, ch, "n1")
	waited := ch.pool.idle[0]
	ch.pool.expire(waited) // what the timer does
	if len(ch.pool.idle) != 0 || waited.ready(t.Context()) == nil {
		t.Error("the connection still waits")
	}
	ch.pool.expire(waited)
	send(t, ch, "n2")
	ch.pool.expire(waited)
	if len(ch.pool.idle) != 1 {
		t.Error("another connection was ended in its place")
	}
}

func TestAfterCloseMessagesStillGo(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	ch := channel(t, server, "")
	send(t, ch, "n1")
	if err := ch.Close(); err != nil {
		t.Fatal(err)
	}
	send(t, ch, "n2")
	if len(ch.pool.idle) != 0 {
		t.Error("a connection was kept after Close")
	}
}
