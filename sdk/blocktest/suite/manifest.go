package suite

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// blockManifest is what tests need of block.json. `quoin block check` reads it strictly and whole.
type blockManifest struct {
	Name        string            `json:"name"`
	Icon        string            `json:"icon"`
	Assets      string            `json:"assets"`
	Locales     []string          `json:"locales"`
	Types       []blockType       `json:"types"`
	Permissions []blockPermission `json:"permissions"`

	dir string
	// assets are the names of the files below Assets.
	assets []string
}

type blockType struct {
	Name string    `json:"name"`
	Kind wire.Kind `json:"kind"`
}

type blockPermission struct {
	Name   string   `json:"name"`
	Reason string   `json:"reason"`
	Values []string `json:"values"`
}

// maxManifest bounds block.json in bytes.
const maxManifest = 256 << 10

func readManifest(dir string) (*blockManifest, error) {
	path := filepath.Join(dir, "block.json")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no block.json beside the test: it says what the block is called and what it asks for: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("reading manifest: %w", err)
	}
	if len(data) > maxManifest {
		return nil, fmt.Errorf("reading manifest: %d bytes, the limit is %d", len(data), maxManifest)
	}
	m := &blockManifest{dir: dir, assets: []string{}}
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("reading manifest %s: %w", path, err)
	}
	if len(m.Types) == 0 {
		m.Types = []blockType{{Name: m.Name}}
	}
	for i := range m.Types {
		if m.Types[i].Kind == "" {
			m.Types[i].Kind = wire.KindComponent
		}
	}
	if m.Assets == "" {
		return m, nil
	}
	folder := os.DirFS(filepath.Join(dir, filepath.FromSlash(m.Assets)))
	err = fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			m.assets = append(m.assets, served(name))
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the assets that block.json names: %w", err)
	}
	return m, nil
}

// served is the name under which browsers get an asset: a script in TypeScript is bundled.
func served(name string) string {
	base, isSource := strings.CutSuffix(name, ".ts")
	if isSource && !strings.HasSuffix(base, ".d") && !strings.Contains(name, "/") {
		return base + ".js"
	}
	return name
}

// permissions are what the manifest asks for; none at all is not the same as everything.
func (m *blockManifest) permissions() fakehost.Permissions {
	asked := fakehost.Permissions{}
	for _, p := range m.Permissions {
		asked[p.Name] = p.Values
	}
	return asked
}

// agree compares block.json with what the block says of itself, as the platform does before it loads a block.
func (s *subject) agree() (failures, notes []string) {
	add := func(format string, args ...any) { failures = append(failures, fmt.Sprintf(format, args...)) }
	w, err := s.open()
	if err != nil {
		return []string{err.Error()}, nil
	}
	d, asked := w.Description(), s.manifest.permissions()
	if d.Kind != s.kind.Kind {
		add("the code says kind %q, block.json says %q", d.Kind, s.kind.Kind)
	}
	if len(d.Collections) > 0 && !asked.Has(string(wire.ServiceDocuments), "") {
		add("it keeps documents: ask for the permission documents in block.json, with the reason")
	}
	if len(d.Tasks) > 0 && !asked.Has("schedule", "") {
		add("it runs tasks: ask for the permission schedule in block.json, with the reason")
	}
	for _, event := range d.Subscribes {
		if !asked.Has("events.subscribe", event) {
			add("it subscribes to %q: name that under events.subscribe in block.json", event)
		}
	}
	for _, mount := range d.Mounts {
		if !asked.Has("mount", mount.Name) {
			add("it mounts %q: name that under mount in block.json", mount.Name)
		}
	}
	for _, view := range d.Views {
		if view.Slot != "" && !asked.Has("slot", view.Slot) {
			add("view %q stands in the slot %q: name that under slot in block.json", view.Name, view.Slot)
		}
	}
	for _, p := range s.manifest.Permissions {
		if p.Reason == "" {
			add("permission %s: give the reason in words, for the admin who allows it", p.Name)
		}
	}
	if icon := s.manifest.Icon; icon != "" {
		if _, err := os.Stat(filepath.Join(s.manifest.dir, filepath.FromSlash(icon))); err != nil {
			add("the icon that block.json names: %v", err)
		}
	}
	return failures, s.unused(&d)
}

// unused notes permissions that nothing in the description needs. What a block asks of services shows only in its calls.
func (s *subject) unused(d *wire.Description) (notes []string) {
	named := map[string]func(value string) bool{
		"mount": func(value string) bool {
			return slices.ContainsFunc(d.Mounts, func(h wire.Handler) bool { return h.Name == value })
		},
		"slot": func(value string) bool {
			return slices.ContainsFunc(d.Views, func(v wire.View) bool { return v.Slot == value })
		},
		"events.subscribe": func(value string) bool { return slices.Contains(d.Subscribes, value) },
	}
	for _, p := range s.manifest.Permissions {
		used, checked := named[p.Name]
		for _, value := range p.Values {
			if checked && len(s.manifest.Types) == 1 && !used(value) {
				notes = append(notes, fmt.Sprintf("permission %s: %q is asked for and not used", p.Name, value))
			}
		}
	}
	return notes
}
