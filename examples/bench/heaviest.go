package main

import (
	"context"
	"errors"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/examples/running"
)

const (
	// demoHome is the Open edX demo course's page.
	demoHome = "/courses/course-v1:OpenedX+DemoX+DemoCourse"
	// demoLooks is how often each of its units is read to find the heaviest, measuredLooks how often that one is read then.
	demoLooks     = 5
	measuredLooks = 200
)

var unitLink = regexp.MustCompile(`href="(` + regexp.QuoteMeta(demoHome) + `/units/[^"?#]+)"`)

// heaviest measures the unit page of the demo course that takes longest, as its learner gets it.
func (b *bench) heaviest(ctx context.Context) error {
	archive, isReal := demoCourse()
	if !isReal {
		fmt.Println("\nThe demo course's heaviest unit: not measured, the course is not beside this checkout (../shared/courses)")
		return nil
	}
	data := filepath.Join(b.dir, "heaviest")
	if _, err := running.Import(ctx, b.quoin, data, archive); err != nil {
		return err
	}
	t := &table{title: "The page of the demo course's heaviest unit (budget 10 ms warm); machine's load " + loadNow(), header: []string{"", "unit", "of", "bytes", "p50", "p99"}}
	for _, mode := range []struct {
		label string
		flags []string
	}{{"renders remembered", nil}, {"rendered anew", []string{"--no-render-cache"}}} {
		server, err := running.StartQuoin(ctx, b.quoin, data, mode.flags...)
		if err != nil {
			return err
		}
		if err := errors.Join(measureHeaviest(ctx, t, mode.label, server.Base), server.Stop()); err != nil {
			return err
		}
	}
	return t.print(os.Stdout)
}

func measureHeaviest(ctx context.Context, t *table, label, base string) error {
	l, err := running.SignUp(ctx, base)
	if err != nil {
		return err
	}
	if err := l.Enrol(ctx, demoHome); err != nil {
		return err
	}
	units, err := unitsOf(ctx, l)
	if err != nil {
		return err
	}
	var heaviest string
	var longest time.Duration
	for _, unit := range units {
		got, _, err := looks(ctx, l, unit, demoLooks)
		if err != nil {
			return err
		}
		if got.at(0.5) > longest {
			heaviest, longest = unit, got.at(0.5)
		}
	}
	if heaviest == "" {
		return errors.New("the demo course's page links to no unit")
	}
	got, size, err := looks(ctx, l, heaviest, measuredLooks)
	if err != nil {
		return err
	}
	t.add(label, filepath.Base(heaviest), len(units), size, got.at(0.5), got.at(0.99))
	return nil
}

// unitsOf follows the links of the course's page, and of its units' pages, to every unit.
func unitsOf(ctx context.Context, l *running.Learner) ([]string, error) {
	seen := []string{demoHome}
	for i := 0; i < len(seen); i++ {
		page, err := l.Get(ctx, seen[i])
		if err != nil {
			return nil, err
		}
		for _, link := range unitLink.FindAllStringSubmatch(html.UnescapeString(string(page)), -1) {
			if !slices.Contains(seen, link[1]) {
				seen = append(seen, link[1])
			}
		}
	}
	return seen[1:], nil
}

// looks reads a page again and again; once before, which makes what is made once.
func looks(ctx context.Context, l *running.Learner, page string, n int) (got times, size int, err error) {
	for i := range n + 1 {
		begin := time.Now()
		body, err := l.Get(ctx, page)
		if err != nil {
			return nil, 0, err
		}
		if i > 0 {
			got = append(got, time.Since(begin))
		}
		size = len(body)
	}
	return got, size, nil
}
