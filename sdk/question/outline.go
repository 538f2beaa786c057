package question

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/markup"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Outline implements sdk.Outliner. A question that its author has not finished is no error: the course stays usable, and the
// question says honestly that it takes no answers.
func (b *block[F, P, S, PF]) Outline(c *sdk.Call, f *F, _ []wire.Child) (sdk.Outline[Public[P], Secret[S]], error) {
	var out sdk.Outline[Public[P], Secret[S]]
	own, common := b.kind.Prepare(f), PF(f).common()
	if own.Points == 0 {
		own.Points = 1
	}
	out.Public = Public[P]{Prompt: common.Prompt, Hints: common.Hints, Inputs: own.Inputs, Points: own.Points, Own: own.Public}
	out.Secret = Secret[S]{
		Solution: common.Solution, Right: common.Right, Partly: common.Partly, Wrong: common.Wrong, Possible: own.Points, Own: own.Secret,
	}
	source, err := text(f)
	if err != nil {
		return out, err
	}
	out.Facts = wire.Facts{
		Title: common.DisplayName, Icon: "problem", Completion: wire.CompleteOnView, Questions: 1,
		Search: strings.TrimSpace(markup.Text(common.Prompt) + " " + own.Search), Shuffles: own.Shuffles,
	}
	out.Facts.Files, out.Facts.Links = markup.References(source)
	out.Facts.Files = append(out.Facts.Files, own.Files...)
	slices.Sort(out.Facts.Files)
	out.Facts.Files = slices.Compact(out.Facts.Files)
	out.Facts.Uploads = b.takes(own.Public)
	out.Public.Unready = own.Unready
	if !own.ByHand && !own.Unready {
		solved, err := b.solvable(c, out.Public, out.Secret, own.Varies)
		if err != nil {
			return out, err
		}
		out.Public.Unready = !solved
	}
	out.Facts.Varies = own.Varies && !out.Public.Unready
	out.Facts.MaxScore = &own.Points
	if !out.Public.Unready { // nobody can submit the others, and a course with one could never be finished
		out.Facts.Completion = wire.CompleteOnSubmit
	}
	if weight := common.weight(); weight != nil {
		out.Facts.Weight, out.Public.Points = weight, *weight
	}
	out.AnswerHash, err = answerHash(out.Public.Inputs, own.Points, out.Secret.Own)
	return out, err
}

// solvable reports whether the key accepts the answers that it states.
func (b *block[F, P, S, PF]) solvable(c *sdk.Call, public Public[P], secret Secret[S], varies bool) (bool, error) {
	if varies {
		// The version of the first seed stands for all.
		public.Hints = append([]string(nil), public.Hints...)
		seed := 1
		first := *c
		first.Context.Seed = &seed
		var err error
		if public, secret, err = b.Vary(&first, public, secret); err != nil || public.Unready {
			return false, err
		}
	}
	answers := b.kind.Solve(public.Own, secret.Own)
	if answers == nil {
		return false, nil
	}
	result, err := b.kind.Judge(c, secret.Own, Submitted{Answers: answers, Attempt: 1})
	return err == nil && result.Full(), err
}

// answerHash digests what scoring depends on.
func answerHash(inputs []Input, points float64, secret any) (string, error) {
	if keyed, ok := secret.(Keyed); ok {
		secret = keyed.Key()
	}
	var names []string
	for _, in := range inputs {
		names = append(names, in.Name)
	}
	data, err := json.Marshal([]any{names, points, secret})
	if err != nil {
		return "", fmt.Errorf("encoding the key: %w", err)
	}
	digest := sha256.Sum256(data)
	return hex.EncodeToString(digest[:16]), nil
}

// text is all that the author wrote, for the files and blocks that it names.
func text(fields any) (string, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(fields); err != nil {
		return "", fmt.Errorf("reading the author's fields: %w", err)
	}
	return b.String(), nil
}
