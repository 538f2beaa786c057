package command

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course/check"
	"github.com/quoin-lms/quoin/runtime/course/exporter"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/site"
)

// courseCheckHelp tells what flags cannot.
const courseCheckHelp = `
quoin course check imports a course into a throw-away store, renders every block as a fresh learner, answers every problem
with what its block says is right, lets the answers be graded, takes the course out again and compares, and prints what the
course team should mend. The exit status is 1 when a block could not be rendered, a problem did not score in full, or
something was lost or changed on the way in and out.

ANSWERS.json gives answers for problems whose content states none, or in place of what it states:

  {"final_question": {"input_2_1": "42", "input_3_1[]": ["choice_0", "choice_2"]}}

A block is named by its url_name or its usage key, an input by the name of its form control; "2_1" is enough for "input_2_1".
A value is a text or a number, or a list of them where an input takes several.

Flags:
`

// courseCheck checks an archive and shows a report.
func courseCheck(ctx context.Context, p *Parts, args []string) (err error) {
	set := newFlags(p, "course check")
	set.Usage = func() {
		fmt.Fprint(p.Err, courseCheckHelp[1:])
		set.PrintDefaults()
	}
	var blocks list
	set.Var(&blocks, "blocks", "source `folder` of blocks to build and use too; may be repeated")
	answersFile := set.String("answers", "", "JSON `file` with answers, see above")
	asJSON := set.Bool("json", false, "print the report as JSON")
	words, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return errUsage
	}
	answers, err := readAnswers(*answersFile)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	throwAway, err := openThrowAway(ctx, p, blocks)
	if err != nil {
		return err
	}
	defer throwAway.close(&err)
	imported, report, err := throwAway.check(ctx, p, words[0], answers)
	if err != nil {
		return err
	}
	if *asJSON {
		encoder := json.NewEncoder(p.Out)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		err = encoder.Encode(report)
	} else {
		err = showCheck(p.Out, imported, report)
	}
	if err == nil && report.Failed() {
		err = errFailed
	}
	return err
}

func readAnswers(path string) (check.Answers, error) {
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading answers: %w", err)
	}
	answers, err := check.ParseAnswers(data)
	if err != nil {
		return nil, fmt.Errorf("reading answers: %s: %w", path, err)
	}
	return answers, nil
}

// throwAway is a site in a folder of its own that ends with the command.
type throwAway struct {
	*site.Site
	dir string
	// ahead is how far the site's clock is before the world's, in nanoseconds.
	ahead atomic.Int64
}

func (t *throwAway) now() time.Time { return time.Now().UTC().Add(time.Duration(t.ahead.Load())) }

// openThrowAway opens an empty site. Its blocks are compiled into the user's cache, so that the next check finds them there.
func openThrowAway(ctx context.Context, p *Parts, blocks []string) (*throwAway, error) {
	dir, err := os.MkdirTemp("", "quoin-check-")
	if err != nil {
		return nil, fmt.Errorf("making a throw-away store: %w", err)
	}
	cache := ""
	if user, err := os.UserCacheDir(); err == nil {
		cache = filepath.Join(user, "quoin")
	}
	t := &throwAway{dir: dir}
	t.Site, err = site.Open(ctx, site.Config{
		Data: dir, Cache: cache, Shipped: p.Shipped, Folders: blocks, Development: len(blocks) > 0, Now: t.now,
		Queue: ports.QueueFunc(func(context.Context, ports.Job) error { return ports.ErrUnavailable }),
		Log:   slog.New(slog.NewTextHandler(p.Err, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return t, nil
}

// close ends the site and leaves nothing of it.
func (t *throwAway) close(err *error) {
	closeSite(t.Site, err)
	if removed := os.RemoveAll(t.dir); removed != nil && *err == nil {
		*err = fmt.Errorf("removing the throw-away store: %w", removed)
	}
}

func (t *throwAway) check(
	ctx context.Context, p *Parts, path string, answers check.Answers,
) (*importer.Report, *check.Report, error) {
	progress := showProgress(p.Err)
	imported, err := importCourse(ctx, t.Site, path, key.Course{}, progress)
	if err != nil {
		return nil, nil, err
	}
	published, err := t.Courses.Published(ctx, imported.Course)
	if err != nil {
		return nil, nil, err
	}
	opening, err := check.Opening(ctx, published, time.Now().UTC())
	if err != nil {
		return nil, nil, err
	}
	t.ahead.Store(int64(max(0, time.Until(opening))))
	learner, err := t.learner(ctx, imported.Course)
	if err != nil {
		return nil, nil, fmt.Errorf("enrolling a learner: %w", err)
	}
	report, err := check.Run(ctx, check.Config{
		Kernel: t.Kernel, Learner: learner, Answers: answers, Formulas: t.Formulas,
		Progress: func(done, total int) { progress(importer.Progress{Step: "check", Done: done, Total: total}) },
	}, &imported)
	if err == nil {
		report.RoundTrip, err = t.roundTrip(ctx, path, imported.Course)
	}
	return &imported, report, err
}

// roundTrip takes the course out again and compares it with the archive.
func (t *throwAway) roundTrip(ctx context.Context, path string, run key.Course) (found *check.RoundTrip, err error) {
	archive, err := intake.Open(ctx, path, intake.Options{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer func() { err = errors.Join(err, archive.Close()) }()
	return check.GoRound(ctx, exporter.Config{Courses: t.Courses, Blocks: t.Kernel, Files: t.Files}, run, archive)
}

// learner enrols somebody new.
func (t *throwAway) learner(ctx context.Context, run key.Course) (*access.Person, error) {
	user, err := t.People.Create(ctx, people.NewUser{
		Username: "fresh_learner", Email: "fresh@learner.example", Password: rand.Text(), Profile: people.Profile{Name: "Fresh Learner"},
	})
	if err != nil {
		return nil, err
	}
	if _, _, err := t.People.Enrol(ctx, user.ID, run.String(), ""); err != nil {
		return nil, err
	}
	return t.Person(ctx, &user, run)
}
