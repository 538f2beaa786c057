package installed

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/packages"
)

// Refusals are all the rules that an installation broke.
type Refusals []*packages.Refusal

// Error implements error.
func (r Refusals) Error() string {
	lines := make([]string, len(r))
	for i, refusal := range r {
		lines[i] = refusal.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives each of them.
func (r Refusals) Unwrap() []error {
	list := make([]error, len(r))
	for i := range r {
		list[i] = r[i]
	}
	return list
}

// Order is what to install.
type Order struct {
	// Archive was added; see [Set.Add].
	Archive string
	// Digest is the package that was reviewed; "" for whatever the archive holds.
	Digest  string
	Consent Consent
	// Courses are the only runs that shall have it; nil is the whole site, or, for a block that is there, what holds already.
	Courses []string
	// By is the user who allows it, "" for the command line on the server.
	By string
	// Trial is what an earlier try came to; nil, and one of another package or against another version, tries it now.
	Trial *Trial
}

// Done is an installation.
type Done struct {
	Block  Block
	Review *Review
	Trial  *Trial
	// Trouble says why this process cannot serve it, "" when it does.
	Trouble string
}

// Install makes a package current, if every rule holds and what needs consent has it. Otherwise nothing changes and the error
// is [Refusals], or a *packages.Refusal of the archive. When it returns, this process serves the version; the others do so
// within moments.
func (s *Set) Install(ctx context.Context, o Order) (done *Done, err error) {
	doc, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	p, err := s.open(ctx, o.Archive)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	done = &Done{}
	if done.Review, err = s.consented(&doc.Body, &o, p); err != nil {
		return nil, err
	}
	if done.Trial = o.Trial; !done.Trial.fits(&doc.Body, p) {
		if done.Trial, err = s.try(ctx, &doc.Body, p); err != nil {
			return nil, err
		}
	}
	if err := o.Consent.breaches(done.Trial.Refused, done.Trial.Needs); err != nil {
		return nil, err
	}
	if err := s.config.Files.Touch(ctx, o.Archive); err != nil {
		return nil, err
	}
	err = s.change(ctx, func(d *document) error {
		r, err := s.consented(d, &o, p) // others may have installed, revoked or taken the name since
		if err != nil {
			return err
		}
		if !done.Trial.fits(d, p) {
			return Refusals{refusal(RuleMoved, "look at it again, and install it then", "another version of %s was installed meanwhile", p.Index.Name)}
		}
		s.enter(d, &o, p, r)
		done.Block = *d.find(p.Index.Name)
		return nil
	})
	if err != nil {
		return nil, err
	}
	done.Trouble = s.Trouble()[p.Index.Name]
	return done, nil
}

// fits reports whether a trial is of this package, beside what is installed.
func (t *Trial) fits(d *document, p *packages.Package) bool {
	if t == nil || t.Digest != p.Digest {
		return false
	}
	b := d.find(p.Index.Name)
	return b == nil && t.Against == "" || b != nil && t.Against == b.Current
}

// consented reviews the package and holds it to what was agreed to.
func (s *Set) consented(d *document, o *Order, p *packages.Package) (*Review, error) {
	if o.Digest != "" && o.Digest != p.Digest {
		return nil, Refusals{refusal(RuleMoved, "look at it again, and install it then", "the archive holds another package than the one that was looked at")}
	}
	r, err := s.review(d, o.Archive, p)
	if err != nil {
		return nil, err
	}
	return r, o.Consent.breaches(r.Refused, r.Needs)
}

// breaches gives the rules that are broken for good or without consent.
func (c Consent) breaches(refused, needs []*packages.Refusal) error {
	list := slices.Clone(refused)
	for _, need := range needs {
		if !c.To(need.Rule) {
			list = append(list, need)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return Refusals(list)
}

// enter writes the package into the set.
func (s *Set) enter(d *document, o *Order, p *packages.Package, r *Review) {
	v := versionOf(p, r.Publisher)
	v.Archive, v.By, v.At = o.Archive, o.By, s.config.Now()
	b := d.find(p.Index.Name)
	if b == nil {
		b = d.add(Block{Name: p.Index.Name})
	}
	if b.Key == "" || r.Rotated {
		b.Key = r.Publisher
	}
	b.turn(v)
	if o.Courses != nil {
		b.Only, b.Courses = true, slices.Clone(o.Courses)
	}
}
