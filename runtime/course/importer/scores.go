package importer

import (
	"context"
	"errors"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Hasher tells what decides about answers to a content; the kernel is one.
type Hasher interface {
	AnswerHash(ctx context.Context, hash string, revision *course.Revision, children []wire.Child) (string, error)
}

// Why scores that were given are put into question by another content.
const (
	WhyAnswers = "answers" // other answers are right now
	WhyWeight  = "weight"  // the same answers count otherwise
	WhyRemoved = "removed"
	WhyBroken  = "broken"
)

// WhyScores tells what another content of a block does to scores that were given, "" for nothing. children are those that it has now.
func WhyScores(ctx context.Context, hasher Hasher, before, after *course.Revision, children []wire.Child) (string, error) {
	was, err := hasher.AnswerHash(ctx, before.Hash(), before, children)
	if blamed(err) { // it was broken: there is nothing to spoil
		return "", nil
	}
	if err != nil {
		return "", err
	}
	is, err := hasher.AnswerHash(ctx, after.Hash(), after, children)
	switch {
	case blamed(err):
		return WhyBroken, nil
	case err != nil:
		return "", err
	case was != is:
		return WhyAnswers, nil
	case !sameJSON(orNull(before.Fields["weight"]), orNull(after.Fields["weight"])):
		return WhyWeight, nil
	}
	return "", nil
}

func orNull(value string) string {
	if value == "" {
		return "null"
	}
	return value
}

// blamed reports whether an error is the block's or its content's, and not the host's.
func blamed(err error) bool {
	var failure *wire.Error
	return errors.As(err, &failure) && failure.Blame != wire.BlameHost
}
