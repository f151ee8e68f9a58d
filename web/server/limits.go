package server

import (
	"crypto/sha256"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"

	"longstop/access"
)

// Limits bound what callers ask for. What is 0 has the default.
type Limits struct {
	PerSecond int // requests a second of one key, twice as many at once; DefaultPerSecond. A key may have its own
	AtOnce    int // requests of one key that are served at once; DefaultAtOnce. A key may have its own
	AllAtOnce int // requests of all keys that are served at once; DefaultAllAtOnce
	// BodyBytes are how many bytes the bodies of the requests that are served at once may have, all together: what is made
	// of them takes several times as much memory. DefaultBodyBytes; one body of the largest that an operation takes always fits.
	BodyBytes int64
	// Proxies are the networks of the proxies in front of this program. Only from them is X-Forwarded-For believed.
	Proxies []netip.Prefix
	// HeaderWithin is how long the header of a request may take to arrive; 0: 10 s.
	HeaderWithin time.Duration
	// FormWithin is how long the form may take to arrive by which a token is asked for; 0: 5 s.
	FormWithin time.Duration
}

// The defaults.
const (
	DefaultPerSecond = 200
	DefaultAtOnce    = 64
	DefaultAllAtOnce = 256
	DefaultBodyBytes = 64 << 20

	defaultFormWithin = 5 * time.Second
)

// A failed sign-in costs its address one of mostFailures, which come back one every failureEvery.
const (
	mostFailures = 30
	failureEvery = 2 * time.Second
)

// mostAddresses is of how many addresses failures are remembered.
const mostAddresses = 10_000

// The forms by which tokens are asked for are read before it is known who asks: so many at once, and so many of one address.
// An address that has used up its failures is not turned away, since the key in its form may be a valid one, but has one form read at a time.
const (
	mostForms        = 64
	mostFormsFromOne = 16
	mostFormsFromBad = 1
)

// gate counts the requests of each key and the failed sign-ins of each address. It is in memory: two programs on one
// record let through twice as much.
type gate struct {
	limits Limits
	all    chan struct{}
	bodies *semaphore.Weighted

	mu       sync.Mutex
	keys     map[string]*turnstile
	failures map[netip.Addr]*rate.Limiter
	good     good
	forms    map[netip.Addr]int // how many are being read
	reading  int                // of all addresses
}

// mostGood is how many texts are remembered as valid of one key: itself, and the tokens that stand for it.
const mostGood = 16

// digest is the SHA-256 of a key or a token as it was sent.
type digest [sha256.Size]byte

// good are the keys and tokens that were valid when they last came, of each key the last mostGood.
type good struct {
	keys map[digest]string   // the id of the key that each stands for
	last map[string][]digest // by the id of their key; the one that came last is at the end
}

func (g *good) has(text string) bool { return g.keys[sha256.Sum256([]byte(text))] != "" }

func (g *good) add(key, text string) {
	d := digest(sha256.Sum256([]byte(text)))
	g.drop(d)
	if of := g.last[key]; len(of) == mostGood {
		g.drop(of[0])
	}
	g.keys[d] = key
	g.last[key] = append(g.last[key], d)
}

func (g *good) drop(d digest) {
	key, held := g.keys[d]
	if !held {
		return
	}
	delete(g.keys, d)
	if g.last[key] = slices.DeleteFunc(g.last[key], func(other digest) bool { return other == d }); len(g.last[key]) == 0 {
		delete(g.last, key)
	}
}

// turnstile is what one key has left.
type turnstile struct {
	limiter *rate.Limiter
	running int
}

func newGate(l Limits) *gate {
	for n, unset := range map[*int]int{&l.PerSecond: DefaultPerSecond, &l.AtOnce: DefaultAtOnce, &l.AllAtOnce: DefaultAllAtOnce} {
		if *n == 0 {
			*n = unset
		}
	}
	if l.BodyBytes == 0 {
		l.BodyBytes = DefaultBodyBytes
	}
	if l.FormWithin == 0 {
		l.FormWithin = defaultFormWithin
	}
	return &gate{
		limits: l, all: make(chan struct{}, l.AllAtOnce), bodies: semaphore.NewWeighted(l.BodyBytes),
		keys: map[string]*turnstile{}, failures: map[netip.Addr]*rate.Limiter{}, forms: map[netip.Addr]int{},
		good: good{keys: map[digest]string{}, last: map[string][]digest{}},
	}
}

// enter lets a caller's request in, and returns what to call once it has been served; or why it has to wait.
func (g *gate) enter(c access.Caller, now time.Time) (leave func(), problem *Problem) {
	if problem := g.take(c, now); problem != nil {
		return nil, problem
	}
	select {
	case g.all <- struct{}{}:
	default:
		g.giveBack(c.Key)
		return nil, Unavailable.Problem("Too many requests are being served: send it again in a moment.").RetryAfter(time.Second)
	}
	return func() {
		<-g.all
		g.giveBack(c.Key)
	}, nil
}

// carry makes room for a body of a length, of which an operation takes so much at most, and returns what to call once the
// request has been served. A body that does not say its length (-1) may have as much as the operation takes.
func (g *gate) carry(length, most int64) (leave func(), problem *Problem) {
	if length < 0 || length > most {
		length = most
	}
	length = min(length, g.limits.BodyBytes)
	if !g.bodies.TryAcquire(length) {
		return nil, Unavailable.Problem("Too much is being sent at once, by all together: send it again in a moment.").RetryAfter(time.Second)
	}
	return func() { g.bodies.Release(length) }, nil
}

// turns are what an operation has that is served so many times at once; nil: that has no limit of its own.
type turns chan struct{}

func newTurns(most int) turns {
	if most == 0 {
		return nil
	}
	return make(turns, most)
}

// heavyWait is after how long an operation with a limit of its own may be asked for again: it is one that takes long.
const heavyWait = 30 * time.Second

func (t turns) take() (leave func(), problem *Problem) {
	if t == nil {
		return func() {}, nil
	}
	select {
	case t <- struct{}{}:
		return func() { <-t }, nil
	default:
		return nil, TooMany.Problemf("This takes long, and no more than %d at once are worked on: send it again later.", cap(t)).RetryAfter(heavyWait)
	}
}

// leaving is what to call once a request has been served.
type leaving []func()

func (l *leaving) add(leave func()) { *l = append(*l, leave) }

func (l *leaving) leave() {
	for _, leave := range *l {
		leave()
	}
}

func (g *gate) take(c access.Caller, now time.Time) *Problem {
	perSecond, atOnce := g.limits.PerSecond, g.limits.AtOnce
	if c.PerSecond > 0 {
		perSecond = c.PerSecond
	}
	if c.AtOnce > 0 {
		atOnce = c.AtOnce
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.keys[c.Key]
	if t == nil {
		t = &turnstile{limiter: rate.NewLimiter(rate.Limit(perSecond), 2*perSecond)}
		g.keys[c.Key] = t
	}
	if t.limiter.Limit() != rate.Limit(perSecond) { // somebody gave the key other limits
		t.limiter.SetLimitAt(now, rate.Limit(perSecond))
		t.limiter.SetBurstAt(now, 2*perSecond)
	}
	if t.running >= atOnce {
		return TooMany.Problemf("More than %d requests with this key are being served at once.", atOnce).RetryAfter(time.Second)
	}
	reserved := t.limiter.ReserveN(now, 1)
	if wait := reserved.DelayFrom(now); wait > 0 {
		reserved.CancelAt(now)
		return TooMany.Problemf("More than %d requests a second came with this key.", perSecond).RetryAfter(wait)
	}
	t.running++
	return nil
}

func (g *gate) giveBack(key string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.keys[key].running--
}

// hold returns why an address has to wait before it may try a key. A key that was valid when it last came never
// waits: somebody who guesses from behind the same proxy locks nobody out.
func (g *gate) hold(from netip.Addr, key string, now time.Time) *Problem {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.isBad(from, now) || g.good.has(key) {
		return nil
	}
	return TooMany.Problem("Too many keys that are not valid came from this address.").RetryAfter(failureEvery)
}

// isBad reports whether an address has used up its failures.
func (g *gate) isBad(from netip.Addr, now time.Time) bool {
	l := g.failures[from]
	return l != nil && l.TokensAt(now) < 1
}

// signedIn remembers that a key was valid, or a token that stands for it; key is the key's id.
func (g *gate) signedIn(key, text string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.good.add(key, text)
}

// failed remembers that a key was not valid that came from an address.
func (g *gate) failed(from netip.Addr, key string, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.good.drop(sha256.Sum256([]byte(key)))
	l := g.failures[from]
	if l == nil {
		g.forget(now)
		l = rate.NewLimiter(rate.Every(failureEvery), mostFailures)
		g.failures[from] = l
	}
	l.AllowN(now, 1)
}

// readsForm lets the form of an address be read by which a token is asked for, and returns what to call once it has been; or why
// it has to wait.
func (g *gate) readsForm(from netip.Addr, now time.Time) (leave func(), problem *Problem) {
	g.mu.Lock()
	defer g.mu.Unlock()
	most := mostFormsFromOne
	if g.isBad(from, now) {
		most = mostFormsFromBad
	}
	switch {
	case g.forms[from] >= most:
		return nil, TooMany.Problem("Too many tokens are being asked for from this address: send it again in a moment.").RetryAfter(time.Second)
	case g.reading >= mostForms:
		return nil, Unavailable.Problem("Too many tokens are being asked for: send it again in a moment.").RetryAfter(time.Second)
	}
	g.forms[from]++
	g.reading++
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.reading--
		if g.forms[from]--; g.forms[from] == 0 {
			delete(g.forms, from)
		}
	}, nil
}

// forget makes room for another address: those that have all their tries back go first.
func (g *gate) forget(now time.Time) {
	if len(g.failures) < mostAddresses {
		return
	}
	for from, l := range g.failures {
		if l.TokensAt(now) >= mostFailures {
			delete(g.failures, from)
		}
	}
	for from := range g.failures {
		if len(g.failures) < mostAddresses {
			return
		}
		delete(g.failures, from)
	}
}

// addressOf returns the address that a request comes from: of the connection, or, where that is a proxy of ours, the
// last one in X-Forwarded-For that is not. Of IPv6 it is the network of 64 bits, which one customer has.
func (g *gate) addressOf(r *http.Request) netip.Addr {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	address := from.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && g.isProxy(address); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		address = hop.Unmap()
	}
	if address.Is6() {
		network, err := address.WithZone("").Prefix(64)
		if err == nil {
			return network.Addr()
		}
	}
	return address
}

func (g *gate) isProxy(a netip.Addr) bool {
	return slices.ContainsFunc(g.limits.Proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}
