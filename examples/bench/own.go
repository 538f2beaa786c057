package main

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"regexp"

	"github.com/quoin-lms/quoin/examples/running"
)

var listedCourse = regexp.MustCompile(`href="/courses/([^"/?]+)/about"`)

// own measures a learner's own pages: he is in the measured course and in a real one, and has answered what there is.
func (b *bench) own(ctx context.Context) (err error) {
	data := filepath.Join(b.dir, "own")
	course, isReal := demoCourse()
	if _, err := running.Import(ctx, b.quoin, data, course); err != nil {
		return err
	}
	if _, err := running.Import(ctx, b.quoin, data, filepath.Join(b.dir, "course")); err != nil {
		return err
	}
	server, err := running.StartQuoin(ctx, b.quoin, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	var learners []*learner
	for range 16 {
		l, err := newLearner(ctx, server.Base)
		if err != nil {
			return err
		}
		learners = append(learners, l)
	}
	taken, err := enrolEverywhere(ctx, learners)
	if err != nil {
		return err
	}
	name := "the sample course"
	if isReal {
		name = "the Open edX demo course"
	}
	t := &table{title: "A learner's own pages, in " + name + " and in the measured one", header: []string{"page", "clients", "per s", "p50", "p99"}}
	for _, page := range []struct{ name, path string }{
		{"dashboard", "/"},
		{"catalogue", "/courses"},
		{"course home", "/courses/" + taken},
		{"progress", "/courses/" + taken + "/progress"},
		{"dates", "/courses/" + taken + "/dates"},
		{"about", "/courses/" + taken + "/about"},
		{"calendar", "/courses/" + taken + "/calendar.ics"},
		{"account", "/account"},
	} {
		for _, clients := range []int{1, 16} {
			for _, l := range learners { // warm
				if _, err := l.Get(ctx, page.path); err != nil {
					return err
				}
			}
			got, took, err := load(ctx, clients, b.lasting, func(ctx context.Context, client int) error {
				_, err := learners[client].Get(ctx, page.path)
				return err
			})
			if err != nil {
				return err
			}
			t.add(page.name, clients, fmt.Sprintf("%.0f", float64(len(got))/took.Seconds()), got.at(0.5), got.at(0.99))
		}
	}
	return t.print(os.Stdout)
}

// enrolEverywhere enrols learners in every course that the catalogue lists, lets them answer, and gives the key of the course
// that is not the measured one.
func enrolEverywhere(ctx context.Context, learners []*learner) (string, error) {
	page, err := learners[0].Get(ctx, "/courses")
	if err != nil {
		return "", err
	}
	other := ""
	for _, found := range listedCourse.FindAllSubmatch(page, -1) {
		if name := html.UnescapeString(string(found[1])); name != courseKey {
			other = name
		}
	}
	if other == "" {
		return "", errors.New("the catalogue lists no other course")
	}
	for _, l := range learners {
		if _, err := l.Post(ctx, "/courses/"+other+"/enrol", url.Values{"token": {l.Token}}, ""); err != nil {
			return "", fmt.Errorf("enrolling: %w", err)
		}
		for n := range problems {
			if err := l.submit(ctx, n, "choice_0"); err != nil && !errors.Is(err, errWaiting) {
				return "", err
			}
		}
	}
	return other, nil
}
