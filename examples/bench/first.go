package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/quoin-lms/quoin/examples/firstblock"
	"github.com/quoin-lms/quoin/examples/running"
)

// first measures the way from an empty folder to a learner's graded answer, with nothing compiled or downloaded before: each
// author has a home of his own.
func (b *bench) first(ctx context.Context) error {
	t := &table{title: "From `block new` to a learner's graded answer in a site that runs", header: []string{"", ""}}
	for _, language := range []string{"typescript", "go"} {
		walk, answered, err := b.walk(ctx, language)
		if err != nil {
			return err
		}
		var whole time.Duration
		for _, step := range walk.Took {
			t.add(language+": "+step.Name, step.Took)
			whole += step.Took
		}
		t.add(language+": the learner's answer, until it counts", answered)
		t.add(language+": all of it", whole+answered)
	}
	return t.print(os.Stdout)
}

// walk takes one author's way, and a learner's.
func (b *bench) walk(ctx context.Context, language string) (_ *firstblock.Walk, answered time.Duration, err error) {
	dir := filepath.Join(b.dir, "first-"+language)
	course, data, home := filepath.Join(dir, "course"), filepath.Join(dir, "site"), filepath.Join(dir, "author")
	if err := errors.Join(firstblock.WriteCourse(course, "mood"), os.MkdirAll(home, 0o755)); err != nil {
		return nil, 0, err
	}
	server, l, err := b.firstSite(ctx, course, data)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	walk := &firstblock.Walk{Quoin: b.quoin, Dir: home, Language: language, Block: "mood", Data: data}
	if err := walk.Publish(ctx); err != nil {
		return nil, 0, err
	}
	begin := time.Now()
	err = answerFirst(ctx, l, walk.Block)
	return walk, time.Since(begin), err
}

// firstSite starts a site with the course of the first block, which nobody has installed yet, and a learner in it.
func (b *bench) firstSite(ctx context.Context, course, data string) (*running.Server, *running.Learner, error) {
	if _, err := running.Import(ctx, b.quoin, data, course); err != nil {
		return nil, nil, err
	}
	server, err := running.StartQuoin(ctx, b.quoin, data)
	if err != nil {
		return nil, nil, err
	}
	l, err := running.SignUp(ctx, server.Base)
	if err == nil {
		err = l.Enrol(ctx, firstblock.CourseHome)
	}
	if err != nil {
		return nil, nil, errors.Join(err, server.Stop())
	}
	return server, l, nil
}

// answerFirst waits for the block, answers it, and waits until the progress page has the point.
func answerFirst(ctx context.Context, l *running.Learner, block string) error {
	page, err := shows(ctx, l, firstblock.Unit, "<iframe")
	if err != nil {
		return err
	}
	sitting, err := running.Field(running.SittingField, page)
	if err != nil {
		return err
	}
	form := url.Values{
		"token": {l.Token}, "request": {running.RandomHex(16)}, "sitting": {sitting}, "handler": {"submit"}, "choice": {"7"},
	}
	body, err := l.Post(ctx, firstblock.FormPath(block), form, "application/json")
	if err != nil {
		return err
	}
	if !json.Valid(body) {
		return fmt.Errorf("the answer's reply is %.200s", body)
	}
	_, err = shows(ctx, l, firstblock.CourseHome+"/progress", "1 of 1 point (100%)")
	return err
}

// shows opens a page again and again until it holds a text, and gives that page.
func shows(ctx context.Context, l *running.Learner, path, text string) ([]byte, error) {
	const longest = time.Minute
	for begin := time.Now(); ; {
		page, err := l.Get(ctx, path)
		if err != nil || bytes.Contains(page, []byte(text)) {
			return page, err
		}
		if time.Since(begin) > longest {
			return nil, fmt.Errorf("%s does not show %q within %s", path, text, longest)
		}
		if err := running.Pause(ctx, 20*time.Millisecond); err != nil {
			return nil, err
		}
	}
}
