package host

import (
	"cmp"
	"encoding/json"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// paletteGroup is a group of what can be added to a unit.
type paletteGroup struct {
	Name, Title string
	Entries     []paletteEntry
}

// paletteEntry is a type of component that is installed.
type paletteEntry struct {
	Type, Title, Icon, Description string
	// Find is what a search looks through.
	Find string
}

// paletteGroups are the groups in their order; what is in none of the first stands in the last.
var paletteGroups = []string{"text", "questions", "video", "more"}

// paletteOf are the groups of the types that the binary brings: knowing it of others means to load them.
var paletteOf = map[string]string{"html": "text", "problem": "questions", "questions": "questions", "banks": "questions", "video": "video"}

// palette lists what can be added: every component that is installed and may be used in the course, as it is now, unless the team
// took its package out.
func (r *request) palette() ([]paletteGroup, error) {
	unoffered, err := r.kernel().Unoffered(r.ctx(), r.course)
	if err != nil {
		return nil, err
	}
	groups := map[string][]paletteEntry{}
	for _, status := range r.kernel().Blocks() {
		if status.Version == nil || status.Off != "" || status.Broken != "" || slices.Contains(unoffered, status.Name) {
			continue
		}
		for _, t := range typesOf(&status.Version.Manifest) {
			if t.Kind != "" && t.Kind != wire.KindComponent || course.Structural(t.Name) {
				continue
			}
			version, err := r.kernel().Registry().LookupIn(t.Name, r.course.String())
			if err != nil || version.Manifest.Name != status.Name {
				continue // another package serves the type here, or none
			}
			group := r.paletteGroup(version, t.Name)
			groups[group] = append(groups[group], r.paletteEntry(version, t))
		}
	}
	var list []paletteGroup
	for _, name := range paletteGroups {
		entries := groups[name]
		slices.SortStableFunc(entries, func(a, b paletteEntry) int { return cmp.Or(cmp.Compare(a.Find, b.Find), cmp.Compare(a.Type, b.Type)) })
		if len(entries) > 0 {
			list = append(list, paletteGroup{name, r.words.T("studio_unit.group_" + name), entries})
		}
	}
	return list, nil
}

// offered reports whether authors may add a component of a type: what the palette would show, and types that nobody has.
func (r *request) offered(blockType string) (bool, error) {
	return r.site().Offered(r.ctx(), r.course, blockType)
}

// typesOf are a package's types; one that names none is one type.
func typesOf(m *manifest.Manifest) []manifest.Type {
	if len(m.Types) == 0 {
		return []manifest.Type{{Name: m.Name, Title: m.Title, Icon: m.Icon, Kind: wire.KindComponent}}
	}
	return m.Types
}

// paletteGroup finds where a type belongs: what takes an answer is a question. Only what is in memory already is asked.
func (r *request) paletteGroup(version *kernel.Version, blockType string) string {
	if group, ok := paletteOf[version.Manifest.Name]; ok && version.BuiltIn {
		return group
	}
	if loaded, _ := version.Loaded(); !loaded {
		return "more"
	}
	description, err := version.Describe(r.ctx(), blockType)
	if err == nil && slices.ContainsFunc(description.Handlers, func(h wire.Handler) bool { return h.Grades }) {
		return "questions"
	}
	return "more"
}

func (r *request) paletteEntry(version *kernel.Version, t manifest.Type) paletteEntry {
	m := &version.Manifest
	icon := cmp.Or(t.Icon, m.Icon)
	entry := paletteEntry{Type: t.Name, Title: r.blockWord(version, "type."+t.Name+".title", cmp.Or(t.Title, m.Title, t.Name)), Description: m.Description}
	if icon != "" {
		entry.Icon = assetAddress(version, icon)
	}
	find := "type." + t.Name + ".find" // what else authors call it
	entry.Find = course.Fold(strings.Join([]string{entry.Title, t.Title, t.Name, m.Title, r.blockWord(version, find, ""), r.server.blockTexts.of(version, "en")[find]}, " "))
	return entry
}

// typeTitle is what a type is called in the reader's language: its own name where nothing is installed for it.
func (r *request) typeTitle(blockType string) string {
	version, err := r.kernel().Registry().LookupIn(blockType, r.course.String())
	if err != nil {
		return blockType
	}
	for _, t := range typesOf(&version.Manifest) {
		if t.Name == blockType {
			return r.blockWord(version, "type."+blockType+".title", cmp.Or(t.Title, version.Manifest.Title))
		}
	}
	return version.Manifest.Title
}

// blockTexts are the catalogues of packages, by digest and language. They never change under a digest.
type blockTexts struct{ known sync.Map }

// maxBlockTexts bounds a catalogue that is read.
const maxBlockTexts = 1 << 20

// blockWord is a text of a package's catalogue in the reader's language, or the English that its manifest or declaration has.
func (r *request) blockWord(version *kernel.Version, key, otherwise string) string {
	language, _, _ := strings.Cut(r.words.Language, "-")
	for _, name := range []string{r.words.Language, language} {
		if text := r.server.blockTexts.of(version, name)[key]; text != "" {
			return text
		}
	}
	return otherwise
}

func (b *blockTexts) of(version *kernel.Version, language string) map[string]string {
	id := version.Digest + " " + version.Manifest.Name + " " + language
	if known, ok := b.known.Load(id); ok {
		if texts, ok := known.(map[string]string); ok {
			return texts
		}
	}
	texts := map[string]string{}
	if version.Files != nil && slices.Contains(version.Manifest.Locales, language) {
		data, err := readAsset(version.Files, path.Join("locales", language+".json"))
		if err != nil || len(data) > maxBlockTexts || json.Unmarshal(data, &texts) != nil {
			texts = map[string]string{} // English stands in
		}
	}
	b.known.Store(id, texts)
	return texts
}
