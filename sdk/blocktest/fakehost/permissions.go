package fakehost

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Permissions is what a block's manifest asks for: name -> the values that narrow it. Nil allows everything.
type Permissions map[string][]string

// Has reports whether a permission was asked for, and for this value of it where value is not "".
func (p Permissions) Has(name, value string) bool {
	if p == nil {
		return true
	}
	values, ok := p[name]
	return ok && (value == "" || slices.Contains(values, value))
}

// maxManifest bounds the manifest that ReadPermissions reads, in bytes.
const maxManifest = 256 << 10

// ReadPermissions reads the permissions and the block types that the manifest in dir names. A folder without a manifest
// gives nil for both. The manifest's other rules are not checked here: `quoin block check` does that.
func ReadPermissions(dir string) (permissions Permissions, types []string, err error) {
	data, err := os.ReadFile(filepath.Join(dir, "block.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading manifest: %w", err)
	}
	if len(data) > maxManifest {
		return nil, nil, fmt.Errorf("reading manifest: %d bytes, the limit is %d", len(data), maxManifest)
	}
	var manifest struct {
		Name        string `json:"name"`
		Permissions []struct {
			Name   string   `json:"name"`
			Values []string `json:"values"`
		} `json:"permissions"`
		Types []struct {
			Name string `json:"name"`
		} `json:"types"`
	}
	if err := json.Unmarshal(data, &manifest); err != nil {
		return nil, nil, fmt.Errorf("reading manifest %s: %w", filepath.Join(dir, "block.json"), err)
	}
	permissions = Permissions{}
	for _, p := range manifest.Permissions {
		permissions[p.Name] = p.Values
	}
	for _, t := range manifest.Types {
		types = append(types, t.Name)
	}
	if len(types) == 0 {
		types = []string{manifest.Name}
	}
	return permissions, types, nil
}

// effectPermissions are those that effects need beside what the table of operation and role allows.
func effectPermission(kind wire.EffectKind) string {
	switch kind {
	case wire.EffectNotify, wire.EffectPublish, wire.EffectSchedule, wire.EffectEnrol, wire.EffectIndex, wire.EffectScore:
		return string(kind)
	default:
		return ""
	}
}
