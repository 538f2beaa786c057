package command

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/check"
	"github.com/quoin-lms/quoin/runtime/intake/intaketest"
)

// demoCourse is Open edX's demo course, which is no part of this repository.
func demoCourse(t *testing.T) string {
	t.Helper()
	path := "../../../shared/courses/openedx-demo-course.tar.gz"
	if _, err := os.Stat(path); err != nil {
		t.Skip("the demo course is not here: ", path)
	}
	return path
}

// tideXML is a problem with one question.
const tideXML = `<problem display_name="Tides">
<numericalresponse answer="2"><label>How many a day?</label><formulaequationinput/></numericalresponse>
</problem>`

// courseArchive writes a small course as tar.gz.
func courseArchive(t *testing.T, change map[string]string) string {
	t.Helper()
	files := map[string]string{
		"course/course.xml":        `<course url_name="now" org="Org" course="Num"/>`,
		"course/course/now.xml":    `<course display_name="Small" start="2020-01-01T00:00:00Z"><chapter url_name="c1"/></course>`,
		"course/chapter/c1.xml":    `<chapter><sequential url_name="s1"/></chapter>`,
		"course/sequential/s1.xml": `<sequential format="Homework" graded="true"><vertical url_name="v1"/></sequential>`,
		"course/vertical/v1.xml": `<vertical>
<html url_name="h1"/>
<problem url_name="tides"/>
<strange url_name="x1"/>
</vertical>`,
		"course/problem/tides.xml": tideXML,
		"course/html/h1.xml":       `<html filename="h1" display_name="Hello"/>`,
		"course/html/h1.html":      "<p>Hello</p>\n<img alt=\"\" src=\"/static/gone.png\"/><a href=\"/jump_to_id/nowhere\">x</a>",
		"course/static/there.png":  "picture",
	}
	for name, text := range change {
		files[name] = text
	}
	path := filepath.Join(t.TempDir(), "course.tar.gz")
	if err := os.WriteFile(path, intaketest.Gzip(t, intaketest.Tar(t, intaketest.Files(files)...)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCourseCheck(t *testing.T) {
	temporary(t)
	got := callShipped(t, "course", "check", courseArchive(t, nil))
	got.want(t, 0,
		"course-v1:Org+Num+now: 7 of 7 blocks rendered", "1 problems: 1 score in full",
		"Missing files", "html/h1.html:2: gone.png", "Broken links", "html/h1.html:2: nowhere", "strange: 1 blocks",
		"1 files, 1 missing; 1 broken links",
	)
	if !strings.Contains(got.err, "check: 7 of 7") {
		t.Errorf("progress is not told: %s", got.err)
	}
}

func TestCourseCheckFails(t *testing.T) {
	temporary(t)
	answers := write(t, "answers.json", `{"tides": {"2_1": 3}}`)
	callShipped(t, "course", "check", "--answers", answers, courseArchive(t, nil)).want(t, 1,
		"Problems that do not score in full (1)", "the given answer earns 0 of 1: 2_1 is incorrect",
		`problem/tides.xml:1: "Tides"`, `sent input_2_1 = "3"`)
	broken := courseArchive(t, map[string]string{"course/html/h1.xml": `<html filename="h1"`})
	got := callShipped(t, "course", "check", "--json", broken)
	got.want(t, 1)
	var report check.Report
	if err := json.Unmarshal([]byte(got.out), &report); err != nil {
		t.Fatal(err)
	}
	if html := report.Types["html"]; html.Count != 1 || html.Rendered != 0 || len(html.Errors) != 1 || !strings.HasSuffix(html.Errors[0].File, "html/h1.xml") {
		t.Errorf("a block whose file is broken: %+v", html)
	}
}

func TestCourseCheckRefuses(t *testing.T) {
	temporary(t)
	course := courseArchive(t, nil)
	call(t, "", "course", "check", filepath.Join(t.TempDir(), "none.tar.gz")).want(t, 1, "none.tar.gz")
	call(t, "", "course", "check", write(t, "course.tar.gz", strings.Repeat("no archive ", 99))).want(t, 1, "course.tar.gz", "neither tar.gz nor tar nor zip", "pack it as")
	call(t, "", "course", "check", "--answers", write(t, "a.json", "{"), course).want(t, 1, "a.json", "line 1")
	call(t, "", "course", "check", "--answers", write(t, "a.json", `{"nobody": {"x": "y"}}`), course).want(t, 1, "does not have: nobody")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	callWith(ended, t, Parts{}, "course", "check", course).want(t, 1, "quoin course check: stopped")
}

var (
	// fiveTypes are the responses that must be full-scored; anyResponse finds every response.
	fiveTypes   = regexp.MustCompile(`^(multiplechoice|choice|option|string|numerical)response$`)
	anyResponse = regexp.MustCompile(`<([a-z]+response)\b`)
	script      = regexp.MustCompile(`<script\b`)
)

// plainProblems counts, by reading the archive, the problems whose responses are all of the five types and which have no
// script.
func plainProblems(t *testing.T, path string) (plain, all int) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	for archive := tar.NewReader(unzipped); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return plain, all
		}
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(filepath.Dir(header.Name)) != "problem" || filepath.Ext(header.Name) != ".xml" || strings.HasPrefix(filepath.Base(header.Name), "._") {
			continue
		}
		text, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		found, fits := anyResponse.FindAllSubmatch(text, -1), !script.Match(text)
		for _, response := range found {
			fits = fits && fiveTypes.Match(response[1])
		}
		all++
		if fits && len(found) > 0 {
			plain++
		}
	}
}

func TestCourseCheckOfTheDemoCourse(t *testing.T) {
	path := demoCourse(t)
	plain, all := plainProblems(t, path)
	temporary(t)
	got := callShipped(t, "course", "check", "--json", path)
	got.want(t, 0)
	var report check.Report
	if err := json.Unmarshal([]byte(got.out), &report); err != nil {
		t.Fatal(err)
	}
	if count, rendered := report.Blocks(); count != 401 || rendered != 401 {
		t.Errorf("%d of %d blocks rendered, want 401 of 401", rendered, count)
	}
	p := report.Problems
	if p.Count != all || len(p.Failed) > 0 || p.FullScore < plain || plain == 0 {
		t.Errorf("%d problems, %d of them plain: %d score in full, failed %+v", all, plain, p.FullScore, p.Failed)
	}
	if r := report.RoundTrip; r == nil || r.Failed() {
		t.Errorf("round trip %+v", r)
	}
	t.Logf("%d problems, %d of the five types and without script, %d score in full", all, plain, p.FullScore)
}
