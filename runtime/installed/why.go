package installed

import (
	"context"
	"fmt"
	"strings"

	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Reason is one thing that keeps a block from being served, with how to mend it.
type Reason struct {
	Kind ReasonKind
	// What is the reason, Mend what to do about it, by the command line.
	What, Mend string
}

// ReasonKind tells reasons apart, for pages in other languages.
type ReasonKind string

// The kinds of reasons.
const (
	ReasonTaken   ReasonKind = "taken"   // the name is another's, which serves
	ReasonRemoved ReasonKind = "removed" // somebody removed it
	ReasonRevoked ReasonKind = "revoked" // its publisher's key is believed no more
	ReasonOff     ReasonKind = "off"     // somebody switched it off
	ReasonOnly    ReasonKind = "only"    // some courses alone have it
	ReasonTrouble ReasonKind = "trouble" // it cannot be had or loaded
	ReasonOlder   ReasonKind = "older"   // newer versions have stored what this one cannot read
	ReasonUnknown ReasonKind = "unknown" // there is no such block
)

// Why tells what keeps a block from being served here, by its package's name or a block type's: nothing is that it is. It loads
// the block to see. A name that nobody knows is a reason, too.
func (s *Set) Why(ctx context.Context, name string) ([]Reason, error) { return s.why(ctx, name, true) }

// Glance is [Set.Why] without loading anything: it tells what is known by now.
func (s *Set) Glance(ctx context.Context, name string) ([]Reason, error) {
	return s.why(ctx, name, false)
}

func (s *Set) why(ctx context.Context, name string, load bool) ([]Reason, error) {
	doc, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	b := doc.Body.find(name)
	if b == nil {
		for i := range doc.Body.Blocks {
			if doc.Body.Blocks[i].like(name) == name {
				b = &doc.Body.Blocks[i]
			}
		}
	}
	if b == nil {
		return s.whyNotInstalled(ctx, name, load), nil
	}
	var reasons []Reason
	add := func(kind ReasonKind, mend, format string, args ...any) {
		reasons = append(reasons, Reason{kind, fmt.Sprintf(format, args...), mend})
	}
	if owner := s.config.Registry.Taken(b.Name); owner != "" {
		add(ReasonTaken, "nothing: the other one serves in its place", "the name is that of %s, which is part of this program or a source folder of development", owner)
	}
	if b.Removed != nil {
		add(ReasonRemoved, "quoin block restore "+b.Name, "it was removed on %s", b.Removed.Format("2006-01-02 15:04 UTC"))
		return reasons, nil
	}
	if now := b.Now(); now != nil {
		if r := doc.Body.revoked(now.Key); r != nil {
			add(ReasonRevoked, "install a version that is signed by another key, or quoin block keys believe "+string(r.Key)+" if that was a mistake",
				"its publisher's key is believed no more since %s: %s", r.At.Format("2006-01-02 15:04 UTC"), r.Reason)
		}
	}
	if b.Off != "" {
		add(ReasonOff, "quoin block enable "+b.Name, "it was switched off: %s", b.Off)
	}
	if b.Only {
		where := "no course"
		if len(b.Courses) > 0 {
			where = strings.Join(b.Courses, ", ") + " alone"
		}
		add(ReasonOnly, "quoin block enable "+b.Name+" for the whole site, or with --course KEY for one more", "it is switched on for %s", where)
	}
	if trouble := s.Trouble()[b.Name]; trouble != "" {
		add(ReasonTrouble, "quoin block rollback "+b.Name+" goes back to the version before", "this process cannot serve it: %s", trouble)
	} else if b.Off == "" && s.config.Registry.Taken(b.Name) == "" {
		reasons = append(reasons, s.whyNotLoaded(ctx, s.config.Registry.Kept(b.Name, b.Current), load, "quoin block rollback "+b.Name+" goes back to the version before")...)
	}
	if now := b.Now(); now != nil && load && len(reasons) == 0 && len(b.Versions) > 1 {
		unreadable, err := s.unreadable(ctx, b.Name, now)
		if err != nil {
			return nil, err
		}
		if unreadable != nil {
			add(ReasonOlder, "quoin block rollback "+b.Name+" --to a newer version, or quoin block upgrade", "version %s shows some learners a placeholder: %s", now.Version, unreadable)
		}
	}
	return reasons, nil
}

// whyNotInstalled tells of blocks that are part of the program or of development.
func (s *Set) whyNotInstalled(ctx context.Context, name string, load bool) []Reason {
	for _, status := range s.config.Registry.List() {
		serves := status.Name == name
		if status.Version != nil {
			_, typed := status.Version.Manifest.Type(name)
			serves = serves || typed
		}
		switch {
		case !serves:
		case status.Off != "":
			return []Reason{{ReasonOff, "it was switched off: " + status.Off, "restart the server"}}
		case status.Broken != "":
			return []Reason{{ReasonTrouble, status.Broken, "mend its source folder, or leave the folder out"}}
		default:
			return s.whyNotLoaded(ctx, status.Version, load, "quoin doctor looks the site over")
		}
	}
	mend := "quoin block install brings one in"
	if owner := s.config.Registry.Taken(name); owner != "" {
		mend = "did you mean " + owner + "?"
	}
	return []Reason{{ReasonUnknown, fmt.Sprintf("no block or block type is called %q here", name), mend}}
}

func (s *Set) whyNotLoaded(ctx context.Context, v *registry.Version, load bool, mend string) []Reason {
	if v == nil {
		return nil
	}
	if !load {
		if _, err := v.Loaded(); err != nil {
			return []Reason{{ReasonTrouble, reason(err), mend}}
		}
		return nil
	}
	for _, t := range v.Manifest.Types {
		if _, err := v.Describe(ctx, t.Name); err != nil {
			return []Reason{{ReasonTrouble, reason(err), mend}}
		}
	}
	return nil
}

func reason(err error) string {
	if failure, ok := err.(*wire.Error); ok { //nolint:errorlint // the whole error where it is wrapped
		return failure.Message
	}
	return err.Error()
}
