package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/examples/firstblock"
	"github.com/quoin-lms/quoin/examples/running"
)

// The measured question: ten tests, five of them hidden; each submitted program is another one, so that no run is remembered.
const (
	codeTests    = 10
	codePrograms = 30
)

// code measures how long a learner waits for the verdict on a program in Python.
func (b *bench) code(ctx context.Context) (err error) {
	dir := filepath.Join(b.dir, "code")
	course, data := filepath.Join(dir, "course"), filepath.Join(dir, "site")
	if err := writeCodeCourse(course); err != nil {
		return err
	}
	if _, err := running.Import(ctx, b.quoin, data, course); err != nil {
		return err
	}
	server, err := running.StartQuoin(ctx, b.quoin, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	l, err := running.SignUp(ctx, server.Base)
	if err != nil {
		return err
	}
	if err := l.Enrol(ctx, firstblock.CourseHome); err != nil {
		return err
	}
	var first time.Duration
	var got times
	for n := range codePrograms {
		took, err := programmed(ctx, l, n)
		if err != nil {
			return err
		}
		if n == 0 {
			first = took // it starts the interpreter
			continue
		}
		got = append(got, took)
	}
	t := &table{title: fmt.Sprintf("A program in Python, %d tests, until its page shows the verdict (budget 1 s)", codeTests), header: []string{"", ""}}
	t.add("the first one of a site", first)
	t.add("p50", got.at(0.5))
	t.add("p99", got.at(0.99))
	return t.print(os.Stdout)
}

// programmed hands in the n-th program and waits until the page says that it passed.
func programmed(ctx context.Context, l *running.Learner, n int) (time.Duration, error) {
	page, err := l.Get(ctx, firstblock.Unit)
	if err != nil {
		return 0, err
	}
	sitting, err := running.Field(running.SittingField, page)
	if err != nil {
		return 0, err
	}
	mark := fmt.Sprintf("# program %d.", n)
	form := url.Values{
		"token": {l.Token}, "request": {running.RandomHex(16)}, "sitting": {sitting}, "handler": {"submit"},
		"program": {mark + "\nprint(sum(map(int, input().split())))\n"},
	}
	begin := time.Now()
	body, err := l.Post(ctx, firstblock.FormPath("code"), form, "application/json")
	if err != nil {
		return 0, err
	}
	if !json.Valid(body) {
		return 0, fmt.Errorf("the reply to a program is %.200s", body)
	}
	for time.Since(begin) < time.Minute {
		page, err := l.Get(ctx, firstblock.Unit)
		if err != nil {
			return 0, err
		}
		if bytes.Contains(page, []byte(mark)) && bytes.Contains(page, fmt.Appendf(nil, "Tests: %d of %d passed", codeTests, codeTests)) {
			return time.Since(begin), nil
		}
		if err := running.Pause(ctx, 20*time.Millisecond); err != nil {
			return 0, err
		}
	}
	return 0, errors.New("a program has no verdict after a minute")
}

// writeCodeCourse writes a course of one unit that asks for a program.
func writeCodeCourse(dir string) error {
	if err := firstblock.WriteCourse(dir, "code"); err != nil {
		return err
	}
	var seen, hidden []map[string]string
	for n := range codeTests {
		test := map[string]string{"id": fmt.Sprint(n), "input": fmt.Sprintf("%d 2 3\n", n), "expected": fmt.Sprint(n + 5)}
		if n%2 == 0 {
			seen = append(seen, test)
		} else {
			hidden = append(hidden, test)
		}
	}
	tests, err := json.Marshal(seen)
	if err != nil {
		return err
	}
	more, err := json.Marshal(hidden)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "course", "1.xml")
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	attributes := fmt.Sprintf(`<code prompt="Add the numbers of a line." tests="%s" hidden_tests="%s" `, html.EscapeString(string(tests)), html.EscapeString(string(more)))
	changed := strings.Replace(string(source), "<code ", attributes, 1)
	if changed == string(source) {
		return errors.New("the course does not hold the question")
	}
	return os.WriteFile(path, []byte(changed), 0o644)
}
