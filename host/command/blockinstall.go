package command

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/host/words"
	"github.com/quoin-lms/quoin/runtime/installed"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/outbound"
	"github.com/quoin-lms/quoin/runtime/packages"
)

// installing is one run of block install or block upgrade.
type installing struct {
	settings
	parts   *Parts
	set     *installed.Set
	order   installed.Order
	courses list
	yes     bool
	// upgrade says that the block must be there already.
	upgrade bool
	// client asks for https addresses; nil is the guarded one.
	client *http.Client
}

func blockInstall(ctx context.Context, p *Parts, args []string) error {
	return (&installing{parts: p}).run(ctx, "block install", args)
}

func blockUpgrade(ctx context.Context, p *Parts, args []string) error {
	return (&installing{parts: p, upgrade: true}).run(ctx, "block upgrade", args)
}

func (i *installing) flags(name string) *flag.FlagSet {
	set := newFlags(i.parts, name)
	i.siteFlags(set)
	c := &i.order.Consent
	set.BoolVar(&i.yes, "yes", false, "ask nothing: try it, and install it if no rule is broken")
	set.BoolVar(&c.Unsigned, "allow-unsigned", false, "take a package that nobody signed")
	set.BoolVar(&c.Wider, "allow-widening", false, "let the new version do more than the installed one may")
	set.BoolVar(&c.Downgrade, "allow-downgrade", false, "take an older version than the installed one")
	set.BoolVar(&c.Reused, "allow-reused", false, "take other content under a version that is known already")
	set.BoolVar(&c.Broken, "allow-broken", false, "take a version that cannot read or grade all that learners have here")
	set.BoolVar(&c.Left, "allow-left", false, "take a version that does not read some values that courses or learners have here")
	set.BoolVar(&c.Process, "allow-process", false, "let it run as a process: it can read all this server can")
	if !i.upgrade {
		set.Var(&i.courses, "course", "`key` of a course that shall have it, and no other; may be repeated; the whole site when empty")
	}
	return set
}

func (i *installing) run(ctx context.Context, name string, args []string) (err error) {
	set := i.flags(name)
	found, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(found) != 1 {
		return errUsage
	}
	if err := i.complete(set); err != nil {
		return err
	}
	archive, err := i.fetch(ctx, found[0])
	if err != nil {
		return err
	}
	site, err := i.openSite(ctx, i.parts)
	if err != nil {
		return err
	}
	defer closeSite(site, &err)
	i.set, i.order.Courses = site.Blocks, i.courses
	if i.order.Archive, err = i.set.Add(ctx, bytes.NewReader(archive)); err != nil {
		return err
	}
	return i.decide(ctx)
}

// Bounds of fetching a package.
const (
	fetchTime      = 2 * time.Minute
	fetchRedirects = 5
)

// fetch reads an archive from a file, packs a source folder, or asks an https address.
func (i *installing) fetch(ctx context.Context, from string) ([]byte, error) {
	switch {
	case strings.HasPrefix(from, "http://"):
		return nil, fmt.Errorf("%s: packages are fetched by https alone", from)
	case strings.HasPrefix(from, "https://"):
		return i.download(ctx, from)
	}
	info, err := os.Stat(from)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return readArchive(from)
	}
	packed, err := kernel.PackBlock(ctx, "", from)
	if err != nil {
		return nil, err
	}
	return packed.Data, nil
}

func (i *installing) download(ctx context.Context, address string) ([]byte, error) {
	client := i.client
	if client == nil {
		client = outbound.Client(outbound.Config{Time: fetchTime, Bytes: packages.MaxArchive, Redirects: fetchRedirects, Secure: true})
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("fetching a package: %w", err)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("fetching a package: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetching a package: %s answers %s", address, response.Status)
	}
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("fetching a package: %w", err)
	}
	return data, nil
}

// decide shows the package, tries it and installs it, and asks before each of the two.
func (i *installing) decide(ctx context.Context) error {
	review, err := i.set.Review(ctx, i.order.Archive)
	if err != nil {
		return err
	}
	i.order.Digest = review.Digest
	if i.upgrade && review.Before == nil {
		return fmt.Errorf("%s is not installed: quoin block install brings it in", review.Index.Name)
	}
	if err := i.show(review); err != nil {
		return err
	}
	if !i.agreed(review.Refused, review.Needs) {
		return errFailed
	}
	if ok, err := i.ask("Run it in the sandbox, with copies of what learners stored?"); err != nil || !ok {
		return err
	}
	if i.order.Trial, err = i.set.Try(ctx, i.order.Archive); err != nil {
		return err
	}
	showTrial(i.parts.Out, i.order.Trial)
	if !i.agreed(i.order.Trial.Refused, i.order.Trial.Needs) {
		return errFailed
	}
	if ok, err := i.ask("Install it?"); err != nil || !ok {
		return err
	}
	done, err := i.set.Install(ctx, i.order)
	if err != nil {
		return err
	}
	if done.Trouble != "" {
		fmt.Fprintf(i.parts.Out, "installed, but it cannot be served: %s\n", done.Trouble)
		return errFailed
	}
	fmt.Fprintf(i.parts.Out, "%s %s is installed%s; a server that runs follows within two seconds\n", done.Block.Name, done.Review.Index.Version, whereOn(&done.Block))
	return nil
}

func whereOn(b *installed.Block) string {
	switch {
	case b.Off != "":
		return ", and switched off: " + b.Off
	case b.Only && len(b.Courses) == 0:
		return ", for no course yet"
	case b.Only:
		return " for " + strings.Join(b.Courses, ", ")
	}
	return ""
}

// agreed shows the rules that are broken and reports whether all of them were agreed to.
func (i *installing) agreed(refused, needs []*packages.Refusal) bool {
	ok := len(refused) == 0
	for _, r := range refused {
		fmt.Fprintf(i.parts.Out, "refused: %s\n  -> %s\n", r.What, r.Fix)
	}
	for _, r := range needs {
		word := "agreed to"
		if !i.order.Consent.To(r.Rule) {
			word, ok = "needs consent", false
		}
		fmt.Fprintf(i.parts.Out, "%s: %s\n", word, r.What)
		if word == "needs consent" {
			fmt.Fprintf(i.parts.Out, "  -> %s\n", r.Fix)
		}
	}
	return ok
}

// ask puts a question that y or yes answers.
func (i *installing) ask(question string) (bool, error) {
	if i.yes {
		return true, nil
	}
	fmt.Fprintf(i.parts.Err, "%s [y/N] ", question)
	line, err := readLine(i.parts.In)
	if err != nil {
		return false, err
	}
	if line = strings.ToLower(line); line != "y" && line != "yes" {
		fmt.Fprintln(i.parts.Out, "nothing was installed")
		return false, nil
	}
	return true, nil
}

// readLine reads one line and nothing behind it, so that the next question finds its own.
func readLine(in io.Reader) (string, error) {
	var line []byte
	for one := make([]byte, 1); len(line) < maxPassword; {
		n, err := in.Read(one)
		if n > 0 && one[0] != '\n' {
			line = append(line, one[0])
		}
		if errors.Is(err, io.EOF) || n > 0 && one[0] == '\n' {
			break
		}
		if err != nil {
			return "", fmt.Errorf("reading the answer: %w", err)
		}
	}
	return strings.TrimSpace(string(line)), nil
}

// show tells what a package is and what it asks for.
func (i *installing) show(r *installed.Review) error {
	w, m := i.parts.Out, &r.Manifest
	fmt.Fprintf(w, "%s %s: %s\n  %s\n", m.Name, m.Version, m.Title, m.Description)
	fmt.Fprintf(w, "  licence %s; made of %s; %.2f MB, %.2f MB unpacked\n", m.Licence, r.Index.Source, float64(r.Size)/1e6, float64(r.Unpacked)/1e6)
	if len(m.Authors) > 0 {
		fmt.Fprintf(w, "  by %s\n", strings.Join(m.Authors, ", "))
	}
	if len(m.Locales) > 0 {
		fmt.Fprintf(w, "  in %s\n", strings.Join(m.Locales, ", "))
	}
	switch r.Trust {
	case installed.TrustNobody:
		fmt.Fprintln(w, "  nobody signed it")
	case installed.TrustFirst:
		fmt.Fprintf(w, "  signed by %s\n  this site has not seen the name yet, and takes this key at its word: compare it with what the publisher says elsewhere\n", r.Publisher)
	case installed.TrustRotated:
		fmt.Fprintf(w, "  signed by %s, which its publisher's earlier key vouches for\n", r.Publisher)
	case installed.TrustSame:
		fmt.Fprintf(w, "  signed by %s, as before\n", r.Publisher)
	default: // the rules that it breaks say more
		fmt.Fprintf(w, "  signed by %s\n", r.Publisher)
	}
	if m.Engine == "wasm" {
		fmt.Fprintln(w, "  runs in the sandbox")
	} else {
		fmt.Fprintln(w, "  runs as a process: it can read all this server can")
	}
	if err := showPermissions(w, r); err != nil {
		return err
	}
	if r.Before != nil {
		fmt.Fprintf(w, "  installed is %s\n", r.Before.Version)
		for _, c := range r.Changes {
			fmt.Fprintf(w, "  %s %s\n", map[bool]string{true: "more:", false: "change:"}[c.Wider], c)
		}
	}
	return nil
}

func showPermissions(w io.Writer, r *installed.Review) error {
	catalogue, err := words.Load()
	if err != nil {
		return err
	}
	english := catalogue.For(time.UTC, "en")
	if len(r.Manifest.Permissions) == 0 {
		fmt.Fprintln(w, "  it asks for nothing")
		return nil
	}
	fmt.Fprintln(w, "  it may:")
	for _, p := range r.Manifest.Permissions {
		fmt.Fprintf(w, "  - %s\n    its author says: %s\n", english.T("block_may."+p.Name, strings.Join(p.Values, ", ")), p.Reason)
		if risk := english.T("block_risk." + p.Name); risk != "block_risk."+p.Name {
			fmt.Fprintf(w, "    risk: %s\n", risk)
		}
	}
	return nil
}

// toldChanges is how many changed scores are named.
const toldChanges = 10

func showTrial(w io.Writer, t *installed.Trial) {
	if t.Skipped {
		fmt.Fprintln(w, "not tried: a process runs nowhere but as itself")
		return
	}
	fmt.Fprintf(w, "tried: %d samples with %d answers\n", t.Samples, t.Answers)
	for _, note := range t.Notes {
		fmt.Fprintf(w, "  note: %s\n", note)
	}
	for _, c := range t.Changes {
		fmt.Fprintf(w, "  %s %s\n", map[bool]string{true: "more:", false: "change:"}[c.Wider], c)
	}
	r := &t.Rehearsal
	if t.Against == "" && r.States == 0 && r.Graded == 0 {
		return
	}
	fmt.Fprintf(w, "rehearsed: %d learners' stored work read, %d answers graded again, %d left out\n", r.States, r.Graded, r.Skipped)
	fmt.Fprintf(w, "%d scores would be other ones if those answers were graded again; they are not, unless somebody asks for it\n", len(r.Changes))
	for n, c := range r.Changes {
		if n == toldChanges {
			fmt.Fprintf(w, "  and %d more\n", len(r.Changes)-n)
			break
		}
		fmt.Fprintf(w, "  learner %.12s at %s: %v of %v, then %v of %v\n", c.Learner, c.Usage, c.Before.Earned, c.Before.Possible, c.After.Earned, c.After.Possible)
	}
}
