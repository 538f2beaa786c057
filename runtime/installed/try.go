package installed

import (
	"context"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/packages"
	"github.com/quoin-lms/quoin/runtime/packages/inspect"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Trial is what came of running a package in the sandbox, with services that refuse and copies of what learners stored. It
// changes nothing.
type Trial struct {
	// Digest is the package, Against the installed one that it was compared with, "" for none.
	Digest  string `json:"digest"`
	Against string `json:"against,omitempty"`
	// Skipped says that it was not run: a process is no code for a trial.
	Skipped bool `json:"skipped,omitempty"`
	// Changes are what its code declares that the installed one's did not, and the reverse.
	Changes []Change `json:"changes,omitempty"`
	// Samples and Answers count what was played.
	Samples int      `json:"samples"`
	Answers int      `json:"answers"`
	Notes   []string `json:"notes,omitempty"`
	// Rehearsal is what it would do with what is there.
	Rehearsal kernel.Rehearsal `json:"rehearsal"`
	// Refused are the rules that it breaks for good, Needs those that whoever installs may agree to.
	Refused []*packages.Refusal `json:"refused,omitempty"`
	Needs   []*packages.Refusal `json:"needs,omitempty"`
}

// Try runs an archive that was added in the sandbox. Whoever asks has read the review and allowed that. Processes run nowhere
// but as themselves, so they are not tried.
func (s *Set) Try(ctx context.Context, archive string) (*Trial, error) {
	doc, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	p, err := s.open(ctx, archive)
	if err != nil {
		return nil, err
	}
	t, err := s.try(ctx, &doc.Body, p)
	return t, errors.Join(err, p.Close())
}

func (s *Set) try(ctx context.Context, d *document, p *packages.Package) (*Trial, error) {
	t := &Trial{Digest: p.Digest}
	b := d.find(p.Index.Name)
	if b != nil {
		t.Against = b.Current
	}
	if p.Index.Engine != "wasm" {
		t.Skipped = true
		return t, nil
	}
	if err := p.Unpack(s.folder(p.Digest)); err != nil {
		return nil, err
	}
	version, err := s.config.Registry.Unpacked(registry.Unpacked{
		Manifest: p.Manifest, Folder: s.folder(p.Digest), Artifact: p.Index.Artifact, Code: p.ArtifactDigest(), Digest: p.Digest,
	})
	if err != nil {
		return nil, err
	}
	defer version.Release()
	descriptions, err := t.describe(ctx, version)
	if err != nil || descriptions == nil {
		return t, err
	}
	if err := s.compare(ctx, t, b, descriptions); err != nil {
		return nil, err
	}
	report, err := inspect.Loaded(ctx, version)
	if err != nil {
		return nil, fmt.Errorf("trying %s: %w", p.Index.Name, err)
	}
	t.Samples, t.Answers = report.Samples, report.Answers
	for _, note := range report.Notes {
		t.Notes = append(t.Notes, plain(note))
	}
	for _, problem := range report.Problems {
		t.Refused = append(t.Refused, refusal(RuleSample, "ask its publisher to mend it; quoin block test shows the same", "%s", problem.Message))
	}
	if len(t.Refused) > 0 {
		return t, nil
	}
	rehearsal, err := s.config.Kernel.Rehearse(ctx, version)
	if err != nil {
		return nil, err
	}
	t.rehearsed(rehearsal)
	return t, nil
}

// describe asks the code what it is; nil where it does not say what the manifest says.
func (t *Trial) describe(ctx context.Context, version *registry.Version) (map[string]wire.Description, error) {
	descriptions := map[string]wire.Description{}
	for _, blockType := range version.Manifest.Types {
		description, err := version.Describe(ctx, blockType.Name)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var failure *wire.Error
		if errors.As(err, &failure) {
			if failure.Blame == wire.BlameHost && failure.Code != wire.CodeBroken {
				return nil, fmt.Errorf("trying %s: %w", version.Manifest.Name, err)
			}
			t.Refused = append(t.Refused, refusal(RuleDescribe, "ask its publisher to mend it; quoin block check shows the same", "%s", failure.Message))
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("trying %s: %w", version.Manifest.Name, err)
		}
		descriptions[blockType.Name] = description
	}
	return descriptions, nil
}

// compare holds what the code declares beside what the installed one's does.
func (s *Set) compare(ctx context.Context, t *Trial, b *Block, descriptions map[string]wire.Description) error {
	if b == nil || b.Now() == nil {
		return nil
	}
	installed := s.config.Registry.Kept(b.Name, b.Current)
	if installed == nil { // off, removed or not to be had here
		made, err := s.version(ctx, b.Name, b.Now())
		if err != nil {
			t.Notes = append(t.Notes, plain(fmt.Sprintf("the installed version cannot be compared: %v", err)))
			return nil
		}
		installed = made
		defer installed.Release()
	}
	for _, name := range b.Now().Types {
		after, there := descriptions[name]
		if !there {
			continue
		}
		before, err := installed.Describe(ctx, name)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			t.Notes = append(t.Notes, plain(fmt.Sprintf("the installed version cannot be compared: %v", err)))
			continue
		}
		t.Changes = append(t.Changes, compareDescriptions(&before, &after)...)
		left, err := s.config.Kernel.Leaves(ctx, name, &before, &after)
		if err != nil {
			return err
		}
		for i := range left {
			t.Needs = append(t.Needs, refusal(RuleLeft, "ask its publisher to keep reading it, or install it with --allow-left: nothing is erased, and an earlier version reads it again",
				"%s", &left[i]))
		}
	}
	t.Needs = append(t.Needs, wider(t.Changes)...)
	return nil
}

func (t *Trial) rehearsed(r *kernel.Rehearsal) {
	t.Rehearsal = *r
	if len(r.Broken) > 0 {
		t.Needs = append(t.Needs, refusal(RuleMigrate, "ask its publisher to mend it, or install it with --allow-broken",
			"it cannot read what learners stored, such as %s", r.Broken[0]))
	}
	if len(r.Failed) > 0 {
		t.Needs = append(t.Needs, refusal(RuleGrade, "ask its publisher to mend it, or install it with --allow-broken",
			"it cannot grade what learners handed in, such as %s", r.Failed[0]))
	}
}
