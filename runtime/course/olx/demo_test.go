package olx_test

import (
	"bytes"
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake"
)

// demoArchive gives the path of the Open edX demo course, which lies beside the repository and is not part of it.
func demoArchive(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			tb.Fatal("there is no go.mod above this folder")
		}
		dir = up
	}
	path := filepath.Join(dir, "..", "shared", "courses", "openedx-demo-course.tar.gz")
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("the demo course is not here: %v", err)
	}
	return path
}

func openDemo(tb testing.TB) *intake.Files {
	tb.Helper()
	files, err := intake.Open(context.Background(), demoArchive(tb), intake.Options{TempDir: tb.TempDir()})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := files.Close(); err != nil {
			tb.Error(err)
		}
	})
	return files
}

func TestDemoCourse(t *testing.T) {
	files := openDemo(t)
	course, findings, err := olx.Read(context.Background(), files, olx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("blocks", func(t *testing.T) { demoBlocks(t, course, findings) })
	t.Run("files", func(t *testing.T) { demoFiles(t, files, course) })
	t.Run("links", func(t *testing.T) { demoLinks(t, course) })
	t.Run("sources", func(t *testing.T) { demoSources(t, files, course) })
}

func demoBlocks(t *testing.T, course *olx.Course, findings []olx.Finding) {
	t.Helper()
	counts := map[string]int{}
	for _, block := range course.Blocks {
		counts[block.Type]++
		if block.Minted || block.Broken != "" || len(block.OLX()) == 0 {
			t.Errorf("%s %s: minted %v, broken %q, %d bytes of OLX", block.Type, block.ID, block.Minted, block.Broken, len(block.OLX()))
		}
	}
	want := map[string]int{
		"course": 1, "chapter": 6, "sequential": 17, "vertical": 58, "html": 266, "video": 11, "problem": 29, "openassessment": 2,
		"lti": 2, "drag-and-drop-v2": 1, "edx_sga": 1, "staffgradedxblock": 1, "done": 1, "library_content": 1, "annotatable": 1,
		"discussion": 1, "poll": 1, "survey": 1,
	}
	if !maps.Equal(counts, want) || len(course.Blocks) != 401 {
		t.Errorf("got %d blocks, %v, want 401, %v", len(course.Blocks), counts, want)
	}
	// The passports are in the archive in clear. There is nothing else to say about this course.
	if len(findings) != 1 || findings[0].Code != olx.CodeSecret || findings[0].Line == 0 {
		t.Errorf("got findings %v, want one about the passports", findings)
	}
	if want := (key.Course{Org: "OpenedX", Number: "DemoX", Run: "DemoCourse"}); course.Suggested != want {
		t.Errorf("suggests %v, want %v", course.Suggested, want)
	}
	if course.Folder != "course" || course.WikiSlug != "OpenedX.DemoX.DemoCourse" || len(course.Drafts) > 0 {
		t.Errorf("folder %q, wiki %q, %d drafts", course.Folder, course.WikiSlug, len(course.Drafts))
	}
	library, ok := course.Block("library_content", "34a4d5e71d974c029cbde1956bd7c820")
	if !ok || len(library.Children) != 6 || library.Children[5].ID != "861cd64b013d1addc68f" {
		t.Errorf("the library content is %+v", library)
	}
}

func demoFiles(t *testing.T, files *intake.Files, course *olx.Course) {
	t.Helper()
	if len(course.Files) != len(files.List()) {
		t.Errorf("got %d files, want %d", len(course.Files), len(files.List()))
	}
	roles, problems := map[olx.Role]int{}, 0
	for _, file := range course.Files {
		roles[file.Role]++
		if file.Role == olx.RoleDefinition && strings.HasPrefix(file.Path, "course/problem/") {
			problems += len(file.Blocks)
		}
		if file.Role == olx.RoleUnknown {
			t.Errorf("nobody knows %s", file.Path)
		}
		secret := file.Path == "course/course/DemoCourse.xml" || file.Path == "course/policies/DemoCourse/policy.json"
		if file.Secrets != secret {
			t.Errorf("%s holds secrets: %v, want %v", file.Path, file.Secrets, secret)
		}
	}
	want := map[olx.Role]int{
		olx.RoleDefinition: 393, olx.RoleBody: 266, olx.RoleAsset: 124, olx.RolePolicy: 1, olx.RoleGrading: 1, olx.RoleAssetData: 2,
		olx.RolePage: 13,
	}
	if !maps.Equal(roles, want) || problems != 29 {
		t.Errorf("got %v and %d problems, want %v and 29", roles, problems, want)
	}
	image, _ := course.Root.Attr("course_image")
	if image.Value != "DemoX-Course-Card.png" || image.Replaced == nil || image.Replaced.Value != "thumbnail_demox.jpeg" || image.Line != 15 ||
		image.File != "course/policies/DemoCourse/policy.json" || image.Replaced.File != "course/course/DemoCourse.xml" {
		t.Errorf("course_image is %+v", image)
	}
	if !bytes.Contains(course.GradingPolicy, []byte("GRADE_CUTOFFS")) {
		t.Errorf("grading policy is %q", course.GradingPolicy)
	}
	updates := false
	for _, page := range course.Pages {
		updates = updates || page.Kind == olx.PageInfo && page.Slug == "updates" && page.Fields["items"] == "course/info/updates.items.json"
	}
	if !updates || len(course.Pages) != 12 {
		t.Errorf("got pages %+v", course.Pages)
	}
}

func demoLinks(t *testing.T, course *olx.Course) {
	t.Helper()
	kinds := map[olx.ReferenceKind]int{}
	for _, reference := range course.References() {
		kinds[reference.Kind]++
		if reference.Path == "" && reference.To == nil || reference.Line == 0 || reference.Foreign {
			t.Errorf("leads nowhere: %+v", reference)
		}
	}
	if kinds[olx.ReferenceAsset] < 150 || kinds[olx.ReferenceBlock] < 40 {
		t.Errorf("got %v references", kinds)
	}
	asset, ok := course.Asset("Reach_of_Open_edX_Downloadable_Transcript.pdf")
	if !ok || asset.Name != "Reach of Open edX Downloadable Transcript.pdf" || asset.ContentType != "application/pdf" {
		t.Errorf("got %+v", asset)
	}
}

// Every place that a block names is where it says, so that an exporter can put a file together from its parts.
func demoSources(t *testing.T, files *intake.Files, course *olx.Course) {
	t.Helper()
	for _, block := range course.Blocks {
		for _, source := range block.Sources {
			data, err := files.ReadFile(source.File, 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(data[source.Start:source.End], source.XML) {
				t.Errorf("%s %s is not at %s:%d", block.Type, block.ID, source.File, source.Line)
			}
			if line := 1 + bytes.Count(data[:source.Start], []byte("\n")); line != source.Line {
				t.Errorf("%s %s is said to be in line %d, not %d", block.Type, block.ID, source.Line, line)
			}
		}
		if len(block.Children) == 0 && block.Type != "course" && !bytes.Equal(block.OLX(), block.Definition().XML) {
			t.Errorf("%s %s is not handed on as it stands", block.Type, block.ID)
		}
	}
}

// BenchmarkDemoCourse reads the archive whole, from its bytes to the blocks.
func BenchmarkDemoCourse(b *testing.B) {
	data, err := os.ReadFile(demoArchive(b))
	if err != nil {
		b.Fatal(err)
	}
	spool := b.TempDir()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		files, err := intake.OpenArchive(context.Background(), bytes.NewReader(data), int64(len(data)), intake.Options{TempDir: spool})
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := olx.Read(context.Background(), files, olx.Options{}); err != nil {
			b.Fatal(err)
		}
		if err := files.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDemoCourseRead is the part of it that is not opening the archive.
func BenchmarkDemoCourseRead(b *testing.B) {
	files := openDemo(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := olx.Read(context.Background(), files, olx.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
