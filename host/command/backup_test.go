package command

import (
	"archive/zip"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/site"
)

// TestBackupAndRestoreCommands takes a site through all commands of an operator: backup, erase, list, restore.
func TestBackupAndRestoreCommands(t *testing.T) {
	dir := t.TempDir()
	data, archive, list := filepath.Join(dir, "data"), filepath.Join(dir, "site.tar.gz"), filepath.Join(dir, "erasures.json")
	for _, name := range []string{"ann", "bob"} {
		call(t, password, "user", "create", name, "--email", name+"@example.org", "--data", data).want(t, 0)
	}
	call(t, "", "backup", "--data", data, "--out", archive).want(t, 0, "backed up to "+archive, "compared", "secret")
	call(t, "", "backup", "--data", data, "--out", archive).want(t, 1, "is there already")
	call(t, "", "backup", "--data", data).want(t, 2, "usage: quoin backup")
	call(t, "", "backup", "--data", filepath.Join(dir, "none"), "--out", archive+"2").want(t, 1, "there is no site in")
	call(t, "", "user", "erase", "ann", "--yes", "ann", "--data", data).want(t, 0, "erased ann")
	call(t, "", "user", "erasures", "--out", list, "--data", data).want(t, 0, "1 erasures listed")
	call(t, "", "user", "erasures", "--out", list, "--data", data).want(t, 0, "1 erasures listed")
	for _, path := range []string{archive, list} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}

	call(t, "", "restore", archive, "--data", data).want(t, 1, "not empty")
	call(t, "", "restore", list, "--data", filepath.Join(dir, "x")).want(t, 1, "not a backup of Quoin")
	call(t, "", "restore", archive, "--data", filepath.Join(dir, "y"), "--erasures", archive).want(t, 1, "no list of erasures")
	call(t, "", "restore").want(t, 2, "usage: quoin restore")
	for _, name := range []string{"x", "y"} {
		if _, err := os.Stat(filepath.Join(dir, name)); !os.IsNotExist(err) {
			t.Errorf("a refused restore left %s: %v", name, err)
		}
	}
	restored := filepath.Join(dir, "restored")
	call(t, "", "restore", archive, "--data", restored, "--erasures", list).want(t, 0, "restored the site of", "sign in again", "1 people")
	inspectSite(t, restored, func(ctx context.Context, s *site.Site) {
		if _, err := s.People.FindUser(ctx, "bob"); err != nil {
			t.Error(err)
		}
		if found, err := s.People.FindUser(ctx, "ann"); err == nil {
			t.Errorf("who was erased is back: %+v", found)
		}
	})
	call(t, "", "restore", archive, "--data", filepath.Join(dir, "whole")).want(t, 0, "whoever was erased after the backup is back")
}

func TestUserEraseAsksForTheName(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	call(t, password, "user", "create", "ann", "--email", "ann@example.org", "--data", data).want(t, 0)
	call(t, password, "user", "create", "boss", "--email", "boss@example.org", "--admin", "--data", data).want(t, 0)
	call(t, "", "user", "erase", "ann", "--data", data).want(t, 1, "nothing was erased")
	call(t, "yes\n", "user", "erase", "ann", "--data", data).want(t, 1, "cannot be undone", "nothing was erased")
	call(t, "", "user", "erase", "ann", "--yes", "boss", "--data", data).want(t, 1, "nothing was erased")
	call(t, "", "user", "erase", "nobody", "--yes", "nobody", "--data", data).want(t, 1, "nobody", "not found")
	call(t, "", "user", "erase", "boss", "--yes", "boss", "--data", data).want(t, 1, "needs an administrator", "quoin user grant")
	call(t, "ann\n", "user", "erase", "ann@example.org", "--data", data).want(t, 0, "erased ann")
	inspectSite(t, data, func(ctx context.Context, s *site.Site) {
		users, _, err := s.People.All(ctx, 10, "")
		if err != nil || len(users) != 1 || !users[0].Has(people.SiteAdmin) {
			t.Errorf("%+v, %v", users, err)
		}
	})
}

func TestUserExportCommand(t *testing.T) {
	data, out := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "ann.zip")
	call(t, password, "user", "create", "ann", "--email", "ann@example.org", "--data", data).want(t, 0)
	call(t, "", "user", "export", "nobody", "--out", out, "--data", data).want(t, 1, "nobody", "not found")
	call(t, "", "user", "export", "ann", "--data", data).want(t, 2, "usage: quoin user export")
	call(t, "", "user", "export", "ann", "--out", out, "--data", data).want(t, 0, "exported what is held about ann")
	call(t, "", "user", "export", "ann", "--out", out, "--data", data).want(t, 1, "is there already")
	if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	archive, err := zip.OpenReader(out)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	var names []string
	for _, file := range archive.File {
		names = append(names, file.Name)
	}
	if got := strings.Join(names, " "); got != "account.json index.json" {
		t.Error(got)
	}
}

// TestWorkerMetrics reads them from a process that serves no pages.
func TestWorkerMetrics(t *testing.T) {
	s := start(t, &desk{}, "--role", "worker", "--redis-url", "redis://queue", "--metrics-token", "hunter2", "--data", filepath.Join(t.TempDir(), "data"))
	if status, body := s.get(t, "/metrics"); status != 200 || !strings.Contains(body, "quoin_goroutines") || !strings.Contains(body, "quoin_renders_total") {
		t.Errorf("%d %s", status, body)
	}
	s.stop()
	if status := <-s.ended; status != 0 || strings.Contains(s.logged(), "hunter2") {
		t.Errorf("exit status %d\n%s", status, s.logged())
	}
}
