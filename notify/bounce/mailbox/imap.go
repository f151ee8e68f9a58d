package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"longstop/notify"
	"longstop/notify/bounce"
)

// server is a mailbox that is read by IMAP.
type server struct{ cfg IMAPConfig }

// IMAP reads a mailbox by IMAP. It connects for each round. addresses may be nil: then reports are
// matched by Message-ID. The error is a *setting.Error.
func IMAP(cfg IMAPConfig, addresses *bounce.Addresses, taker notify.Taker) (*Reader, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	return newReader(&server{cfg}, addresses, taker), nil
}

func (s *server) visit(ctx context.Context, skip func(string) bool, handle func(string, []byte) (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	client, err := s.connect(ctx)
	if err != nil {
		return s.explain("connecting", err)
	}
	defer context.AfterFunc(ctx, func() { client.Close() })() //nolint:errcheck // whoever waits for it learns of the end
	defer client.Close()                                      //nolint:errcheck // nothing is lost: see the package
	// Its answer may repeat what was sent: it is not passed on.
	if err := client.Login(s.cfg.Username, string(s.cfg.Password)).Wait(); err != nil {
		return s.explain("signing in", errors.Join(errSignIn, ctx.Err()))
	}
	validity, ids, err := s.open(client)
	if err != nil {
		return s.explain("opening the folder "+s.cfg.Folder, err)
	}
	for _, uid := range ids {
		id := validity + "." + strconv.FormatUint(uint64(uid), 10)
		if skip(id) {
			continue
		}
		raw, err := fetch(client, uid)
		if err != nil {
			return s.explain("fetching a message", err)
		}
		if raw == nil {
			continue // somebody has deleted it
		}
		done, err := handle(id, raw)
		if err != nil {
			return err
		}
		if !done {
			continue
		}
		if _, err := client.Move(imap.UIDSetNum(uid), s.cfg.Taken).Wait(); err != nil {
			return s.explain("moving a message that is taken to the folder "+s.cfg.Taken, err)
		}
	}
	return s.explain("signing off", client.Logout().Wait())
}

var errSignIn = errors.New("the server did not take the user and the password")

// explain says at which stage it failed, and with which server.
func (s *server) explain(stage string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("the mailbox of reports (%s): %s: %w; look at %s", s.cfg.addr(), stage, err, envIMAP)
}

func (s *server) connect(ctx context.Context) (*imapclient.Client, error) {
	dialer := net.Dialer{}
	config := &tls.Config{ServerName: s.cfg.Host, RootCAs: s.cfg.Roots, MinVersion: tls.VersionTLS12}
	if s.cfg.TLS == ImplicitTLS {
		secure := tls.Dialer{NetDialer: &dialer, Config: config}
		conn, err := secure.DialContext(ctx, "tcp", s.cfg.addr())
		if err != nil {
			return nil, err
		}
		return imapclient.New(conn, nil), nil
	}
	conn, err := dialer.DialContext(ctx, "tcp", s.cfg.addr())
	if err != nil {
		return nil, err
	}
	if s.cfg.TLS == NoTLS {
		return imapclient.New(conn, nil), nil
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() }) //nolint:errcheck // whoever waits for it learns of the end
	defer stop()
	return imapclient.NewStartTLS(conn, &imapclient.Options{TLSConfig: config})
}

// open selects the folder, makes sure of the one for what is taken, and returns the messages that are not
// deleted.
func (s *server) open(client *imapclient.Client) (validity string, ids []imap.UID, err error) {
	selected, err := client.Select(s.cfg.Folder, nil).Wait()
	if err != nil {
		return "", nil, err
	}
	folders, err := client.List("", s.cfg.Taken, nil).Collect()
	if err != nil {
		return "", nil, err
	}
	if len(folders) == 0 {
		if err := client.Create(s.cfg.Taken, nil).Wait(); err != nil {
			return "", nil, fmt.Errorf("making the folder %s: %w", s.cfg.Taken, err)
		}
	}
	found, err := client.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagDeleted}}, nil).Wait()
	if err != nil {
		return "", nil, err
	}
	ids = found.AllUIDs()
	slices.Sort(ids)
	return strconv.FormatUint(uint64(selected.UIDValidity), 10), ids, nil
}

// fetch reads the beginning of a message, without marking it as read; nil where it has gone.
func fetch(client *imapclient.Client, uid imap.UID) (raw []byte, err error) {
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: mostBytes}}
	command := client.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
	defer func() { err = errors.Join(err, command.Close()) }()
	for message := command.Next(); message != nil; message = command.Next() {
		for item := message.Next(); item != nil; item = message.Next() {
			body, is := item.(imapclient.FetchItemDataBodySection)
			if !is || body.Literal == nil {
				continue
			}
			if raw, err = io.ReadAll(io.LimitReader(body.Literal, mostBytes)); err != nil {
				return nil, err
			}
		}
	}
	return raw, nil
}
