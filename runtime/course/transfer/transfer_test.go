package transfer_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/transfer"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/store"
)

var (
	run   = key.Course{Org: "Org", Number: "Num", Run: "now"}
	other = key.Course{Org: "Org", Number: "Other", Run: "now"}
)

type world struct {
	*site.Site
	t   *testing.T
	now time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, now: time.Now().UTC()}
	opened, err := site.Open(t.Context(), site.Config{Data: t.TempDir(), Now: func() time.Time { return w.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	w.Site = opened
	return w
}

// archive packs a course with one text.
func archive(t *testing.T, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	packed := tar.NewWriter(zipped)
	for _, file := range [][2]string{
		{"course/course.xml", `<course url_name="now" org="Org" course="Num"/>`},
		{"course/course/now.xml", `<course display_name="Small"><chapter url_name="c1" display_name="One"><sequential url_name="s1"><vertical url_name="v1"><html url_name="h1" filename="h1"/></vertical></sequential></chapter></course>`},
		{"course/html/h1.html", text},
		{"course/static/a.txt", text},
	} {
		if err := packed.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: file[0], Size: int64(len(file[1])), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(packed, file[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(packed.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (w *world) bring(data []byte) transfer.Transfer {
	w.t.Helper()
	blob, err := w.Files.Put(w.t.Context(), bytes.NewReader(data), 1<<20)
	if err != nil {
		w.t.Fatal(err)
	}
	one, err := w.Transfers.Bring(w.t.Context(), run, "u1", true, "small.tar.gz", blob)
	if err != nil {
		w.t.Fatal(err)
	}
	return one
}

// swept lets the sweep work and gives the transfer afterwards.
func (w *world) swept(id string, want transfer.State) transfer.Transfer {
	w.t.Helper()
	w.now = w.now.Add(time.Second)
	if _, err := w.Transfers.Sweep(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	one, err := w.Transfers.Get(w.t.Context(), run, id)
	if err != nil || one.State != want {
		w.t.Fatalf("%+v, %v; want %s", one, err, want)
	}
	return one
}

func (w *world) agree(id string) {
	w.t.Helper()
	if _, err := w.Transfers.Agree(w.t.Context(), run, id, true); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) head() course.Head {
	w.t.Helper()
	found, err := w.Courses.Run(w.t.Context(), run)
	if err != nil && !errors.Is(err, course.ErrNotFound) {
		w.t.Fatal(err)
	}
	return found.Head
}

// An archive is looked at, waits for a yes, comes in, and is taken back; at no step but the agreed one anything changes.
func TestInAndBack(t *testing.T) {
	w := newWorld(t)
	first := w.bring(archive(t, "<p>One</p>"))
	w.swept(first.ID, transfer.Ready)
	if w.head().Number != 0 {
		t.Error("looking at an archive published something")
	}
	w.agree(first.ID)
	w.swept(first.ID, transfer.Done)
	was := w.head()
	second := w.bring(archive(t, "<p>Two</p>"))
	ready := w.swept(second.ID, transfer.Ready)
	plan, err := w.Transfers.Plan(t.Context(), &ready)
	if err != nil || len(plan.Blocks) != 1 || plan.Blocks[0].Did != importer.Changes || plan.Head != 1 {
		t.Errorf("%+v, %v", plan, err)
	}
	w.agree(second.ID)
	w.agree(second.ID) // twice is once
	w.swept(second.ID, transfer.Done)
	if w.head().Root == was.Root || w.head().Number != 2 {
		t.Errorf("%+v", w.head())
	}
	if _, err := w.Transfers.Undo(t.Context(), run, second.ID); err != nil {
		t.Fatal(err)
	}
	w.swept(second.ID, transfer.Undone)
	if w.head().Root != was.Root {
		t.Errorf("%+v", w.head())
	}
	if _, err := w.Transfers.Agree(t.Context(), run, second.ID, true); !errors.Is(err, transfer.ErrState) {
		t.Errorf("agreed after the undo: %v", err)
	}
	if _, err := w.Transfers.Get(t.Context(), other, second.ID); !errors.Is(err, transfer.ErrNotFound) {
		t.Errorf("another course's: %v", err)
	}
	if _, err := w.Transfers.Undo(t.Context(), other, first.ID); !errors.Is(err, transfer.ErrNotFound) {
		t.Errorf("another course's: %v", err)
	}
}

// A course that was published meanwhile is not replaced; looking again makes a plan for what it is now.
func TestStalePlan(t *testing.T) {
	w := newWorld(t)
	a, b := w.bring(archive(t, "<p>A</p>")), w.bring(archive(t, "<p>B</p>"))
	w.swept(a.ID, transfer.Ready)
	w.swept(b.ID, transfer.Ready)
	w.agree(a.ID)
	w.swept(a.ID, transfer.Done)
	w.agree(b.ID)
	if failed := w.swept(b.ID, transfer.Failed); failed.Why != transfer.WhyStale {
		t.Errorf("%+v", failed)
	}
	if _, err := w.Transfers.Again(t.Context(), run, b.ID); err != nil {
		t.Fatal(err)
	}
	w.swept(b.ID, transfer.Ready)
	w.agree(b.ID)
	w.swept(b.ID, transfer.Done)
	if _, err := w.Transfers.Undo(t.Context(), run, a.ID); err != nil {
		t.Fatal(err)
	}
	if failed := w.swept(a.ID, transfer.Failed); failed.Why != transfer.WhyStale {
		t.Errorf("undone under a later one: %+v", failed)
	}
}

// What is no archive fails with what is wrong with it, without a try more.
func TestNoArchive(t *testing.T) {
	w := newWorld(t)
	one := w.bring([]byte("this is no archive"))
	failed := w.swept(one.ID, transfer.Failed)
	if failed.Why != transfer.WhyArchive || failed.Trouble == "" {
		t.Errorf("%+v", failed)
	}
	if _, err := w.Transfers.Drop(t.Context(), run, one.ID); err != nil {
		t.Fatal(err)
	}
	w.swept(one.ID, transfer.Dropped)
}

// dying ends the process at a write to a collection: all later ones fail too, until it comes back.
type dying struct {
	store.Store
	at   string
	left int
	dead bool
}

var errDead = errors.New("the process is dead")

func (d *dying) check(collection string) error {
	if collection == d.at {
		d.left--
		d.dead = d.dead || d.left <= 0
	}
	if d.dead {
		return errDead
	}
	return nil
}

func (d *dying) Insert(ctx context.Context, collection string, record store.Record) error {
	if err := d.check(collection); err != nil {
		return err
	}
	return d.Store.Insert(ctx, collection, record)
}

func (d *dying) Replace(ctx context.Context, collection string, record store.Record) error {
	if err := d.check(collection); err != nil {
		return err
	}
	return d.Store.Replace(ctx, collection, record)
}

// A worker that dies at any step of an import leaves it to the next one, who ends it: published once, nothing lost.
func TestWorkerDies(t *testing.T) {
	for _, at := range []string{"imports", "outlines", "runs", "heads", "transfers"} {
		w := newWorld(t)
		one := w.bring(archive(t, "<p>One</p>"))
		w.swept(one.ID, transfer.Ready)
		w.agree(one.ID)
		left := 1
		if at == "transfers" {
			left = 2 // once to take it, then to say that it is done
		}
		mortal := transfer.New(transfer.Config{
			Store: &dying{Store: w.Store, at: at, left: left}, Courses: course.New(&dying{Store: w.Store, at: at, left: 1}, course.Config{}),
			Blocks: w.Kernel, Files: w.Files, Temp: w.Data(), Now: func() time.Time { return w.now },
		})
		if err := mortal.Work(t.Context(), one.ID, "mortal"); err == nil && at == "transfers" {
			t.Errorf("%s: the worker did not die", at)
		}
		w.now = w.now.Add(time.Minute)
		w.swept(one.ID, transfer.Done)
		if w.head().Number != 1 {
			t.Errorf("%s: head %+v", at, w.head())
		}
		if asset, err := w.Courses.Asset(t.Context(), run, "a.txt"); err != nil || asset.Size != 10 {
			t.Errorf("%s: the file is %+v, %v", at, asset, err)
		}
	}
}

// Two workers never work on the same transfer.
func TestOneWorker(t *testing.T) {
	w := newWorld(t)
	one := w.bring(archive(t, "<p>One</p>"))
	w.swept(one.ID, transfer.Ready)
	w.agree(one.ID)
	done := make(chan error)
	for _, name := range []string{"a", "b", "c"} {
		go func() { done <- w.Transfers.Work(t.Context(), one.ID, name) }()
	}
	for range 3 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	w.swept(one.ID, transfer.Done)
	if w.head().Number != 1 {
		t.Errorf("%+v", w.head())
	}
}

// text takes a course out and gives the text of its one block.
func (w *world) text(drafts bool) string {
	w.t.Helper()
	one, err := w.Transfers.Take(w.t.Context(), run, "u1", transfer.Taking{Drafts: drafts})
	if err != nil {
		w.t.Fatal(err)
	}
	one = w.swept(one.ID, transfer.Done)
	data, err := w.Files.Read(w.t.Context(), one.Archive, 1<<20)
	if err != nil {
		w.t.Fatal(err)
	}
	opened, err := intake.OpenArchive(w.t.Context(), bytes.NewReader(data), int64(len(data)), intake.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	defer opened.Close()
	var all strings.Builder
	for _, file := range opened.List() {
		text, err := opened.ReadFile(file.Path, 1<<20)
		if err != nil {
			w.t.Fatal(err)
		}
		all.Write(text)
	}
	held, err := w.Holds(w.t.Context(), []string{one.Archive})
	if err != nil || !held[one.Archive] {
		w.t.Errorf("the export may be collected: %v", err)
	}
	return all.String()
}

// A course goes out as it is published, or as its team has it.
func TestOut(t *testing.T) {
	w := newWorld(t)
	empty, err := w.Transfers.Take(t.Context(), run, "u1", transfer.Taking{})
	if err != nil {
		t.Fatal(err)
	}
	if failed := w.swept(empty.ID, transfer.Failed); failed.Why != transfer.WhyEmpty {
		t.Errorf("of nothing: %+v", failed)
	}
	one := w.bring(archive(t, "<p>Published</p>"))
	w.swept(one.ID, transfer.Ready)
	w.agree(one.ID)
	w.swept(one.ID, transfer.Done)
	usage := run.Usage("vertical", "v1")
	err = w.Courses.PutDraft(t.Context(), course.Draft{
		Course: run.String(), Usage: usage.String(),
		Revision: course.Revision{Type: "vertical", Fields: store.Map[string]{"display_name": `"Not published"`}, Children: []course.ChildRef{{Type: "html", ID: "h1"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.text(false); !strings.Contains(got, "Published") || strings.Contains(got, "Not published") {
		t.Errorf("as published: %s", got)
	}
	if got := w.text(true); !strings.Contains(got, "Published") || !strings.Contains(got, "Not published") {
		t.Errorf("as the team has it: %s", got)
	}
	w.now = w.now.Add(8 * 24 * time.Hour)
	if _, err := w.Transfers.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if list, err := w.Transfers.Recent(t.Context(), run, transfer.Out, 10); err != nil || len(list) != 1 {
		t.Errorf("exports are kept for ever: %+v, %v", list, err)
	}
}
