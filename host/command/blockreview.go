package command

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/packages/inspect"
	"github.com/quoin-lms/quoin/runtime/packages/trials"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// review adds to an inspection what only a host around the block shows: the promises of the contract, and whether the block
// does what it asks to be allowed. Its stories are played for that too; what they find is `quoin block test`'s to tell.
func review(ctx context.Context, cache string, r *inspect.Report) error {
	if r.Code == 0 {
		return nil // it was not built, or is trusted code that nobody runs here
	}
	report, err := trials.Folder(ctx, trials.Config{Cache: cache}, r.Folder)
	if err != nil {
		return err
	}
	if report.Problem != "" {
		r.Problems = append(r.Problems, inspect.Problem{Message: report.Problem, Fix: "quoin block test says more"})
		return nil
	}
	for i := range report.Results {
		result := &report.Results[i]
		name := result.Name[strings.LastIndex(result.Name, "/")+1:]
		if strings.Contains(result.Name, "story/") || name == "samples" { // samples were replayed above
			continue
		}
		for _, failure := range result.Failures {
			said, _, _ := strings.Cut(failure, "\n")
			r.Problems = append(r.Problems, inspect.Problem{
				Message: fmt.Sprintf("%s (%s)", said, result.Says), Fix: "quoin block test --run " + result.Name + " " + r.Folder + " shows the request and the reply",
			})
		}
		for _, note := range result.Notes {
			said, _, _ := strings.Cut(note, "\n")
			r.Notes = append(r.Notes, said)
		}
	}
	return unasked(r, &report.Used)
}

// onlyInEffects are permissions that effects of the same name need.
var onlyInEffects = []wire.EffectKind{wire.EffectNotify, wire.EffectPublish, wire.EffectSchedule, wire.EffectEnrol, wire.EffectIndex, wire.EffectScore, wire.EffectSettle}

// unasked notes permissions that no sample and no story needed: an admin is asked for them all the same.
func unasked(r *inspect.Report, used *trials.Used) error {
	data, err := os.ReadFile(filepath.Join(r.Folder, manifest.FileName))
	if err != nil {
		return err
	}
	m, err := manifest.Parse(data)
	if err != nil {
		return err
	}
	for _, p := range m.Permissions {
		service, effect := wire.Service(p.Name), wire.EffectKind(p.Name)
		isService, isEffect := slices.Contains(wire.Services(), service), slices.Contains(onlyInEffects, effect)
		if isService && !slices.Contains(used.Services, service) || isEffect && !isService && !slices.Contains(used.Effects, effect) {
			r.Notes = append(r.Notes, fmt.Sprintf("%s:%d: it asks for %s, which no sample and no story needs: leave it out, or tell a story that shows why",
				manifest.FileName, lineOf(data, `"`+p.Name+`"`), p.Name))
		}
	}
	return nil
}

// lineOf is the line in which a text stands first, 0 for nowhere.
func lineOf(data []byte, text string) int {
	at := bytes.Index(data, []byte(text))
	if at < 0 {
		return 0
	}
	return 1 + bytes.Count(data[:at], []byte("\n"))
}
