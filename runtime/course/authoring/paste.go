package authoring

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Paste puts copies of blocks, as their teams have them, into a block behind after (see [Authoring.Add]). Blocks of another course
// bring the files along that they name, and no keys.
func (a *Authoring) Paste(ctx context.Context, who Author, to key.Usage, after string, from ...key.Usage) ([]key.Usage, Op, error) {
	target, _, err := a.several(ctx, to.Course, []key.Usage{to})
	if err != nil {
		return nil, Op{}, err
	}
	if len(from) == 0 || len(from) > maxUsages {
		return nil, Op{}, invalid(CodeTooLarge, "", "%d blocks at once; 1 to %d are allowed", len(from), maxUsages)
	}
	c := a.plan(to.Course, who, KindPaste)
	copies := map[key.Course]*copyOf{to.Course: target}
	var pasted []key.Usage
	var refs []course.ChildRef
	for _, usage := range from {
		if err := fits(to.Type, usage.Type); err != nil {
			return nil, Op{}, err
		}
		source := copies[usage.Course]
		if source == nil {
			if err := who.mayRead(usage.Course); err != nil {
				return nil, Op{}, err
			}
			if source, err = a.working(ctx, usage.Course); err != nil {
				return nil, Op{}, err
			}
			copies[usage.Course] = source
		}
		p, err := source.find(usage)
		if err != nil {
			return nil, Op{}, err
		}
		c.name(ctx, p)
		made, err := c.copyTree(ctx, p)
		if err != nil {
			return nil, Op{}, err
		}
		pasted, refs = append(pasted, made), append(refs, ref(made))
	}
	if err := c.offered(ctx); err != nil {
		return nil, Op{}, err
	}
	holder, err := c.edit(ctx, to)
	if err != nil {
		return nil, Op{}, err
	}
	if holder.Children, err = insert(holder.Children, after, refs...); err != nil {
		return nil, Op{}, err
	}
	for _, other := range slices.SortedFunc(maps.Keys(copies), func(a, b key.Course) int { return strings.Compare(a.String(), b.String()) }) {
		if other != to.Course {
			if err := c.bringFiles(ctx, who, other); err != nil {
				return nil, Op{}, err
			}
		}
	}
	op, err := c.do(ctx)
	return pasted, op, err
}

// offered refuses new blocks of a type that is not switched on in the course.
func (c *changing) offered(ctx context.Context) error {
	if c.authoring.config.Offered == nil {
		return nil
	}
	known := map[string]bool{}
	for _, usage := range c.order {
		if c.before[usage] != nil || known[usage.Type] {
			continue
		}
		known[usage.Type] = true
		offered, err := c.authoring.config.Offered(ctx, c.run, usage.Type)
		if err != nil {
			return err
		}
		if !offered {
			return invalid(CodeOff, usage.Type, "the type is not switched on in this course")
		}
	}
	return nil
}

// bringFiles copies the files of another course that the new blocks name. One that is here under the same name with another
// content gets another name, in the blocks too.
func (c *changing) bringFiles(ctx context.Context, who Author, from key.Course) error {
	texts := c.newTexts()
	if !strings.Contains(texts, "/static/") && !strings.Contains(texts, from.Asset("").String()) {
		return nil
	}
	a := c.authoring
	for after := store.Cursor(""); ; {
		assets, next, err := a.courses.Assets(ctx, from, after, 1000)
		if err != nil {
			return err
		}
		for _, asset := range assets {
			if asset.Name == course.GraderLibrary { // no text shows it, and it would check the answers of this course
				continue
			}
			if !slices.ContainsFunc(addresses(from, asset.Name), func(address string) bool { return strings.Contains(texts, address) }) {
				continue
			}
			name, err := a.copyFile(ctx, who, c.run, asset)
			if err != nil {
				return err
			}
			c.keepFile(from, asset.Name, broughtFile{Hash: asset.Hash, As: name})
			c.rename(from, asset.Name, name)
		}
		if after = next; after == "" {
			break
		}
	}
	return c.bringMoved(ctx, who, from, texts)
}

// bringMoved copies the files that the new blocks name by names that they had once.
func (c *changing) bringMoved(ctx context.Context, who Author, from key.Course, texts string) error {
	moved, err := c.authoring.moved(ctx, from, texts)
	if err != nil {
		return err
	}
	for linked, asset := range moved {
		if linked == course.GraderLibrary || asset.Name == course.GraderLibrary {
			continue
		}
		name, err := c.authoring.copyFile(ctx, who, c.run, asset)
		if err != nil {
			return err
		}
		c.keepFile(from, linked, broughtFile{Hash: asset.Hash, As: name})
		c.rename(from, linked, name)
	}
	return nil
}

var linked = regexp.MustCompile(`/static/([^"'\\?#<>)&\s]+)`)

// moved finds the files that texts name by names that they had once.
func (a *Authoring) moved(ctx context.Context, run key.Course, texts string) (map[string]course.Asset, error) {
	moved, asked := map[string]course.Asset{}, map[string]bool{}
	for _, match := range linked.FindAllStringSubmatch(texts, -1) {
		name, err := url.PathUnescape(match[1])
		if err != nil || asked[name] {
			continue
		}
		asked[name] = true
		asset, err := a.courses.Asset(ctx, run, name)
		if errors.Is(err, course.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if asset.Name != name {
			moved[name] = asset
		}
	}
	return moved, nil
}

// newTexts are all texts of new blocks.
func (c *changing) newTexts() string {
	var out strings.Builder
	for usage, before := range c.before {
		if before == nil {
			for _, value := range c.after[usage].Fields {
				out.WriteString(value)
			}
			out.WriteString(sourceXML(c.after[usage]))
		}
	}
	return out.String()
}

// addresses are the ways in which texts name a course's file.
func addresses(run key.Course, name string) []string {
	escaped := (&url.URL{Path: "/static/" + name}).EscapedPath()
	return slices.Compact([]string{"/static/" + name, escaped, run.Asset(name).String()})
}

// rename gives a file its name and course in the texts of new blocks.
func (c *changing) rename(from key.Course, name, now string) {
	to := addresses(c.run, now)
	replace := func(text string) string {
		for _, address := range addresses(from, name) {
			with := to[0]
			if address != "/static/"+name {
				with = (&url.URL{Path: "/static/" + now}).EscapedPath()
			}
			text = replaceAddress(text, address, with)
		}
		return text
	}
	for usage, before := range c.before {
		if before != nil {
			continue
		}
		r := c.after[usage]
		for field, value := range r.Fields {
			if field != fieldFiles {
				r.Fields[field] = replace(value)
			}
		}
		renameKept(r, from, name, now)
		if r.Source != nil {
			source := *r.Source
			source.XML = replace(source.XML)
			r.Source = &source
		}
	}
}

// replaceAddress replaces an address where it ends, and not where it is the beginning of a longer one. An asset key behind a
// slash is replaced with its slash.
func replaceAddress(text, address, with string) string {
	if address == with {
		return text
	}
	var out strings.Builder
	for {
		at := strings.Index(text, address)
		if at < 0 {
			out.WriteString(text)
			return out.String()
		}
		end := at + len(address)
		before := text[:at]
		if end < len(text) && !strings.ContainsRune("\"'\\?#<>)& \t\n,]}", rune(text[end])) {
			out.WriteString(text[:end])
		} else {
			if strings.HasPrefix(address, "asset-v1:") {
				before = strings.TrimSuffix(before, "/")
			}
			out.WriteString(before + with)
		}
		text = text[end:]
	}
}

// copyFile gives a course a file of another one and returns the name that it has there.
func (a *Authoring) copyFile(ctx context.Context, who Author, to key.Course, asset course.Asset) (string, error) {
	ext := path.Ext(asset.Name)
	for n := 1; ; n++ {
		name := asset.Name
		if n > 1 {
			name = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(asset.Name, ext), n, ext)
		}
		there, err := a.courses.Asset(ctx, to, name)
		if err == nil && there.Hash == asset.Hash {
			return name, nil
		}
		if err == nil {
			continue
		}
		if !errors.Is(err, course.ErrNotFound) {
			return "", err
		}
		asset.Name = name
		return name, a.putFile(ctx, who, to, asset, "upload")
	}
}

// putFile gives a course a file entry of another one.
func (a *Authoring) putFile(ctx context.Context, who Author, to key.Course, asset course.Asset, did string) error {
	if a.config.Beside == nil {
		return nil
	}
	asset.Course, asset.At, asset.By, asset.Op = to.String(), a.now(), who.ID, ""
	_, err := a.config.Beside.PutFile(ctx, a.config.Beside.Begin(to, who.ID, did), asset)
	return err
}
