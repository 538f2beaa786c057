package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/quoin-lms/quoin/examples/running"
)

// learner is one browser in the measured course.
type learner struct {
	*running.Learner
	// sittings are the ids that the problems' forms hold.
	sittings [problems]string
}

// newLearner signs up, enrols and opens every problem once.
func newLearner(ctx context.Context, base string) (*learner, error) {
	browser, err := running.SignUp(ctx, base)
	if err != nil {
		return nil, err
	}
	l := &learner{Learner: browser}
	if err := l.Enrol(ctx, courseHome); err != nil {
		return nil, err
	}
	for n := range problems {
		page, err := l.Get(ctx, fmt.Sprintf("%s/units/v%d", courseHome, n))
		if err != nil {
			return nil, err
		}
		if l.sittings[n], err = running.Field(running.SittingField, page); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// errWaiting means that the verdict was not there when the reply was.
var errWaiting = errors.New("the verdict took longer than the reply waits")

// submit answers problem n and returns when its verdict is there.
func (l *learner) submit(ctx context.Context, n int, choice string) error {
	form := url.Values{
		"token": {l.Token}, "request": {running.RandomHex(16)}, "sitting": {l.sittings[n]}, "handler": {"submit"}, "input_2_1": {choice},
	}
	body, err := l.Post(ctx, problemPath(n), form, "application/json")
	if err != nil {
		return err
	}
	var reply struct {
		Waiting bool `json:"waiting"`
	}
	if err := json.Unmarshal(body, &reply); err != nil {
		return err
	}
	if reply.Waiting {
		return errWaiting
	}
	return nil
}
