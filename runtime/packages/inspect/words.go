package inspect

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/sdk/wire"
)

const localesFolder = registry.LocalesFolder

// catalogue is one language's words.
type catalogue struct {
	file  string
	data  []byte
	texts map[string]string
}

// words compares the catalogues with the manifest and with each other.
func (r *Report) words(m *manifest.Manifest) error {
	all := map[string]*catalogue{}
	entries, err := os.ReadDir(filepath.Join(r.Folder, localesFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, entry := range entries {
		language, ok := strings.CutSuffix(entry.Name(), ".json")
		if !ok || entry.IsDir() {
			continue
		}
		if c, err := r.catalogue(path.Join(localesFolder, entry.Name())); err != nil {
			return err
		} else if c != nil {
			all[language] = c
		}
	}
	for _, language := range m.Locales {
		if all[language] == nil && !r.has(path.Join(localesFolder, language+".json")) {
			r.add(manifest.FileName, 0, "add "+localesFolder+"/"+language+".json, or leave the language out", "it says that it speaks %s, but there are no words of it", language)
		}
	}
	english := all["en"]
	for _, language := range slices.Sorted(maps.Keys(all)) {
		if !slices.Contains(m.Locales, language) {
			r.add(all[language].file, 0, "name the language under locales in block.json", "nobody is told that it speaks %s", language)
		}
		if english != nil && language != "en" {
			r.compare(english, all[language])
		}
	}
	if english == nil && len(all) > 0 {
		r.add(localesFolder, 0, "add "+localesFolder+"/en.json: other languages fall back to it", "there are words, but none in English")
	}
	return nil
}

func (r *Report) has(name string) bool {
	return slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.File == name })
}

// catalogue reads one; nil, with the problem told, when it is none.
func (r *Report) catalogue(name string) (*catalogue, error) {
	info, err := os.Stat(filepath.Join(r.Folder, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	if info.Size() > registry.MaxCatalogue {
		r.add(name, 0, "leave out what is not said", "it has %d bytes, the limit is %d", info.Size(), registry.MaxCatalogue)
		return nil, nil
	}
	data, err := os.ReadFile(filepath.Join(r.Folder, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	c := &catalogue{file: name, data: data}
	if err := json.Unmarshal(data, &c.texts); err != nil {
		var syntax *json.SyntaxError
		line := 0
		if errors.As(err, &syntax) {
			line = 1 + bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n"))
		}
		r.add(name, line, "write one object of key and text", "it is no catalogue: %v", err)
		return nil, nil
	}
	return c, nil
}

// argument is a place in a text that an argument fills.
var argument = regexp.MustCompile(`\{\d+\}`)

// compare finds what a translation lacks, has too much of, or fills otherwise than English.
func (r *Report) compare(english, other *catalogue) {
	for _, key := range slices.Sorted(maps.Keys(english.texts)) {
		text, ok := other.texts[key]
		if !ok || strings.TrimSpace(text) == "" {
			r.add(other.file, 0, "translate it: readers of this language would meet English", "%q has no words here", key)
			continue
		}
		for _, place := range places(text) {
			if !slices.Contains(places(english.texts[key]), place) {
				r.add(other.file, line(other.data, key), "use the places that English has", "%q has a place %s, which English has not", key, place)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(other.texts)) {
		if formKey(key) {
			continue // their English stands in the manifest and with the fields, see formWords
		}
		if _, ok := english.texts[key]; !ok {
			r.add(other.file, line(other.data, key), "correct the key, or add it to English", "%q is no key of English", key)
		}
	}
}

// formKey reports whether a key is one of an author's form or of a type's title.
func formKey(key string) bool {
	return strings.HasPrefix(key, "field.") || strings.HasPrefix(key, "type.")
}

// formWords compares what authors read of a block's types with the catalogues. What is not translated is a note: learners do not
// meet it.
func (r *Report) formWords(version *registry.Version, descriptions map[string]wire.Description) {
	known, titles := map[string]bool{}, map[string]string{}
	for _, t := range version.Manifest.Types {
		known["type."+t.Name+".title"], known["type."+t.Name+".find"] = true, true
		description := descriptions[t.Name]
		authored := slices.DeleteFunc(slices.Clone(description.Fields), func(f wire.Field) bool { return !f.Scope.Authored() })
		registry.FieldTexts(authored, func(key string, text *string) {
			known[key], known["type."+t.Name+"."+key] = true, true
			if *text != "" && !strings.Contains(key, ".value.") { // an option may be a name or a number, which no language changes
				titles["type."+t.Name+"."+key] = key
			}
		})
	}
	english := version.Words("en")
	for _, language := range version.Manifest.Locales {
		texts, file := version.Words(language), path.Join(localesFolder, language+".json")
		for _, key := range slices.Sorted(maps.Keys(texts)) {
			if _, own := english[key]; formKey(key) && !known[key] && !own {
				r.add(file, 0, "correct the key, or leave it out", "%q names no title, help or option of an authored field, and no type", key)
			}
		}
		var missing []string
		for _, key := range slices.Sorted(maps.Keys(titles)) {
			if texts[key] == "" && texts[titles[key]] == "" {
				missing = append(missing, titles[key])
			}
		}
		missing = slices.Compact(missing)
		if len(missing) > 0 && language != "en" {
			r.Notes = append(r.Notes, file+": authors of this language meet English in the form, for want of "+strings.Join(missing, ", "))
		}
	}
}

func places(text string) []string {
	found := argument.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// line is where a key stands in JSON, 0 when it is not found as written.
func line(data []byte, key string) int {
	quoted, err := json.Marshal(key)
	if err != nil {
		return 0
	}
	at := bytes.Index(data, quoted)
	if at < 0 {
		return 0
	}
	return 1 + bytes.Count(data[:at], []byte("\n"))
}
