package kernel

import (
	"context"

	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// maySubmit applies the host's policy to a submit.
func (s *seat) maySubmit(ctx context.Context, p *plan, allowed *wire.Access) error {
	switch {
	case allowed == nil:
		return wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "the block handed in an answer, but its outline names no max_score")
	case !allowed.Submit.Open:
		return wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", allowed.Submit.Why)
	case p.origin.Request == "":
		return wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, "a submit needs a request id")
	case len(p.submit.Answers) > wire.MaxAnswers:
		return wire.Errorf(wire.CodeTooLarge, wire.BlameOutside, "the answer has more than %d bytes", wire.MaxAnswers)
	}
	if len(p.submit.Files) == 0 {
		return nil
	}
	if p.kernel.config.Files == nil {
		return wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "this server keeps no files for blocks")
	}
	return p.kernel.config.Files.Owned(ctx, p.origin.Learner, p.origin.Usage, hashesOf(p.submit.Files))
}

func hashesOf(files []wire.File) []string {
	hashes := make([]string, len(files))
	for i, file := range files {
		hashes[i] = file.Hash
	}
	return hashes
}

// addSubmit reserves the attempt in the same document that lists it, and plans the submission.
func (s *seat) addSubmit(l *state.Learner, p *plan, submission string) error {
	l.Sequence++
	attempt := l.AddTry(state.Try{Submission: submission, Sequence: l.Sequence, Sitting: l.Sitting.ID, At: s.visit.Now})
	body := scoring.Submission{
		Learner: l.Learner, Run: l.Run, Usage: l.Usage, Type: s.block.Usage.Type, Sequence: l.Sequence, Attempt: attempt,
		At: s.visit.Now, Answers: string(p.submit.Answers), Sitting: l.Sitting.ID, Seed: l.Sitting.Seed,
		Artifact: s.version.Digest, Content: s.hash, Sources: l.Sitting.Sources, Request: p.origin.Request,
		Scratch: p.origin.Scratch != "",
	}
	for _, file := range p.submit.Files {
		body.Files = append(body.Files, scoring.File(file))
	}
	return p.step(stepSubmit, submitStep{submission, body})
}
