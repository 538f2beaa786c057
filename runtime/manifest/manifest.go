// Package manifest reads block.json: what a package is called, what it holds and what it asks for. Decoding is strict, so
// that a misspelt permission is an error and not a permission less.
package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// FileName is the manifest's name in a block's folder or package.
const FileName = "block.json"

// MaxSize bounds a manifest in bytes.
const MaxSize = 256 << 10

// ErrInvalid is wrapped by every error about a manifest's content.
var ErrInvalid = errors.New("invalid manifest")

// Manifest is a package's block.json.
type Manifest struct {
	// Name identifies the package on a site: lower-case letters, digits and hyphens, 2 to 48 bytes.
	Name string `json:"name"`
	// Version is a semantic version such as 1.2.0 or 1.2.0-beta.1.
	Version string `json:"version"`
	// ABI is the contract's number; 0 is wire.ABI.
	ABI int `json:"abi,omitempty"`
	// Engine is wasm (the default) or process.
	Engine string `json:"engine,omitempty"`
	// Source is how the folder becomes an artifact: go (the default), typescript (JavaScript too), c, or file, which takes Artifact
	// as it stands.
	Source string `json:"source,omitempty"`
	// Artifact is the file that the engine loads, for source "file" and in packages.
	Artifact    string   `json:"artifact,omitempty"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Licence     string   `json:"licence"`
	Authors     []string `json:"authors,omitempty"`
	Homepage    string   `json:"homepage,omitempty"`
	// Types lists the block types of the package; empty is one component type with the package's name, title and icon.
	Types []Type `json:"types,omitempty"`
	// Icon is the name of an SVG file beside block.json, shown in the palette.
	Icon        string       `json:"icon,omitempty"`
	Permissions []Permission `json:"permissions,omitempty"`
	Limits      Limits       `json:"limits,omitzero"`
	// Per is run or site, for apps.
	Per string `json:"per,omitempty"`
	// Assets is the folder of files that browsers may fetch; "" is none.
	Assets string `json:"assets,omitempty"`
	// Locales lists the languages that the package's catalogues hold, as BCP 47 tags.
	Locales []string `json:"locales,omitempty"`
}

// Script reports whether the artifact is a script for the interpreter and no module: what TypeScript becomes, or a file whose
// name ends so.
func (m *Manifest) Script() bool {
	return m.Source == "typescript" || m.Source == "file" && strings.HasSuffix(m.Artifact, ".js")
}

// Type is one block type of a package.
type Type struct {
	// Name is the block type, which is also the OLX tag; it may hold underscores (drag_and_drop_input).
	Name  string    `json:"name"`
	Title string    `json:"title"`
	Icon  string    `json:"icon,omitempty"`
	Kind  wire.Kind `json:"kind,omitempty"`
	// Graders names the block types whose submissions a grader grades.
	Graders []string `json:"graders,omitempty"`
}

// Permission is one thing that the package asks for, with the author's reason in words for an admin.
type Permission struct {
	// Name is one of Names.
	Name   string `json:"name"`
	Reason string `json:"reason"`
	// Values narrow it: the hosts of http, leave and embed, the slots of slot, the prefixes of mount, the event names of
	// events.subscribe, the devices of device.
	Values []string `json:"values,omitempty"`
}

// Limits are the package's budgets; 0 is the engine's default.
type Limits struct {
	MemoryMB int   `json:"memory_mb,omitempty"`
	Fuel     int64 `json:"fuel,omitempty"`
}

// Permissions beside the services of wire.Services. The value says what the permission's Values are, "" for none.
var extra = map[string]string{
	"events.subscribe": "event names",
	"slot":             "slots",
	"mount":            "path prefixes",
	"leave":            "hosts",
	"embed":            "hosts",
	"device":           "frame devices",
	"settle":           "",
	"score":            "",
	"enrol":            "",
	"notify":           "",
	"schedule":         "",
	"index":            "",
	"publish":          "",
	"site_preferences": "",
}

// Names lists every permission that a manifest may ask for.
func Names() []string {
	var names []string
	for _, service := range wire.Services() {
		names = append(names, string(service))
	}
	for name := range extra {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

var (
	namePattern    = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	typePattern    = regexp.MustCompile(`^[a-z][a-z0-9]*([_-][a-z0-9]+)*$`)
	versionPattern = regexp.MustCompile(`^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(-[0-9A-Za-z.-]{1,64})?$`)
	localePattern  = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
	hostPattern    = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:\d{1,5})?$`)
	filePattern    = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$`)
)

// Parse reads and validates a manifest. The error wraps ErrInvalid and names each problem with its place.
func Parse(data []byte) (Manifest, error) {
	var m Manifest
	if len(data) > MaxSize {
		return m, fmt.Errorf("%w: %d bytes, the limit is %d", ErrInvalid, len(data), MaxSize)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&m); err != nil {
		return m, fmt.Errorf("%w: line %d: %w", ErrInvalid, line(data, decoder.InputOffset()), err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return m, fmt.Errorf("%w: line %d: something follows the object", ErrInvalid, line(data, decoder.InputOffset()))
	}
	m.fillIn()
	if problems := m.problems(); len(problems) > 0 {
		return m, fmt.Errorf("%w: %s", ErrInvalid, strings.Join(problems, "; "))
	}
	return m, nil
}

func line(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(int(offset), len(data))], []byte("\n"))
}

func (m *Manifest) fillIn() {
	if m.ABI == 0 {
		m.ABI = wire.ABI
	}
	if m.Engine == "" {
		m.Engine = "wasm"
	}
	if m.Source == "" {
		m.Source = "go"
	}
	if len(m.Types) == 0 {
		m.Types = []Type{{Name: m.Name, Title: m.Title, Icon: m.Icon}}
	}
	for i := range m.Types {
		if m.Types[i].Kind == "" {
			m.Types[i].Kind = wire.KindComponent
		}
		if m.Types[i].Icon == "" {
			m.Types[i].Icon = m.Icon
		}
	}
}

// Has reports whether the package asks for a permission, and for this value of it where value is not "".
func (m *Manifest) Has(name, value string) bool {
	return slices.ContainsFunc(m.Permissions, func(p Permission) bool {
		return p.Name == name && (value == "" || slices.Contains(p.Values, value))
	})
}

// Type returns the type of this name.
func (m *Manifest) Type(name string) (Type, bool) {
	i := slices.IndexFunc(m.Types, func(t Type) bool { return t.Name == name })
	if i < 0 {
		return Type{}, false
	}
	return m.Types[i], true
}
