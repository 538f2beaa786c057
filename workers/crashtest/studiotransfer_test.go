package crashtest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// elsewhere is a second course, into whose only unit components are pasted.
const elsewhere = "/studio/courses/course-v1:Quoin+Into+1"

// archived is the course as an archive, with other titles and more texts in it, and a picture.
func archived(t *testing.T, org, course, title string, texts int) []byte {
	t.Helper()
	files := courseFiles()
	files["course.xml"] = fmt.Sprintf(`<course org=%q course=%q url_name="1"/>`, org, course)
	files["static/map.txt"] = "a map of " + title
	var more strings.Builder
	for n := range texts {
		fmt.Fprintf(&more, `<html url_name="t%d"/>`, n)
		files[fmt.Sprintf("html/t%d.xml", n)] = fmt.Sprintf(`<html filename="t%d" display_name="%s %d"/>`, n, title, n)
		files[fmt.Sprintf("html/t%d.html", n)] = fmt.Sprintf(`<p>%s %d, <a href="/static/map.txt">map</a></p>`, title, n)
	}
	files["course/1.xml"] = strings.ReplaceAll(files["course/1.xml"], `</vertical>`, more.String()+`</vertical>`)
	for n := range problems {
		name := fmt.Sprintf("problem/p%d.xml", n)
		files[name] = strings.ReplaceAll(files[name], "Problem", title)
	}
	var out bytes.Buffer
	packed := gzip.NewWriter(&out)
	archive := tar.NewWriter(packed)
	for name, content := range files {
		_ = archive.WriteHeader(&tar.Header{Name: "course/" + name, Mode: 0o644, Size: int64(len(content))}) // into memory
		_, _ = archive.Write([]byte(content))
	}
	_ = archive.Close()
	_ = packed.Close()
	return out.Bytes()
}

// uploads gives an archive to the import's page, and tells where its report is.
func (a *author) uploads(t *testing.T, archive []byte) string {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("token", a.token)
	part, err := form.CreateFormFile("archive", "other.tar.gz")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(archive)
	_ = form.Close()
	at := a.web.address()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at+studio+"/import", &body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Origin", at)
	response, err := a.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(response.Request.URL.Path, "/import/") {
		t.Fatalf("the archive was not taken: %s %v: %.500s", response.Status, err, page)
	}
	return response.Request.URL.Path
}

// TestStudioImportIsKilled kills the server in the middle of an import, of pastes into another course, and of taking the import back.
// Each is carried to its end after the next start, and its page says so; what learners see is the one course or the other, and never
// half of both. A paste is there whole, with its files, or not at all.
func TestStudioImportIsKilled(t *testing.T) {
	t.Parallel()
	data := site(t)
	const password = "a long enough password"
	run(t, password, "user", "create", "writer", "--email", "writer@crash.example", "--data", data)
	into := filepath.Join(t.TempDir(), "into.tar.gz")
	if err := os.WriteFile(into, archived(t, "Quoin", "Into", "Into", 0), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "", "course", "import", "--data", data, into)
	for _, grant := range [][2]string{{courseKey, "staff"}, {courseKey, "instructor"}, {"course-v1:Quoin+Into+1", "staff"}} {
		run(t, "", "user", "grant", "writer", grant[1], "--course", grant[0], "--data", data)
	}
	web := serve(t, data, "all")
	a := signIn(t, web, "writer", password)
	const texts = 300
	report := a.uploads(t, archived(t, "Quoin", "Crash", "Other", texts))
	says := func(text string) func() bool { return func() bool { return strings.Contains(a.page(t, report), text) } }
	seen := func() (old, other int) {
		page := a.page(t, home+"/units/unit")
		return len(regexp.MustCompile(`Problem \d<`).FindAllString(page, -1)), len(regexp.MustCompile(`Other \d+<`).FindAllString(page, -1))
	}
	before, _ := seen()
	wait(t, "the plan is there", says("Waits for your decision"))
	killed := func(do, working, done string) (old, other int) {
		a.must(t, report, url.Values{"do": {do}})
		web.kill() // it has begun, or will begin after the start: nobody hears of it from here
		web.start()
		if old, other := seen(); old > 0 && other > 0 {
			t.Errorf("%s: learners see %d old problems and %d others", do, old, other)
		}
		if page := a.page(t, report); !strings.Contains(page, working) && !strings.Contains(page, ">"+done+"<") {
			t.Errorf("%s: after the start the page says neither that it goes on nor that it is done: %.1500s", do, page)
		}
		wait(t, do+" comes to its end", says(">"+done+"<"))
		return seen()
	}
	if old, other := killed("agree", "Being imported", "Done"); old != 0 || other < problems+texts {
		t.Errorf("after the import learners see %d old problems and %d others", old, other)
	}
	a.pastesWhileKilled(t)
	if old, other := killed("undo", "Being undone", "Undone"); old != before || other != 0 {
		t.Errorf("after taking it back learners see %d old problems and %d others", old, other)
	}
	if changes := a.page(t, studio+"/changes"); !strings.Contains(changes, "There is nothing to publish") {
		t.Errorf("something is left: %.2000s", changes)
	}
}

// pastesWhileKilled kills the server while components with files are pasted into another course without a pause.
func (a *author) pastesWhileKilled(t *testing.T) {
	t.Helper()
	form := url.Values{}
	const together, kills = 20, 4
	for n := range together {
		form.Add("usage", fmt.Sprintf("block-v1:Quoin+Crash+1+type@html+block@t%d", n))
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var acknowledged, tried atomic.Int64
	var pasting sync.WaitGroup
	pasting.Go(func() {
		for ctx.Err() == nil {
			tried.Add(1)
			status, body, err := a.post(elsewhere+"/units/unit/paste", form)
			switch {
			case err == nil && status == http.StatusOK:
				acknowledged.Add(1)
			case err == nil && status < http.StatusInternalServerError && status != http.StatusConflict:
				t.Errorf("pasting: %d %.300s", status, body)
				cancel()
			}
		}
	})
	for n := range kills {
		before := acknowledged.Load()
		wait(t, "pastes are answered after kill "+strconv.Itoa(n), func() bool { return ctx.Err() != nil || acknowledged.Load() > before+1 })
		a.web.kill()
		a.web.start()
	}
	cancel()
	pasting.Wait()
	count := func() int { return strings.Count(a.page(t, elsewhere+"/units/unit"), `data-title="Other `) }
	wait(t, "what was begun is whole", func() bool { return count()%together == 0 })
	there := int64(count() / together)
	t.Logf("%d pastes were acknowledged, %d are there", acknowledged.Load(), there)
	if there < acknowledged.Load() || there > acknowledged.Load()+kills+1 {
		t.Errorf("%d pastes were acknowledged of %d, and %d are there", acknowledged.Load(), tried.Load(), there)
	}
	if file := a.page(t, elsewhere+"/files/content/map.txt"); !strings.Contains(file, "a map of ") {
		t.Errorf("the file is %q", file)
	}
	a.must(t, elsewhere+"/publish", url.Values{})
	if changes := a.page(t, elsewhere+"/changes"); !strings.Contains(changes, "There is nothing to publish") {
		t.Errorf("something of a paste is left: %.2000s", changes)
	}
}
