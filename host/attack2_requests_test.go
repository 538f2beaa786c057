package host_test

import (
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/runtime/packages/packagetest"
)

// A reply to an outside request is for who sent it. The host does not know who that is, so it is who shows the same signature or
// token: a stranger who sends the same bytes without it is a stranger to the block, too.
func TestAnOutsideReplyIsItsCallersAlone(t *testing.T) {
	w := newWorld(t, options{})
	hook := blockPath(w.forces(), "probe", "plain") + "/mount/hook/change"
	send := func(headers map[string]string) *page { return w.visitor().send("POST", hook, headers, "{}") }
	for _, name := range []string{"Authorization", "X-Signature", "X-Hub-Signature-256", "Signature", "X-Api-Key", "X-Amz-Security-Token"} {
		first := send(map[string]string{name: "canary of the first"}).must(200, "canary of the first")
		if again := send(map[string]string{name: "canary of the first"}); again.body != first.body {
			t.Errorf("%s: sent again, it is another request: %s", name, again.body)
		}
		send(map[string]string{name: "second"}).must(200, "second").without("canary")
		send(nil).must(200).without("canary")
		keyed := map[string]string{name: "canary of the first", "Idempotency-Key": "one " + name}
		send(keyed).must(200, "canary of the first")
		send(map[string]string{"Idempotency-Key": "one " + name}).must(http.StatusConflict).without("canary")
	}
}

// Two administrators who allow the same package at the same moment install it once, and nothing of a form that comes too late
// is a fault of the server.
func TestAPackageIsAllowedTwiceAtOnce(t *testing.T) {
	packagetest.NeedsInterpreter(t)
	w := newWorld(t, options{unlimited: true})
	ada, bea := w.enter(w.administrator("ada")), w.enter(w.administrator("bea"))
	private, _ := packagetest.Key(t)
	review := ada.handIn(packagetest.Guess{}.Archive(t, private)).must(303).follow()
	tried := review.form(review.path + "/try").press("").must(303).follow().must(200)
	digest := attributeOf(tried, "input", "name", "digest", "value")
	tokens := map[*browser]string{ada: ada.token(), bea: bea.token()}
	var all sync.WaitGroup
	for b, token := range tokens {
		for range 4 {
			all.Go(func() {
				p := b.send("POST", review.path+"/install", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, "token="+token+"&digest="+digest)
				switch p.status {
				case http.StatusSeeOther, http.StatusNotFound, http.StatusConflict:
				default:
					t.Errorf("%d: %.300s", p.status, p.words())
				}
			})
		}
	}
	all.Wait()
	block, err := w.site.Blocks.Find(t.Context(), "guess")
	if err != nil || len(block.Versions) != 1 || len(block.Earlier) != 0 || block.Current != digest {
		t.Errorf("%+v, %v", block, err)
	}
	ada.get("/admin/blocks").must(200, "guess").without("Waiting for your decision")
}

// A package's files, opened by themselves, have no rights of the site, and nothing of the package beside its assets is served,
// however its path is written.
func TestAnInstalledPackagesFilesAreItsAssets(t *testing.T) {
	w := newWorld(t, options{})
	version, err := w.site.Registry.Lookup("stranger")
	if err != nil {
		t.Fatal(err)
	}
	base := "/blocks/stranger/" + version.Digest + "/"
	b := w.visitor()
	for _, name := range []string{"evil.html", "evil.svg"} {
		p := b.get(base + name).must(200)
		if policy := p.header.Get("Content-Security-Policy"); !strings.Contains(policy, "sandbox") || strings.Contains(policy, "allow-same-origin") || p.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", name, p.header)
		}
	}
	for _, name := range []string{
		"../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "..%5csecret.txt", "sub/../../secret.txt", "sub%2f..%2f..%2fsecret.txt", "/secret.txt", "%2fsecret.txt",
		"./secret.txt", "secret.txt", "block.json", "../block.json", "sub", "sub/", "", "evil.html%00.txt", "assets/evil.html", "..%252fsecret.txt",
	} {
		if p := b.get(base + name); p.status == http.StatusOK {
			t.Errorf("%s: %s", name, p.body)
		}
	}
	// Of a folder on the disk, too: what is installed is unpacked into one.
	dir := t.TempDir()
	if err := os.CopyFS(dir, probeFiles); err != nil {
		t.Fatal(err)
	}
	onDisk := w.installManifest(`{"name": "on-disk", "version": "1.0.0", "title": "T", "description": "D", "licence": "MIT", "assets": "assets", `+permissions+`}`,
		os.DirFS(dir), false, probeBlock())
	base = "/blocks/on-disk/" + onDisk.Digest + "/"
	b.get(base + "probe.js").must(200)
	for _, name := range []string{"sub", "probe.js/below", strings.Repeat("a", 300), strings.Repeat("a/", 300) + "b", "..%2fsecret.txt", "%00"} {
		b.get(base + name).must(404)
	}
	b.get("/blocks/probe/" + version.Digest + "/evil.html").must(404)
}
