package installed_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/installed"
	"github.com/quoin-lms/quoin/runtime/packages"
	"github.com/quoin-lms/quoin/runtime/packages/packagetest"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/ports/portstest"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/store/faultstore"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func TestInstallUpgradeAndBack(t *testing.T) {
	w := newWorld(t)
	ada, adaKey := packagetest.Key(t)
	p := w.open(0)
	done := p.install(guess{}.Archive(t, ada))
	if !done.Review.First || !done.Block.Key.Same(adaKey) || done.Trial.Samples != 1 || done.Trial.Answers != 1 {
		t.Errorf("installed: %+v, %+v", done.Review, done.Trial)
	}
	p.publish("guess")
	shown, err := p.show("ann", "guess")
	if err != nil || shown.Failure != nil || !strings.Contains(shown.HTML, "Which word?") || shown.Inline {
		t.Fatalf("a learner sees %+v, %v", shown, err)
	}
	if err := errors.Join(p.answer("ann", "guess", "moon"), p.answer("bob", "guess", "sun"), p.work()); err != nil {
		t.Fatal(err)
	}
	if p.score("ann", "guess") != "1/1" || p.score("bob", "guess") != "0/1" {
		t.Errorf("scores are %s and %s", p.score("ann", "guess"), p.score("bob", "guess"))
	}

	// The next version takes another word for right: both scores would change, and neither does.
	next := guess{Version: "1.1.0", Right: "sun", Shown: "Which star?"}.Archive(t, ada)
	trial, err := p.set.Try(t.Context(), p.add(next))
	if err != nil {
		t.Fatal(err)
	}
	r := trial.Rehearsal
	if r.Graded != 2 || len(r.Changes) != 2 || r.States != 2 || len(r.Broken)+len(r.Failed) > 0 {
		t.Errorf("rehearsed: %+v", r)
	}
	for _, c := range r.Changes {
		if c.Before.Earned+c.After.Earned != 1 || c.Run != w.run.String() || (c.Learner != "ann" && c.Learner != "bob") {
			t.Errorf("a score would change: %+v", c)
		}
	}
	if p.current("guess") != "1.0.0" || p.score("bob", "guess") != "0/1" {
		t.Error("a trial changed something")
	}
	p.install(next)
	if p.current("guess") != "1.1.0" || p.score("bob", "guess") != "0/1" {
		t.Errorf("after the upgrade %s serves, and bob has %s", p.current("guess"), p.score("bob", "guess"))
	}
	// Ann's sitting was begun with the version before and stays with it; Cat begins with the new one.
	if shown, err := p.show("ann", "guess"); err != nil || !strings.Contains(shown.HTML, "Which word?") {
		t.Errorf("an open sitting sees %+v, %v", shown, err)
	}
	if shown, err := p.show("cat", "guess"); err != nil || !strings.Contains(shown.HTML, "Which star?") {
		t.Errorf("a new one sees %+v, %v", shown, err)
	}
	if err := errors.Join(p.answer("ann", "guess", "moon"), p.answer("cat", "guess", "moon"), p.work()); err != nil {
		t.Fatal(err)
	}
	if p.score("ann", "guess") != "1/1" || p.score("cat", "guess") != "0/1" {
		t.Errorf("scores are %s and %s", p.score("ann", "guess"), p.score("cat", "guess"))
	}

	back, err := p.set.Rollback(t.Context(), "guess", "", installed.Consent{})
	if err != nil || p.current("guess") != "1.0.0" || back.Back() != nil {
		t.Errorf("rolled back: %s, %v", p.current("guess"), err)
	}
	if _, err := p.set.Rollback(t.Context(), "guess", "", installed.Consent{}); err == nil {
		t.Error("there was a way back beyond the first version")
	}
	if _, err := p.set.Rollback(t.Context(), "guess", "1.1.0", installed.Consent{}); err != nil || p.current("guess") != "1.1.0" {
		t.Errorf("forward again: %s, %v", p.current("guess"), err)
	}
	if _, err := p.set.Rollback(t.Context(), "nothing", "", installed.Consent{}); !errors.Is(err, installed.ErrNotFound) {
		t.Errorf("rolling back what is not there: %v", err)
	}
}

func TestReviewRunsNothingAndNamesWhatRuns(t *testing.T) {
	w := newWorld(t)
	ada, _ := packagetest.Key(t)
	p := w.open(0)
	// The code of this one cannot even be loaded; reading it is no trial.
	archive := p.add(guess{Definition: "views: ((x) => { throw x })(1),"}.Archive(t, ada))
	r, err := p.set.Review(t.Context(), archive)
	if err != nil || len(r.Refused)+len(r.Needs) > 0 || r.Manifest.Title != "Guess" {
		t.Fatalf("%+v, %v", r, err)
	}
	if entries, err := os.ReadDir(filepath.Join(p.folder, "installed")); err == nil && len(entries) > 0 {
		t.Errorf("a review unpacked %v", entries)
	}
	_, err = p.set.Install(t.Context(), installed.Order{Archive: archive, Digest: strings.Repeat("0", 64)})
	if rules(err)[installed.RuleMoved] == "" {
		t.Errorf("another package than the one that was looked at: %v", err)
	}
	if _, err := p.set.Install(t.Context(), installed.Order{Archive: archive}); rules(err)[installed.RuleDescribe] == "" {
		t.Errorf("code that cannot be loaded: %v", err)
	}
	if list, err := p.set.List(t.Context()); err != nil || len(list) > 0 {
		t.Errorf("the set holds %v, %v", list, err)
	}
}

// TestProcessesConverge changes the set in one process and waits for another: told by the bus, and without one by looking.
func TestProcessesConverge(t *testing.T) {
	for _, told := range []bool{true, false} {
		t.Run(fmt.Sprintf("bus %v", told), func(t *testing.T) {
			w := newWorld(t)
			poll := 10 * time.Millisecond
			if told {
				w.bus, poll = &portstest.Bus{}, time.Hour
			}
			ada, adaKey := packagetest.Key(t)
			here, there := w.open(poll), w.open(poll)
			changed := make(chan struct{}, 1)
			there.registry.OnChange(func() {
				select {
				case changed <- struct{}{}:
				default:
				}
			})
			there.running()
			here.install(guess{}.Archive(t, ada))
			arrives := func(what string, there func() bool) {
				t.Helper()
				for range 3000 {
					if there() {
						return
					}
					select {
					case <-changed:
					case <-time.After(20 * time.Millisecond):
						if told { // what was told before anybody listened is lost, as it may be
							if err := w.bus.Publish(t.Context(), ports.Message{Topic: installed.Topic, Kind: "changed"}); err != nil {
								t.Fatal(err)
							}
						}
					}
				}
				t.Fatal(what + " did not arrive")
			}
			arrives("the first version", func() bool { return there.current("guess") == "1.0.0" })
			here.install(guess{Version: "1.1.0"}.Archive(t, ada))
			arrives("the upgrade", func() bool { return there.current("guess") == "1.1.0" })
			if _, err := here.set.Rollback(t.Context(), "guess", "", installed.Consent{}); err != nil {
				t.Fatal(err)
			}
			arrives("the way back", func() bool { return there.current("guess") == "1.0.0" })
			if err := here.set.Revoke(t.Context(), adaKey, "it was stolen", ""); err != nil {
				t.Fatal(err)
			}
			arrives("the revocation", func() bool { return there.current("guess") == "" })
			_, err := there.registry.Lookup("guess")
			if !errors.Is(err, &wire.Error{Code: wire.CodeBroken}) || !strings.Contains(err.Error(), "it was stolen") {
				t.Errorf("it is off because of %v", err)
			}
			if v := there.registry.Pinned("guess", mustFind(t, here, "guess").Versions[1].Digest); v != nil {
				t.Error("an older version of a revoked key can be called")
			}
			if err := here.set.Believe(t.Context(), adaKey); err != nil {
				t.Fatal(err)
			}
			arrives("the key", func() bool { return there.current("guess") == "1.0.0" })
			if _, err := here.set.Remove(t.Context(), "guess"); err != nil {
				t.Fatal(err)
			}
			arrives("the removal", func() bool { return there.current("guess") == "" })
		})
	}
}

func mustFind(t testing.TB, p *process, name string) *installed.Block {
	t.Helper()
	b, err := p.set.Find(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestARestartedProcessServesWhatIsInstalled opens a process anew, with its folder and without.
func TestARestartedProcessServesWhatIsInstalled(t *testing.T) {
	w := newWorld(t)
	ada, _ := packagetest.Key(t)
	p := w.open(0)
	p.install(guess{}.Archive(t, ada))
	p.publish("guess")
	for _, folder := range []string{p.folder, t.TempDir()} {
		again := w.openIn(folder, w.store, 0)
		if shown, err := again.show("ann", "guess"); err != nil || shown.Failure != nil || !strings.Contains(shown.HTML, "Which word?") {
			t.Errorf("with %s a learner sees %+v, %v", folder, shown, err)
		}
	}
	// What a process left that died while it unpacked goes once it is old enough, and what is being unpacked stays.
	old, fresh := filepath.Join(p.folder, "installed", packages.Unpacking+"1"), filepath.Join(p.folder, "installed", packages.Unpacking+"2")
	if err := errors.Join(os.Mkdir(old, 0o700), os.Mkdir(fresh, 0o700), os.Chtimes(old, time.Time{}, time.Now().Add(-2*time.Hour))); err != nil {
		t.Fatal(err)
	}
	w.openIn(p.folder, w.store, 0)
	if _, err := os.Stat(old); err == nil {
		t.Error("a dead process's folder stays")
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Error("a living process lost its folder: ", err)
	}
	// Somebody alters what was unpacked: it does not run.
	var code string
	err := filepath.WalkDir(p.folder, func(path string, _ os.DirEntry, err error) error {
		if filepath.Base(path) == "block.js" {
			code = path
		}
		return err
	})
	if err != nil || code == "" {
		t.Fatal(code, err)
	}
	if err := os.WriteFile(code, []byte("globalThis.serve = () => 'evil'"), 0o600); err != nil {
		t.Fatal(err)
	}
	again := w.openIn(p.folder, w.store, 0)
	if shown, err := again.show("ann", "guess"); err != nil || shown.Failure == nil || !strings.Contains(shown.Failure.Message, "altered") {
		t.Errorf("altered code: %+v, %v", shown, err)
	}
}

// TestARemovedBlockLosesNoAnswer takes a block away while answers wait for it.
func TestARemovedBlockLosesNoAnswer(t *testing.T) {
	w := newWorld(t)
	ada, _ := packagetest.Key(t)
	p := w.open(0)
	p.install(guess{}.Archive(t, ada))
	p.publish("guess")
	if err := errors.Join(p.answer("ann", "guess", "moon"), p.answer("bob", "guess", "sun")); err != nil {
		t.Fatal(err)
	}
	if _, err := p.set.Remove(t.Context(), "guess"); err != nil {
		t.Fatal(err)
	}
	if shown, err := p.show("ann", "guess"); err != nil || shown.Failure == nil || shown.Failure.Code != wire.CodeMissing {
		t.Fatalf("a learner sees %+v, %v", shown, err)
	}
	ids := map[string]string{}
	for _, job := range p.jobs {
		ids[job.Ref] = job.Kind
	}
	for range 12 { // many tries later
		for id := range ids {
			if err := p.kernel.Scorer().Deliver(t.Context(), id, "worker"); err != nil && !errors.Is(err, &wire.Error{Code: wire.CodeMissing}) {
				t.Fatal(err)
			}
		}
		w.pass(2 * time.Minute)
	}
	for id := range ids {
		if d, err := p.kernel.Scorer().Delivery(t.Context(), id); err != nil || d.State != scoring.StateWaiting {
			t.Errorf("%s is %s, %v", id, d.State, err)
		}
	}
	if _, err := p.set.Restore(t.Context(), "guess"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.kernel.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := p.work(); err != nil {
		t.Fatal(err)
	}
	if p.score("ann", "guess") != "1/1" || p.score("bob", "guess") != "0/1" {
		t.Errorf("back again: %s and %s", p.score("ann", "guess"), p.score("bob", "guess"))
	}
	if _, err := p.tryInstall(guess{Name: "guess", Version: "2.0.0"}.Archive(t, nil), installed.Consent{Unsigned: true}); rules(err)[installed.RuleOwner] == "" {
		t.Errorf("the name of a removed block: %v", err)
	}
}

// TestWhereABlockIsOn switches a block on for some courses, off, and says why.
func TestWhereABlockIsOn(t *testing.T) {
	w := newWorld(t)
	ada, _ := packagetest.Key(t)
	p := w.open(0)
	archive := p.add(guess{}.Archive(t, ada))
	if _, err := p.set.Install(t.Context(), installed.Order{Archive: archive, Courses: []string{"course-v1:Test+Two+now"}}); err != nil {
		t.Fatal(err)
	}
	if p.current("guess") != "" {
		t.Error("a course has it that was not named")
	}
	why := func(want ...string) {
		t.Helper()
		reasons, err := p.set.Why(t.Context(), "guess")
		if err != nil || len(reasons) != len(want) {
			t.Fatalf("why: %v, %v; want %q", reasons, err, want)
		}
		for i, r := range reasons {
			if !strings.Contains(r.What, want[i]) || r.Mend == "" {
				t.Errorf("why: %+v, want %q", r, want[i])
			}
		}
	}
	why("course-v1:Test+Two+now alone")
	if _, err := p.set.Enable(t.Context(), "guess", w.run.String()); err != nil || p.current("guess") != "1.0.0" {
		t.Errorf("enabled for this course: %q, %v", p.current("guess"), err)
	}
	if _, err := p.set.Disable(t.Context(), "guess", "", w.run.String()); err != nil || p.current("guess") != "" {
		t.Errorf("disabled for this course: %q, %v", p.current("guess"), err)
	}
	if _, err := p.set.Enable(t.Context(), "guess"); err != nil || p.current("guess") != "1.0.0" {
		t.Errorf("enabled: %q, %v", p.current("guess"), err)
	}
	why()
	if _, err := p.set.Disable(t.Context(), "guess", "", w.run.String()); err == nil {
		t.Error("one course is left out of all")
	}
	if _, err := p.set.Disable(t.Context(), "guess", "it is too loud"); err != nil || p.current("guess") != "" {
		t.Errorf("disabled: %q, %v", p.current("guess"), err)
	}
	why("it is too loud")
	if _, err := p.set.Enable(t.Context(), "guess", "no course"); err == nil {
		t.Error("a key that is none is taken")
	}
	if _, err := p.set.Enable(t.Context(), "guess"); err != nil {
		t.Fatal(err)
	}
	reasons, err := p.set.Why(t.Context(), "riddle")
	if err != nil || len(reasons) != 1 || !strings.Contains(reasons[0].What, `"riddle"`) {
		t.Errorf("an unknown name: %v, %v", reasons, err)
	}
}

// TestKeysRotateOnASite lets a publisher go on with another key, and not one whose old key was stolen.
func TestKeysRotateOnASite(t *testing.T) {
	w := newWorld(t)
	old, oldKey := packagetest.Key(t)
	next, nextKey := packagetest.Key(t)
	rotation, err := packages.Rotate(old, "", nextKey)
	if err != nil {
		t.Fatal(err)
	}
	p := w.open(0)
	p.install(guess{}.Archive(t, old))
	if err := p.set.Revoke(t.Context(), oldKey, "stolen", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := p.tryInstall(guess{Version: "1.1.0"}.Archive(t, next, rotation)); rules(err)[installed.RuleOwner] == "" {
		t.Errorf("a revoked key named its successor: %v", err)
	}
	if _, err := p.tryInstall(guess{Version: "1.1.0"}.Archive(t, old)); rules(err)[installed.RuleRevoked] == "" {
		t.Errorf("a revoked key signed: %v", err)
	}
	if _, err := p.set.Rollback(t.Context(), "guess", "1.0.0", installed.Consent{}); rules(err)[installed.RuleRevoked] == "" {
		t.Errorf("back to a version of a revoked key: %v", err)
	}
	if err := p.set.Believe(t.Context(), oldKey); err != nil {
		t.Fatal(err)
	}
	done := p.install(guess{Version: "1.1.0"}.Archive(t, next, rotation))
	if !done.Review.Rotated || !done.Block.Key.Same(nextKey) {
		t.Errorf("rotated: %+v", done.Block)
	}
	if _, err := p.tryInstall(guess{Version: "1.2.0"}.Archive(t, old)); rules(err)[installed.RuleOwner] == "" {
		t.Errorf("the old key signs on: %v", err)
	}
}

// TestACrashBetweenAnyTwoStepsLeavesOneVersion ends a process at each of its writes, before and after, and looks at what the
// next one finds: the old version or the new, whole, and the way on is open.
func TestACrashBetweenAnyTwoStepsLeavesOneVersion(t *testing.T) {
	ada, _ := packagetest.Key(t)
	first, second := guess{}.Archive(t, ada), guess{Version: "1.1.0"}.Archive(t, ada)
	begin := func(t *testing.T) (*world, *process) {
		w := newWorld(t)
		p := w.open(0)
		p.install(first)
		p.publish("guess")
		return w, p
	}
	upgrade := func(p *process) error {
		_, err := p.tryInstall(second)
		return err
	}
	w, _ := begin(t)
	counted := faultstore.New(w.store, faultstore.Plan{})
	watched := w.openIn(t.TempDir(), counted, 0)
	from := len(counted.Passed())
	if err := upgrade(watched); err != nil {
		t.Fatal(err)
	}
	points := counted.Passed()[from:]
	seen := map[string]bool{}
	for _, plan := range faultstore.Crashes(points) {
		t.Run(plan.Name, func(t *testing.T) {
			w, _ := begin(t)
			broken := faultstore.New(w.store, plan)
			folder := t.TempDir()
			p, err := w.tryOpen(folder, broken, 0)
			if err == nil {
				err = upgrade(p)
			}
			if broken.Struck() == 0 {
				t.Fatal("the fault was never met")
			}
			broken.Revive()
			again := w.openIn(folder, w.store, 0)
			version := again.current("guess")
			seen[version] = true
			if version != "1.0.0" && version != "1.1.0" || err == nil && version != "1.1.0" {
				t.Fatalf("%q serves after %v", version, err)
			}
			if err := errors.Join(again.answer("ann", "guess", "moon"), again.work()); err != nil || again.score("ann", "guess") != "1/1" {
				t.Errorf("a learner's answer: %s, %v", again.score("ann", "guess"), err)
			}
			if err := upgrade(again); err != nil || again.current("guess") != "1.1.0" {
				t.Errorf("the upgrade once more: %s, %v", again.current("guess"), err)
			}
		})
	}
	if !seen["1.0.0"] || !seen["1.1.0"] {
		t.Errorf("the crashes left only %v", seen)
	}
}

// TestNoRequestFailsWhileVersionsChange installs, upgrades and rolls back twenty times while learners look and answer.
func TestNoRequestFailsWhileVersionsChange(t *testing.T) {
	w := newWorld(t)
	ada, _ := packagetest.Key(t)
	p, other := w.open(0), w.open(5*time.Millisecond)
	p.install(guess{}.Archive(t, ada))
	p.publish("guess")
	other.running()
	if err := other.set.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var learners sync.WaitGroup
	failed := make(chan error, 100)
	requests := make([]int, 4)
	for n := range requests {
		learners.Go(func() {
			at := []*process{p, other}[n%2]
			for i := 0; ctx.Err() == nil; i++ {
				name := fmt.Sprintf("learner-%d-%d", n, i)
				err := at.answer(name, "guess", "moon")
				if err == nil {
					err = at.work()
				}
				shown, looked := at.show(name, "guess")
				if looked == nil && shown.Failure != nil {
					looked = shown.Failure
				}
				if err = errors.Join(err, looked); err != nil && t.Context().Err() == nil {
					failed <- fmt.Errorf("%s: %w", name, err)
					return
				}
				requests[n] += 3
			}
		})
	}
	for i := range 20 {
		var err error
		if i%3 == 2 {
			_, err = p.set.Rollback(t.Context(), "guess", "", installed.Consent{})
		} else {
			_, err = p.tryInstall(guess{Version: fmt.Sprintf("1.%d.0", i+1), Shown: fmt.Sprintf("Word %d?", i)}.Archive(t, ada))
		}
		if err != nil {
			t.Errorf("change %d: %v", i, err)
		}
	}
	stop()
	learners.Wait()
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	if err := errors.Join(p.work(), other.work()); err != nil {
		t.Error(err)
	}
	if slices.Min(requests) == 0 {
		t.Errorf("the learners asked %v times", requests)
	}
	t.Logf("%v requests", requests)
}

// TestBackOverARaisedSchema goes back when a newer version has stored what the older cannot read: that is said with the count of
// learners, and wants consent, for the block is away for those until the newer version is there again.
func TestBackOverARaisedSchema(t *testing.T) {
	w := newWorld(t)
	ada, _ := packagetest.Key(t)
	p := w.open(0)
	p.install(guess{}.Archive(t, ada))
	p.publish("guess")
	if err := errors.Join(p.answer("ann", "guess", "moon"), p.work()); err != nil {
		t.Fatal(err)
	}
	p.install(guess{Version: "1.1.0", Schema: 2}.Archive(t, ada))
	if err := errors.Join(p.answer("bob", "guess", "moon"), p.answer("cat", "guess", "moon"), p.work()); err != nil {
		t.Fatal(err)
	}
	_, err := p.set.Rollback(t.Context(), "guess", "", installed.Consent{})
	if told := rules(err)[installed.RuleMigrate]; !strings.Contains(told, "what 2 learners stored was written with schema 2, and this version reads schema 1") {
		t.Errorf("going back is answered with %v", err)
	}
	if p.current("guess") != "1.1.0" {
		t.Errorf("it went back all the same: %s", p.current("guess"))
	}
	if reasons, err := p.set.Why(t.Context(), "guess"); err != nil || len(reasons) > 0 {
		t.Errorf("the newer version has something wrong: %v, %v", reasons, err)
	}
	if _, err := p.set.Rollback(t.Context(), "guess", "", installed.Consent{Broken: true}); err != nil || p.current("guess") != "1.0.0" {
		t.Errorf("with consent: %s, %v", p.current("guess"), err)
	}
	reasons, err := p.set.Why(t.Context(), "guess")
	if err != nil || len(reasons) != 1 || reasons[0].Kind != installed.ReasonOlder || !strings.Contains(reasons[0].What, "2 learners") {
		t.Errorf("why says %v, %v", reasons, err)
	}
}

// TestValuesThatNobodyWouldRead upgrades to a version that has renamed an authored field, a list's member and a learner's field:
// each that holds a value is told with its count, and wants consent; what holds none, or what migrate takes along, is not.
func TestValuesThatNobodyWouldRead(t *testing.T) {
	w := newWorld(t)
	ada, _ := packagetest.Key(t)
	p := w.open(0)
	const fields = `question: content.string(), empty: content.string(), steps: content.list({ items: [{ name: "text", type: "string" }, { name: "level", type: "integer" }] }),`
	p.install(guess{Fields: fields}.Archive(t, ada))
	p.publish("guess", map[string]any{"question": "Which?", "empty": "", "steps": []map[string]any{{"text": "a"}, {"text": "b", "level": 2}}})
	if err := errors.Join(p.answer("ann", "guess", "moon"), p.answer("bob", "guess", "sun"), p.work()); err != nil {
		t.Fatal(err)
	}
	left := func(g guess) []string {
		t.Helper()
		trial, err := p.set.Try(t.Context(), p.add(g.Archive(t, ada)))
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, need := range trial.Needs {
			if need.Rule == installed.RuleLeft {
				before, _, _ := strings.Cut(need.What, ", such as")
				told = append(told, before)
			}
		}
		return told
	}
	const newer = `prompt: content.string(), steps: content.list({ items: [{ name: "text", type: "string" }] }),`
	want := []string{
		"the field question is gone: 1 components hold a value in it that nobody would read",
		"the member level of the list steps is gone: 1 components hold a value in it that nobody would read",
	}
	if got := left(guess{Version: "1.1.0", Fields: newer}); !slices.Equal(got, want) {
		t.Errorf("told are %q, want %q", got, want)
	}
	if got := left(guess{Version: "1.2.0", Fields: fields}); len(got) > 0 {
		t.Errorf("a version that reads all leaves %q", got)
	}
	archive := p.add(guess{Version: "1.1.0", Fields: newer}.Archive(t, ada))
	if _, err := p.set.Install(t.Context(), installed.Order{Archive: archive}); rules(err)[installed.RuleLeft] == "" {
		t.Errorf("it is installed without consent: %v", err)
	}
	if _, err := p.set.Install(t.Context(), installed.Order{Archive: archive, Consent: installed.Consent{Left: true}}); err != nil || p.current("guess") != "1.1.0" {
		t.Errorf("with consent: %s, %v", p.current("guess"), err)
	}
}
