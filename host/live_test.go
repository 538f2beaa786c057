package host_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/store"
)

// What a block publishes reaches the open pages of those whom it is for, of that course alone, and only about what they may see.
func TestPublishedChangesReachTheirAudience(t *testing.T) {
	w, run, other := appWorld(t)
	annUser := w.account("ann", run, "")
	ann := w.enter(annUser)
	streams := map[string]*stream{
		"bob":  w.member("bob", run, "").stream("/courses/" + run.String() + "/events"),
		"sue":  w.member("sue", run, "staff").stream("/courses/" + run.String() + "/events"),
		"carl": w.member("carl", other, "").stream("/courses/" + other.String() + "/events"),
	}
	publish := func(usage, audience string) {
		t.Helper()
		err := w.bus.Publish(t.Context(), ports.Message{Topic: "live:" + store.ID(run.String(), audience), Kind: kernel.ChangedKind, ID: usage + " topic id"})
		if err != nil {
			t.Fatal(err)
		}
	}
	board := run.Usage("board", "board").String()
	publish(board, "staff")                               // for staff alone
	publish(run.Usage("probe", "sealedbox").String(), "") // what learners may not see yet
	publish(run.Usage("gone", "gone").String(), "")       // what is not there
	ann.get(appPath(run, "board")).form(blockPath(run, "board", "board")+"?view=%40course.tab").set("text", "news").press("write").must(303)
	publish(run.Usage("probe", "plain").String(), "")
	heard := func(who string, n int) string {
		var all []string
		for range n {
			all = append(all, streams[who].next("changed"))
		}
		return strings.Join(all, " ")
	}
	plain, sealed := run.Usage("probe", "plain").String(), run.Usage("probe", "sealedbox").String()
	if got := heard("bob", 2); got != board+" lines  "+plain+" topic id" {
		t.Errorf("bob heard %s", got)
	}
	if got := heard("sue", 4); got != strings.Join([]string{board + " topic id", sealed + " topic id", board + " lines ", plain + " topic id"}, " ") {
		t.Errorf("sue heard %s", got)
	}
	publishOther := other.Usage("probe", "chembox").String()
	if err := w.bus.Publish(t.Context(), ports.Message{Topic: "live:" + store.ID(other.String(), ""), Kind: kernel.ChangedKind, ID: publishOther + " t i"}); err != nil {
		t.Fatal(err)
	}
	if got := heard("carl", 1); got != publishOther+" t i" {
		t.Errorf("carl heard %s", got)
	}
}

// Whoever leaves the course hears no more of it: his stream ends by itself, and another is refused.
func TestStreamEndsWithTheEnrolment(t *testing.T) {
	w := newWorld(t, options{config: func(c *host.Config) { c.Heartbeat = 20 * time.Millisecond }})
	run := w.forces()
	user := w.account("ann", run, "")
	ann := w.enter(user)
	events := "/courses/" + run.String() + "/events"
	s := ann.stream(events)
	if _, _, err := w.site.People.Unenrol(t.Context(), user.ID, run.String()); err != nil {
		t.Fatal(err)
	}
	s.end()
	if p := ann.get(events); p.status == http.StatusOK {
		t.Error("she may listen again")
	}
}
