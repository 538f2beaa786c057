package host

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Limits of live streams.
const (
	perLearner = 8
	allStreams = 20_000
)

// streams counts open live streams, so that nobody takes them all (security R23).
type streams struct {
	mu    sync.Mutex
	by    map[string]int
	total int
}

func newStreams() *streams { return &streams{by: map[string]int{}} }

func (s *streams) open(who string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by[who] >= perLearner || s.total >= allStreams {
		return false
	}
	s.by[who]++
	s.total++
	return true
}

func (s *streams) close(who string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by[who]--; s.by[who] == 0 {
		delete(s.by, who)
	}
	s.total--
}

// events tells one learner's browser of verdicts and of what blocks publish to the person, as server-sent events: ids only, the page asks for the view again.
func (r *request) events() error {
	if r.person.Role() != wire.RoleLearner {
		return fiber.NewError(fiber.StatusForbidden, r.words.T("why."+wire.WhyVisitor))
	}
	bus := r.server.config.Bus
	if bus == nil {
		return fiber.NewError(fiber.StatusServiceUnavailable, r.words.T("error.unavailable"))
	}
	learner := r.person.Learner
	who := learner
	if learner == "" {
		return errNotFound // a learner in general has no verdicts
	}
	if r.person.ReadOnly {
		who = "looking " + r.person.Actor // who looks on takes none of the learner's streams
	}
	if !r.server.streams.open(who) {
		return fiber.NewError(fiber.StatusTooManyRequests, r.words.T("error.unavailable"))
	}
	ctx, cancel := context.WithCancel(context.Background())
	messages, err := bus.Subscribe(ctx, append(kernel.LiveTopics(r.person), scoring.LearnerTopic(learner))...)
	if err != nil {
		cancel()
		r.server.streams.close(who)
		return err
	}
	server, session, ear := r.server, r.session.ID, r.ear()
	r.Set(fiber.HeaderContentType, "text/event-stream")
	r.Set(fiber.HeaderCacheControl, "no-store")
	r.Set("X-Accel-Buffering", "no")
	r.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer server.streams.close(who)
		defer cancel()
		server.stream(ctx, w, session, messages, ear)
	})
	return nil
}

// ear is who listens to a stream: it outlives the request, and one goroutine uses it.
type ear struct {
	server *Server
	user   *people.User
	person access.Person
	run    key.Course
}

func (r *request) ear() *ear {
	return &ear{server: r.server, user: r.user, person: *r.person, run: r.course}
}

// may tells of a usage whether the person may see it when a message about it comes.
func (e *ear) may(ctx context.Context, usage string) bool {
	parsed, err := key.ParseUsage(usage)
	if err != nil {
		return false
	}
	published, err := e.server.config.Site.Courses.Published(ctx, e.run)
	if err != nil {
		return false
	}
	block, err := e.server.config.Site.Kernel.Find(ctx, published, parsed)
	return err == nil && access.Content(&e.person, published, block, e.person.Now(e.server.config.Now().UTC())).Allowed
}

// again looks at who listens once more: whoever left the course hears nothing further, and a new group or role counts. Staff who
// look as somebody hear what that learner heard when they began, until their role ends, and their session with it.
func (e *ear) again(ctx context.Context) bool {
	if e.person.ReadOnly {
		return true
	}
	now, err := e.server.config.Site.Person(ctx, e.user, e.run)
	if err != nil || now.Role() != wire.RoleLearner {
		return false
	}
	now.Locale, now.Zone = e.person.Locale, e.person.Zone
	e.person = *now
	return true
}

// stream writes until the browser leaves (which a failed write shows), the session ends or the server stops.
func (s *Server) stream(ctx context.Context, w *bufio.Writer, session string, messages <-chan ports.Message, listener *ear) {
	beat := time.NewTicker(s.config.Heartbeat)
	defer beat.Stop()
	send := func(text string) bool {
		if _, err := w.WriteString(text); err != nil {
			return false
		}
		return w.Flush() == nil
	}
	if !send("retry: 3000\n\n") {
		return
	}
	for n := 1; ; n++ {
		select {
		case message, open := <-messages:
			usage, _, _ := strings.Cut(message.ID, " ")
			data := usage
			if open && message.Kind == kernel.ChangedKind && !listener.may(ctx, usage) {
				continue
			}
			if message.Kind == kernel.ChangedKind { // the topic and the id go with it
				data = strings.ReplaceAll(strings.ReplaceAll(message.ID, "\r", " "), "\n", " ")
			}
			if !open || !send(fmt.Sprintf("id: %d\nevent: %s\ndata: %s\n\n", n, message.Kind, data)) {
				return
			}
		case <-beat.C:
			// A stream ends with its session (sign-out, a new password, a role taken away) and with the enrolment.
			if s.config.Site.People.CheckSession(ctx, session) != nil || !listener.again(ctx) || !send(": still here\n\n") {
				return
			}
		case <-s.stopping:
			return
		}
	}
}
