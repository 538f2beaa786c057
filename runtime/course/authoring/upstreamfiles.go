package authoring

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Files of a library are replaced without a new content: a copy keeps which of them came along, so that it hears of that.

// broughtFile is a library's file that came along with a copy.
type broughtFile struct {
	// Hash names what was in it then, As is its name in the course.
	Hash string `json:"hash"`
	As   string `json:"as"`
}

// maxBrought bounds the files that one copy keeps.
const maxBrought = 500

// filesOf reads which files came along with a copy, by their names in the library. What is no such list is none.
func filesOf(fields map[string]string) map[string]broughtFile {
	var files map[string]broughtFile
	if json.Unmarshal([]byte(fields[fieldFiles]), &files) != nil || len(files) > maxBrought {
		return nil
	}
	return files
}

// keepFiles writes into a copy which files came along.
func keepFiles(r *course.Revision, files map[string]broughtFile) {
	if len(files) == 0 || len(files) > maxBrought {
		delete(r.Fields, fieldFiles)
		return
	}
	encoded, err := json.Marshal(files)
	if err != nil {
		return // texts always encode
	}
	if r.Fields == nil {
		r.Fields = store.Map[string]{}
	}
	r.Fields[fieldFiles] = string(encoded)
}

// names reports whether a content names a file of a course.
func names(r *course.Revision, from key.Course, file string) bool {
	says := func(text string) bool {
		return slices.ContainsFunc(addresses(from, file), func(address string) bool { return replaceAddress(text, address, "\x00") != text })
	}
	for field, value := range r.Fields {
		if field != fieldFiles && says(value) {
			return true
		}
	}
	return says(sourceXML(r))
}

// keepFile notes at the new blocks that name a file of a course, and came from there, that it came along.
func (c *changing) keepFile(from key.Course, name string, file broughtFile) {
	for usage, before := range c.before {
		r := c.after[usage]
		if before != nil || !names(r, from, name) {
			continue
		}
		text, _ := unquote(r.Fields[fieldUpstream])
		if upstream, err := key.ParseLibraryUsage(text); err != nil || upstream.Course != from {
			continue
		}
		files := filesOf(r.Fields)
		if files == nil {
			files = map[string]broughtFile{}
		}
		files[name] = file
		keepFiles(r, files)
	}
}

// renameKept follows a file that gets another name where a copy is copied on.
func renameKept(r *course.Revision, from key.Course, name, now string) {
	files := filesOf(r.Fields)
	text, _ := unquote(r.Fields[fieldUpstream])
	if upstream, err := key.ParseLibraryUsage(text); err != nil || upstream.Course == from {
		return // it comes from the library itself, and has its name
	}
	for of, file := range files {
		if file.As == name {
			files[of] = broughtFile{Hash: file.Hash, As: now}
		}
	}
	if files != nil {
		keepFiles(r, files)
	}
}

// replaced are those of a copy's files that hold something else in the library now, with what they hold.
func (a *Authoring) replaced(ctx context.Context, library key.Course, files map[string]broughtFile) (map[string]course.Asset, error) {
	if len(files) == 0 {
		return nil, nil
	}
	there, err := a.courses.AssetsNamed(ctx, library, slices.Sorted(maps.Keys(files)))
	if err != nil {
		return nil, err
	}
	changed := map[string]course.Asset{}
	for name, file := range files {
		asset, ok := there[name]
		if !ok {
			if asset, err = a.courses.Asset(ctx, library, name); errors.Is(err, course.ErrNotFound) {
				continue // it is gone: the course keeps its own
			}
			if err != nil {
				return nil, err
			}
		}
		if asset.Hash != file.Hash {
			changed[name] = asset
		}
	}
	return changed, nil
}

// withFiles names a content together with the files of it that hold something else than when it was taken; the content's own name where
// none does.
func withFiles(hash string, changed map[string]course.Asset) string {
	if len(changed) == 0 {
		return hash
	}
	var all strings.Builder
	for _, name := range slices.Sorted(maps.Keys(changed)) {
		all.WriteString(name + "\x00" + changed[name].Hash + "\x00")
	}
	sum := sha256.Sum256([]byte(all.String()))
	return hash + "+" + hex.EncodeToString(sum[:8])
}

// asHere is a library's content with the names that its files have in a course.
func (a *Authoring) asHere(r *course.Revision, from, to key.Course, files map[string]broughtFile) *course.Revision {
	c := a.plan(to, Author{}, KindUpdate)
	usage := to.Usage(r.Type, "here")
	c.create(usage, clone(r))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		c.rename(from, name, files[name].As)
	}
	return c.after[usage]
}
