package bench_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"

	"longstop/internal/temporal"
	"longstop/internal/temporaltest"
)

// place is a namespace and an empty database of their own on the shared stack.
type place struct {
	stack     *temporaltest.Stack
	namespace string
	id        string // of the namespace
	url       string // of the database
	temporal  client.Client
	server    *pgx.Conn // to Temporal's own database
}

// newPlace makes a place and waits until it can be used, search attributes included.
func newPlace(b *testing.B, name string) *place {
	b.Helper()
	p := &place{stack: temporaltest.Shared(b), namespace: name}
	p.register(b)
	p.temporal = p.stack.Client(b, name)
	p.usable(b)
	if err := temporal.RegisterSearchAttributes(b.Context(), p.temporal, name); err != nil {
		b.Fatal(err)
	}
	p.url = databaseURL(b, p.stack, strings.ReplaceAll(name, "-", "_"))
	execute(b, p.stack.DatabaseURL, "create database "+strings.ReplaceAll(name, "-", "_"))
	p.server = connect(b, databaseURL(b, p.stack, "temporal"))
	return p
}

func (p *place) register(b *testing.B) {
	b.Helper()
	namespaces, err := client.NewNamespaceClient(client.Options{HostPort: p.stack.Temporal})
	if err != nil {
		b.Fatal(err)
	}
	defer namespaces.Close()
	err = namespaces.Register(b.Context(), &workflowservice.RegisterNamespaceRequest{
		Namespace: p.namespace, WorkflowExecutionRetentionPeriod: durationpb.New(7 * 24 * time.Hour),
	})
	if err != nil {
		b.Fatal(err)
	}
	until(b, "the namespace "+p.namespace+" is known", func() (bool, error) {
		described, err := namespaces.Describe(b.Context(), p.namespace)
		p.id = described.GetNamespaceInfo().GetId()
		return err == nil, nil
	})
}

// usable waits until every service knows the namespace: each keeps a list of its own.
func (p *place) usable(b *testing.B) {
	b.Helper()
	until(b, "the namespace "+p.namespace+" can be used", func() (bool, error) {
		_, err := p.temporal.DescribeTaskQueue(b.Context(), queue, enumspb.TASK_QUEUE_TYPE_WORKFLOW)
		if err != nil {
			return false, nil
		}
		_, err = p.temporal.DescribeWorkflowExecution(b.Context(), "none", "")
		var none *serviceerror.NotFound
		return errors.As(err, &none), nil
	})
}

func databaseURL(b *testing.B, s *temporaltest.Stack, name string) string {
	b.Helper()
	u, err := url.Parse(s.DatabaseURL)
	if err != nil {
		b.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func connect(b *testing.B, url string) *pgx.Conn {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func execute(b *testing.B, url, sql string) {
	b.Helper()
	if _, err := connect(b, url).Exec(b.Context(), sql); err != nil {
		b.Fatal(err)
	}
}

// within is how long anything here may take, on a slow machine too.
const within = 15 * time.Minute

// until asks again and again until the answer is yes.
func until(b *testing.B, what string, yes func() (bool, error)) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), within)
	defer cancel()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		ok, err := yes()
		if err != nil {
			b.Fatal(err)
		}
		if ok {
			return
		}
		select {
		case <-ctx.Done():
			b.Fatalf("did not come about: %s", what)
		case <-ticker.C:
		}
	}
}
