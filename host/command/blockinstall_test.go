package command

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/packages/packagetest"
)

// archived puts an archive into a file.
func archived(t *testing.T, archive []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "it.block")
	if err := os.WriteFile(name, archive, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestBlocksAreInstalledBesideARunningServer installs, upgrades, rolls back and removes while a server works on the same
// folder, and hears from its log that it followed.
func TestBlocksAreInstalledBesideARunningServer(t *testing.T) {
	packagetest.NeedsInterpreter(t)
	data := filepath.Join(t.TempDir(), "site")
	server := start(t, &desk{}, "--role", "worker", "--redis-url", "redis://127.0.0.1:1", "--data", data)
	follows := func(what string) {
		t.Helper()
		for end := time.Now().Add(time.Minute); !strings.Contains(server.logged(), what); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("the server never said %q: %s", what, server.logged())
			}
		}
	}
	ada, adaKey := packagetest.Key(t)
	one := archived(t, packagetest.Guess{}.Archive(t, ada))
	two := archived(t, packagetest.Guess{Version: "1.1.0", Right: "sun"}.Archive(t, ada))

	call(t, "", "block", "upgrade", one, "--data", data).want(t, 1, "guess is not installed: quoin block install")
	call(t, "n\n", "block", "install", one, "--data", data).want(t, 0,
		"guess 1.0.0: Guess", "Asks for a word.", "signed by "+string(adaKey), "has not seen the name yet", "runs in the sandbox", "asks for nothing", "nothing was installed")
	call(t, "y\nn\n", "block", "install", one, "--data", data).want(t, 0, "tried: 1 samples with 1 answers", "nothing was installed")
	call(t, "", "block", "list", "--data", data).want(t, 0, "no block is installed")
	call(t, "y\ny\n", "block", "install", one, "--data", data).want(t, 0, "guess 1.0.0 is installed; a server that runs follows")
	follows("version=1.0.0")
	call(t, "", "block", "upgrade", two, "--yes", "--data", data).want(t, 0, "installed is 1.0.0", "signed by "+string(adaKey)+", as before", "guess 1.1.0 is installed")
	follows("version=1.1.0")
	call(t, "", "block", "list", "--data", data).want(t, 0, "guess 1.1.0 (", "): on", "publisher "+string(adaKey), "before it: 1.0.0")
	call(t, "", "block", "why", "guess", "--data", data).want(t, 0, "guess is on")
	call(t, "", "block", "rollback", "guess", "--data", data).want(t, 0, "version 1.0.0 is current")
	call(t, "", "block", "rollback", "guess", "--to", "3.0.0", "--data", data).want(t, 1, "no version 3.0.0")
	call(t, "", "block", "disable", "guess", "--reason", "it is too loud", "--data", data).want(t, 0, "switched off: it is too loud")
	follows("it is too loud")
	call(t, "", "block", "why", "guess", "--data", data).want(t, 1, "it is too loud", "-> quoin block enable guess")
	call(t, "", "block", "enable", "guess", "--course", "course-v1:A+B+C", "--data", data).want(t, 0, "for course-v1:A+B+C")
	call(t, "", "block", "enable", "guess", "--data", data).want(t, 0, "guess: version 1.0.0 is current; a server")
	call(t, "", "block", "keys", "revoke", string(adaKey), "--reason", "stolen", "--data", data).want(t, 0, "believed no more")
	call(t, "", "block", "why", "guess", "--data", data).want(t, 1, "stolen", "keys believe")
	call(t, "", "block", "upgrade", two, "--yes", "--data", data).want(t, 1, "refused: the key "+string(adaKey)+" is believed no more: stolen")
	call(t, "", "block", "keys", "believe", string(adaKey), "--data", data).want(t, 0, "believed again")
	call(t, "", "block", "remove", "guess", "--data", data).want(t, 0, "removed", "quoin block restore guess")
	call(t, "", "block", "why", "guess", "--data", data).want(t, 1, "it was removed", "quoin block restore guess")
	call(t, "", "block", "restore", "guess", "--data", data).want(t, 0, "version 1.0.0 is current")
	call(t, "", "block", "why", "riddle", "--data", data).want(t, 1, `no block or block type is called "riddle"`)
}

func TestInstallingSaysWhatNeedsConsent(t *testing.T) {
	packagetest.NeedsInterpreter(t)
	data := filepath.Join(t.TempDir(), "site")
	plain := archived(t, packagetest.Guess{}.Archive(t, nil))
	call(t, "", "block", "install", plain, "--yes", "--data", data).want(t, 1, "needs consent: nobody signed it", "--allow-unsigned")
	call(t, "", "block", "install", plain, "--yes", "--allow-unsigned", "--data", data).want(t, 0, "agreed to: nobody signed it", "guess 1.0.0 is installed")
	wider := archived(t, packagetest.Guess{
		Version: "1.1.0", Manifest: `"permissions": [{"name": "http", "reason": "Asks a dictionary.", "values": ["dictionary.example.org"]}]`,
	}.Archive(t, nil))
	call(t, "", "block", "upgrade", wider, "--yes", "--allow-unsigned", "--data", data).want(t, 1,
		"Ask over the internet: dictionary.example.org", "its author says: Asks a dictionary.", "risk: What learners write can leave this site",
		"needs consent: more than before: permission http is new", "--allow-widening")
	call(t, "", "block", "upgrade", wider, "--yes", "--allow-unsigned", "--allow-widening", "--data", data).want(t, 0, "guess 1.1.0 is installed")
	folder := packagetest.Guess{Version: "1.2.0", Manifest: `"permissions": []`}.Folder(t)
	call(t, "", "block", "upgrade", folder, "--yes", "--allow-unsigned", "--data", data).want(t, 0, "permission http is gone", "guess 1.2.0 is installed")
	call(t, "", "block", "install", filepath.Join(data, "nothing"), "--data", data).want(t, 1, "no such file")
	call(t, "", "block", "install", "--data", data).want(t, 2)
}

// TestLockFilesMoveASetOfBlocks writes one site's set to a file and applies it to another site.
func TestLockFilesMoveASetOfBlocks(t *testing.T) {
	packagetest.NeedsInterpreter(t)
	one, two := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "two")
	ada, _ := packagetest.Key(t)
	archive := archived(t, packagetest.Guess{}.Archive(t, ada))
	call(t, "", "block", "install", archive, "--yes", "--data", one).want(t, 0)
	file := filepath.Join(t.TempDir(), "blocks.lock.json")
	call(t, "", "block", "lock", "--out", file, "--data", one).want(t, 0)
	call(t, "", "block", "lock", "--data", one).want(t, 0, `"name": "guess"`, `"courses": null`)
	call(t, "", "block", "lock", "--apply", file, "--data", one).want(t, 0, "what the file says already")
	call(t, "n\n", "block", "lock", "--apply", file, "--from", filepath.Dir(archive), "--data", two).want(t, 0, "guess: install version 1.0.0", "nothing was changed")
	call(t, "y\n", "block", "lock", "--apply", file, "--from", t.TempDir(), "--data", two).want(t, 1, "holds the package")
	call(t, "y\n", "block", "lock", "--apply", file, "--from", filepath.Dir(archive), "--data", two).want(t, 0, "done")
	call(t, "", "block", "list", "--data", two).want(t, 0, "guess 1.0.0")
}

func TestPackagesAreFetchedByHTTPSAlone(t *testing.T) {
	archive := packagetest.Guess{}.Archive(t, nil)
	reached := 0
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached++
		if r.URL.Path != "/guess.block" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(archive)
	}))
	defer server.Close()
	i := &installing{parts: &Parts{}, client: server.Client()}
	if got, err := i.fetch(t.Context(), server.URL+"/guess.block"); err != nil || !bytes.Equal(got, archive) {
		t.Errorf("fetched %d bytes, %v", len(got), err)
	}
	if _, err := i.fetch(t.Context(), server.URL+"/other"); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("what is not there: %v", err)
	}
	if _, err := i.fetch(t.Context(), "http://example.org/guess.block"); err == nil || !strings.Contains(err.Error(), "https alone") {
		t.Errorf("by http: %v", err)
	}
	reached = 0
	i.client = nil // the one that sites use reaches nothing of this machine
	if _, err := i.fetch(t.Context(), server.URL+"/guess.block"); err == nil || !strings.Contains(err.Error(), "private") || reached > 0 {
		t.Errorf("this machine: %v, reached %d times", err, reached)
	}
}
