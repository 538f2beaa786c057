package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/examples/running"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/store"
)

const (
	bookKey     = "course-v1:Quoin+Book+1"
	bookPath    = "/courses/" + bookKey + "/staff/gradebook"
	bookColumns = 200
)

// gradebook measures the first screen of a gradebook with more and more learners, each with something in each of 200
// columns. What chromium paints is measured by BenchmarkGradebookPaint of package host.
func (b *bench) gradebook(ctx context.Context) error {
	t := &table{
		title:  fmt.Sprintf("The gradebook's first screen, 1 client, %d columns", bookColumns),
		header: []string{"learners", "not in memory", "p50", "p99", "KB", "sorted p50", "searched p50", "sheet", "sheet MB"},
	}
	folder := filepath.Join(b.dir, "book")
	if err := writeBook(folder); err != nil {
		return err
	}
	for _, learners := range []int{100, 1000, 10_000} {
		data := filepath.Join(b.dir, fmt.Sprintf("book-%d", learners))
		if _, err := running.Import(ctx, b.quoin, data, folder); err != nil {
			return err
		}
		token, err := fillBook(ctx, data, learners)
		if err != nil {
			return err
		}
		if err := b.measureBook(ctx, t, data, token, learners); err != nil {
			return err
		}
	}
	return t.print(os.Stdout)
}

func writeBook(dir string) error {
	var subsections strings.Builder
	files := map[string]string{
		"course.xml":             `<course org="Quoin" course="Book" url_name="1"/>`,
		"policies/1/policy.json": `{"course/1": {"display_name": "Many grades", "start": "2020-01-01T00:00:00Z"}}`,
		"policies/1/grading_policy.json": `{"GRADER": [{"type": "Homework", "min_count": 1, "drop_count": 2, "weight": 0.5}, ` +
			`{"type": "Exam", "min_count": 1, "drop_count": 0, "weight": 0.5}], "GRADE_CUTOFFS": {"Pass": 0.5}}`,
	}
	for n := range bookColumns {
		kind := "Homework"
		if n >= bookColumns/2 {
			kind = "Exam"
		}
		fmt.Fprintf(&subsections, `<sequential url_name="s%d" display_name="%s %d: what moves" format="%s" graded="true"><vertical url_name="u%d"><problem url_name="q%d"/></vertical></sequential>`, n, kind, n, kind, n, n)
		files[fmt.Sprintf("problem/q%d.xml", n)] = choice("Question")
	}
	files["course/1.xml"] = `<course display_name="Many grades" start="2020-01-01T00:00:00Z"><chapter display_name="All">` + subsections.String() + `</chapter></course>`
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// fillBook makes learners and their grades, and gives the session of somebody of the course's staff.
func fillBook(ctx context.Context, data string, learners int) (token string, err error) {
	s, err := site.Open(ctx, site.Config{Data: data})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	grades := store.Of[scoring.Grade](s.Store, store.Spec{Name: "grades"})
	var batch []store.Doc[scoring.Grade]
	for n := range learners {
		name := fmt.Sprintf("book%05d", n)
		user, err := s.People.Create(ctx, people.NewUser{
			Username: name, Email: name + "@bench.example", Passwordless: true, Profile: people.Profile{Name: fmt.Sprintf("Given%d Family%d", n*7919%learners, n)},
		})
		if err == nil {
			_, _, err = s.People.Enrol(ctx, user.ID, bookKey, "")
		}
		if err != nil {
			return "", fmt.Errorf("making %d learners: %w", learners, err)
		}
		batch = append(batch, bookGrade(s.People.Pseudonym(user.ID, bookKey), n))
		if len(batch) == 500 || n+1 == learners {
			if _, err := grades.InsertMany(ctx, batch); err != nil {
				return "", fmt.Errorf("making %d learners: %w", learners, err)
			}
			batch = batch[:0]
		}
	}
	staff, err := s.People.Create(ctx, people.NewUser{Username: "bookkeeper", Email: "bookkeeper@bench.example", Passwordless: true})
	if err == nil {
		_, _, err = s.People.Grant(ctx, staff.ID, bookKey, people.RoleStaff, "")
	}
	if err == nil {
		staff, err = s.People.User(ctx, staff.ID)
	}
	if err != nil {
		return "", err
	}
	token, _, err = s.People.StartSession(ctx, staff, people.Facts{Method: "bench"}, "")
	return token, err
}

func bookGrade(learner string, n int) store.Doc[scoring.Grade] {
	grade := scoring.Grade{
		Learner: learner, Run: bookKey, Subsections: store.Map[scoring.Totals]{}, Types: store.Map[float64]{"Homework": 0.5, "Exam": 0.7},
		Percent: float64(n%101) / 100, Passed: n%101 >= 50, Head: 1, Rules: 2, At: time.Now(),
	}
	for i := range bookColumns {
		earned := float64((n+i)%5) / 4
		grade.Subsections[fmt.Sprintf("s%d", i)] = scoring.Totals{Earned: earned, Possible: 1, AllEarned: earned, AllPossible: 1, Attempted: true}
	}
	return store.Doc[scoring.Grade]{ID: scoring.GradeID(learner, bookKey), Body: grade}
}

func (b *bench) measureBook(ctx context.Context, t *table, data, token string, learners int) (err error) {
	server, err := running.StartQuoin(ctx, b.quoin, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	l, err := running.SignedIn(server.Base, token)
	if err != nil {
		return err
	}
	begin := time.Now()
	var page []byte
	for !bytes.Contains(page, []byte("aria-rowcount")) { // the page with the skeleton waits a moment itself
		if page, err = l.Get(ctx, bookPath); err != nil {
			return err
		}
	}
	cold := time.Since(begin)
	timed := func(query string) (times, error) {
		got, _, err := load(ctx, 1, b.lasting/2, func(ctx context.Context, _ int) error {
			_, err := l.Get(ctx, bookPath+query)
			return err
		})
		return got, err
	}
	first, err := timed("")
	if err != nil {
		return err
	}
	sorted, err := timed("?sort=-column:s77")
	if err != nil {
		return err
	}
	searched, err := timed("?q=family1&result=passed")
	if err != nil {
		return err
	}
	begin = time.Now()
	sheet, err := l.Get(ctx, bookPath+".csv")
	if err != nil {
		return err
	}
	t.add(learners, cold, first.at(0.5), first.at(0.99), len(page)>>10, sorted.at(0.5), searched.at(0.5), time.Since(begin), float64(len(sheet))/1e6)
	return nil
}
