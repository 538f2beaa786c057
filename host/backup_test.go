package host_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/quoin-lms/quoin/runtime/backup"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

// backup writes a backup of the running site and returns its path.
func (w *world) backup() string {
	w.t.Helper()
	out := filepath.Join(w.t.TempDir(), "backup.tar.gz")
	_, err := backup.Create(w.t.Context(), backup.Source{
		Store: w.site.Store.(*sqlitestore.Store), Files: w.site.Files, Data: w.site.Data(),
	}, out)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// restore puts the site together from a backup in a folder of its own, and opens it.
func (w *world) restore(archive string, erasures []people.Erasure) (*site.Site, backup.Restored) {
	w.t.Helper()
	data := filepath.Join(w.t.TempDir(), "restored")
	open := func(ctx context.Context, data string) (*site.Site, error) {
		return site.Open(ctx, site.Config{Data: data, Log: slog.New(slog.DiscardHandler)})
	}
	restored, err := backup.Restore(w.t.Context(), backup.Request{Archive: archive, Data: data, Open: open, Erasures: erasures})
	if err != nil {
		w.t.Fatal(err)
	}
	s, err := open(w.t.Context(), data)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			w.t.Error(err)
		}
	})
	return s, restored
}

// filed gives the documents of a collection that concern a learner, as JSON.
func filed(t *testing.T, s *site.Site, collection, pseudonym string) string {
	t.Helper()
	page, err := s.Store.Find(t.Context(), collection, store.Query{Index: "learners", Equal: []any{pseudonym}, Limit: store.MaxPage})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, record := range page.Records {
		text, err := store.JSON(record)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", text)
	}
	return b.String()
}

// TestBackupWhileLearnersAnswer copies the site while learners send answers, and restores it: every answer that was
// acknowledged before is there, nobody is signed in.
func TestBackupWhileLearnersAnswer(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	kept := filepath.Join(w.site.Data(), "blocks", "0123")
	if err := os.MkdirAll(kept, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(kept, "block.json"), []byte("a kept block"), 0o600); err != nil {
		t.Fatal(err)
	}
	const learners = 3
	var acknowledged [learners]atomic.Int64
	var accounts [learners]people.User
	var browsers [learners]*browser
	stop, progress := make(chan struct{}), make(chan int, 1000)
	var answering sync.WaitGroup
	for i := range learners {
		accounts[i] = w.account(fmt.Sprintf("learner%d", i), run, "")
		browsers[i] = w.enter(accounts[i])
		answering.Go(func() {
			for n := 1; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				form := browsers[i].get(unitPath(run, "five")).form(blockPath(run, "problem", "pword"))
				if p := form.set("input_2_1", fmt.Sprintf("answer%dnumber%dend", i, n)).script("submit"); p.status != 200 {
					t.Errorf("an answer: %d %s", p.status, p.body)
					return
				}
				acknowledged[i].Store(int64(n))
				select {
				case progress <- i:
				default:
				}
			}
		})
	}
	for range 4 * learners {
		<-progress
	}
	var before [learners]int64
	for i := range learners {
		before[i] = acknowledged[i].Load()
	}
	archive := w.backup()
	close(stop)
	answering.Wait()

	if info, err := os.Stat(archive); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the archive: %v, %v", info, err)
	}
	if beside, err := os.ReadDir(filepath.Dir(archive)); err != nil || len(beside) != 1 {
		t.Errorf("left beside the archive: %v, %v", beside, err)
	}
	s, restored := w.restore(archive, nil)
	for i, user := range accounts {
		answers := filed(t, s, "submissions", s.People.Pseudonym(user.ID, run.String()))
		for n := int64(1); n <= before[i]; n++ {
			if !strings.Contains(answers, fmt.Sprintf("answer%dnumber%dend", i, n)) {
				t.Errorf("learner %d's answer %d of %d is lost", i, n, before[i])
			}
		}
		token := browsers[i].cookie("quoin_session")
		if _, _, err := s.People.FindSession(t.Context(), token); !errors.Is(err, people.ErrNoSession) {
			t.Errorf("learner %d is still signed in: %v", i, err)
		}
		if _, _, err := w.site.People.FindSession(t.Context(), token); err != nil {
			t.Errorf("learner %d was signed out of the running site: %v", i, err)
		}
		if _, err := s.People.SignIn(t.Context(), people.Attempt{Login: user.Username, Password: password}); err != nil {
			t.Errorf("learner %d cannot sign in: %v", i, err)
		}
	}
	if text, err := os.ReadFile(filepath.Join(s.Data(), "blocks", "0123", "block.json")); err != nil || string(text) != "a kept block" {
		t.Errorf("the kept block: %q, %v", text, err)
	}
	held := 0
	err := s.Files.Each(t.Context(), func(blob files.Blob) error {
		held++
		return s.Files.Verify(t.Context(), blob.Hash)
	})
	if err != nil || held == 0 || held != restored.Files {
		t.Errorf("%d files, %d were restored, %v", held, restored.Files, err)
	}
}

// everything gives what a site's store holds, as text.
func everything(t *testing.T, s *site.Site) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, spec := range site.Specs() {
		page, err := s.Store.Find(t.Context(), spec.Name, store.Query{Limit: store.MaxPage})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, record := range page.Records {
			text, err := store.JSON(record)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%q %s\n", record.ID, text)
		}
		all[spec.Name] = b.String()
	}
	return all
}

// gone fails the test where a store still knows the canary, by name, word or pseudonym.
func (w *world) gone(what string, s *site.Site, user people.User, pseudonym string) {
	w.t.Helper()
	for collection, text := range everything(w.t.(*testing.T), s) {
		for _, trace := range []string{"canary", "Canary", user.ID, pseudonym} {
			if trace == pseudonym && collection == "people_members" {
				continue // lists stay countable; it leads to nobody
			}
			if at := strings.Index(text, trace); at >= 0 {
				w.t.Errorf("%s: %s holds %q: %.300s", what, collection, trace, text[max(0, at-100):])
			}
		}
	}
}

// TestEraseLeavesNoTrace makes a person known by everything that a person can leave, erases it and looks for it in the store,
// on the pages of staff, in the log, in an export, in a new backup and in an old one.
func TestEraseLeavesNoTrace(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	user := w.account("canary", run, "")
	b := w.enter(user)
	sue := w.member("sue", run, "staff")
	bert := w.member("bert", run, "")
	bert.get(unitPath(run, "five")).form(blockPath(run, "problem", "pword")).set("input_2_1", "bertsanswer").script("submit").must(200)
	b.get(unitPath(run, "five")).form(blockPath(run, "problem", "pword")).set("input_2_1", "canaryanswer").script("submit").must(200)
	b.get(unitPath(run, "odd")).form(blockPath(run, "probe", "plain")).set("word", "canaryword").press("set").must(303)
	pseudonym := w.site.People.Pseudonym(user.ID, run.String())
	part, err := w.site.Files.PutPart(t.Context(), strings.NewReader("a canary's essay"), 100, files.Part{
		Owner: pseudonym, Run: run.String(), Usage: run.Usage("problem", "pword").String(), Name: "canary.txt",
	})
	if err != nil {
		t.Fatal(err)
	}
	var exported bytes.Buffer
	if err := w.site.ExportPerson(t.Context(), user.ID, &exported); err != nil {
		t.Fatal(err)
	}
	texts := unzip(t, exported.Bytes())
	for name, want := range map[string]string{
		"account.json": "canary@example.org", "documents/submissions.jsonl": "canaryanswer", "documents/states.jsonl": "canaryword",
		"documents/file_parts.jsonl": "canary.txt", "files/" + part.Hash[:12] + "-canary.txt": "a canary's essay", "index.json": `"files": 1`,
	} {
		if !strings.Contains(texts[name], want) {
			t.Errorf("the export's %s lacks %q: %.300q", name, want, texts[name])
		}
	}
	for name, text := range texts {
		if strings.Contains(text, "bert") || strings.Contains(text, "argon2") {
			t.Errorf("the export's %s holds what is not the person's: %.300q", name, text)
		}
	}
	old := w.backup()
	w.working.Wait()

	if _, err := w.site.ErasePerson(t.Context(), user.ID); err != nil {
		t.Fatal(err)
	}
	w.gone("the site", w.site, user, pseudonym)
	b.get(unitPath(run, "five")).must(303)
	for _, path := range []string{"/courses", "/courses/" + run.String(), "/courses/" + run.String() + "/progress", unitPath(run, "five")} {
		sue.get(path).must(200).without("canary", "Canary", pseudonym)
	}
	if found, err := w.site.People.Search(t.Context(), "canary", 10); err != nil || len(found) != 0 {
		t.Errorf("found: %v, %v", found, err)
	}
	if err := w.site.ExportPerson(t.Context(), user.ID, io.Discard); !errors.Is(err, people.ErrNotFound) {
		t.Errorf("an export: %v", err)
	}
	if log := w.log.String(); strings.Contains(log, "canary") {
		t.Errorf("the log names the person: %s", log)
	}
	if !strings.Contains(everything(t, w.site)["submissions"], "bertsanswer") {
		t.Error("another learner's answer is gone")
	}
	fresh, _ := w.restore(w.backup(), nil)
	w.gone("a new backup", fresh, user, pseudonym)

	list, err := w.site.People.Erasures(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("erasures: %v, %v", list, err)
	}
	again, restored := w.restore(old, list)
	w.gone("an old backup with the list", again, user, pseudonym)
	if restored.Erased != 1 {
		t.Errorf("%d people were erased again", restored.Erased)
	}
	if revived, _ := w.restore(old, nil); !strings.Contains(everything(t, revived)["submissions"], "canaryanswer") {
		t.Error("the old backup did not hold the person: this test shows nothing")
	}
}
