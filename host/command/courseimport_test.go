package command

import (
	"archive/tar"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake/intaketest"
	"github.com/quoin-lms/quoin/runtime/site"
)

func TestCourseImport(t *testing.T) {
	temporary(t)
	data := filepath.Join(t.TempDir(), "data")
	path := courseArchive(t, nil)
	got := callShipped(t, "course", "import", "--data", data, path)
	got.want(t, 0, "imported course-v1:Org+Num+now in ", "7 blocks, 1 files", "html/h1.html:2: there is no file gone.png; add it under static",
		"html/h1.html:2: there is no block nowhere", "not installed: strange", "blocks: 7 of 7")
	callShipped(t, "course", "import", "--data", data, "--course", "course-v1:Other+Num+now", path).want(t, 0, "imported course-v1:Other+Num+now")
	callShipped(t, "course", "import", "--data", data, "--course", "Other/Num", path).want(t, 1, "Other/Num")
}

// TestCourseImportRefuses imports what must not come in. It must say what is wrong, where, and how to mend it, and leave
// nothing: no course, no temporary file.
func TestCourseImportRefuses(t *testing.T) {
	temporary(t)
	archive := func(entries ...intaketest.Entry) string {
		path := filepath.Join(t.TempDir(), "bad.tar.gz")
		if err := os.WriteFile(path, intaketest.Gzip(t, intaketest.Tar(t, entries...)), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	course1 := intaketest.File("course/course.xml", `<course url_name="now" org="Org" course="Num"/>`)
	bomb := `<!DOCTYPE course [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><course url_name="now" org="Org" course="Num">&b;</course>`
	tests := map[string]struct {
		path string
		want []string
	}{
		"missing":        {filepath.Join(t.TempDir(), "none.tar.gz"), []string{"none.tar.gz", "it cannot be opened"}},
		"no archive":     {write(t, "course.txt", strings.Repeat("words ", 200)), []string{"course.txt", "neither tar.gz nor tar nor zip", "pack it as"}},
		"truncated":      {truncated(t), []string{"short.tar.gz", "truncated or damaged"}},
		"out of the way": {archive(course1, intaketest.File("course/../../evil", "x")), []string{"bad.tar.gz", "evil"}},
		"absolute":       {archive(course1, intaketest.File("/etc/evil", "x")), []string{"/etc/evil"}},
		"a link": {
			archive(course1, intaketest.Entry{Header: tar.Header{Typeflag: tar.TypeSymlink, Name: "course/static/x", Linkname: "/etc/passwd"}}),
			[]string{"course/static/x", "links are not followed", "put the file itself"},
		},
		"an entity bomb": {archive(intaketest.File("course/course.xml", bomb)), []string{"course/course.xml"}},
		"no course":      {archive(intaketest.File("course/readme.txt", "x")), []string{"course.xml"}},
		"zeros":          {archive(course1, intaketest.File("course/static/zero", strings.Repeat("\x00", 300<<20))), []string{"bomb"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			call(t, "", "course", "import", "--data", data, test.path).want(t, 1, test.want...)
			inspectSite(t, data, func(ctx context.Context, s *site.Site) {
				if runs, _, err := s.Courses.Runs(ctx, "", 10); err != nil || len(runs) > 0 {
					t.Errorf("courses %v, %v", runs, err)
				}
			})
		})
	}
}

func truncated(t *testing.T) string {
	t.Helper()
	whole, err := os.ReadFile(courseArchive(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	return write(t, "short.tar.gz", string(whole[:len(whole)/2]))
}

// TestImportTwice imports the demo course twice: the second time must change nothing and store nothing more.
func TestImportTwice(t *testing.T) {
	path := demoCourse(t)
	data := filepath.Join(t.TempDir(), "data")
	run, err := key.ParseCourse("course-v1:OpenedX+DemoX+DemoCourse")
	if err != nil {
		t.Fatal(err)
	}
	var heads [2]course.Head
	var files [2]int
	for i := range heads {
		callShipped(t, "course", "import", "--data", data, path).want(t, 0, "imported "+run.String(), "401 blocks, 124 files")
		inspectSite(t, data, func(ctx context.Context, s *site.Site) {
			published, err := s.Courses.Published(ctx, run)
			if err != nil {
				t.Fatal(err)
			}
			heads[i] = published.Head
			if all, err := published.All(ctx); err != nil || len(all) != 401 {
				t.Errorf("%d blocks, %v", len(all), err)
			}
			if runs, _, err := s.Courses.Runs(ctx, "", 10); err != nil || len(runs) != 1 {
				t.Errorf("%d courses, %v", len(runs), err)
			}
		})
		files[i] = len(contents(t, filepath.Join(data, "files")))
	}
	if heads[0].Root != heads[1].Root || heads[0].Outline != heads[1].Outline {
		t.Errorf("another content after importing the same again: %+v, %+v", heads[0], heads[1])
	}
	if files[0] != files[1] || files[0] == 0 {
		t.Errorf("%d files after the first import, %d after the second", files[0], files[1])
	}
}
