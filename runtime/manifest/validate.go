package manifest

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Limits on what a manifest may hold.
const (
	maxText        = 2000
	maxTypes       = 64
	maxValues      = 32
	maxMemoryMB    = 512
	maxFuel        = 100_000_000_000
	maxPermissions = 64
)

type problems []string

func (p *problems) add(format string, args ...any) { *p = append(*p, fmt.Sprintf(format, args...)) }

func (p *problems) text(name, value string, needed bool) {
	switch {
	case value == "" && needed:
		p.add("%s is missing", name)
	case len(value) > maxText || !utf8.ValidString(value) || strings.ContainsFunc(value, unprintable):
		p.add("%s must be one line of plain text of at most %d bytes", name, maxText)
	}
}

// unprintable are characters that make something else of a line on a terminal or a page: whoever decides about a block reads
// its manifest beside what the platform says of it.
func unprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) && r != 0x061c && r != 0x200e && r != 0x200f || r == 0x2028 || r == 0x2029
}

func (p *problems) file(name, value string) {
	if value != "" && (!filePattern.MatchString(value) || strings.Contains(value, "..") || len(value) > 200) {
		p.add("%s %q must be a path inside the package, of letters, digits, _ . - and /", name, value)
	}
}

func (m *Manifest) problems() problems {
	var p problems
	if !namePattern.MatchString(m.Name) || len(m.Name) < 2 || len(m.Name) > 48 {
		p.add("name %q must be 2 to 48 lower-case letters, digits and single hyphens, starting with a letter", m.Name)
	}
	if !versionPattern.MatchString(m.Version) {
		p.add("version %q must be a semantic version such as 1.2.0", m.Version)
	}
	if m.ABI != wire.ABI {
		p.add("abi: %s", wire.WrongABI(m.ABI).Message)
	}
	if m.Engine != "wasm" && m.Engine != "process" {
		p.add("engine %q must be wasm or process", m.Engine)
	}
	if m.Source != "go" && m.Source != "file" && m.Source != "typescript" && m.Source != "c" {
		p.add("source %q must be go, typescript, c or file", m.Source)
	}
	if m.Engine == "process" && m.Source == "c" {
		p.add("engine process runs no C: leave engine out")
	}
	if m.Engine == "process" && m.Script() {
		p.add("engine process runs no scripts: leave engine out")
	}
	if m.Source == "file" && m.Artifact == "" {
		p.add("artifact is missing: source file needs one")
	}
	p.text("title", m.Title, true)
	p.text("description", m.Description, true)
	p.text("licence", m.Licence, true)
	p.text("homepage", m.Homepage, false)
	for i, author := range m.Authors {
		p.text(fmt.Sprintf("authors[%d]", i), author, true)
	}
	p.file("icon", m.Icon)
	p.file("assets", m.Assets)
	p.file("artifact", m.Artifact)
	if m.Per != "" && m.Per != "run" && m.Per != "site" {
		p.add("per %q must be run or site", m.Per)
	}
	for _, locale := range m.Locales {
		if !localePattern.MatchString(locale) {
			p.add("locales: %q is no language tag", locale)
		}
	}
	if m.Limits.MemoryMB < 0 || m.Limits.MemoryMB > maxMemoryMB || m.Limits.Fuel < 0 || m.Limits.Fuel > maxFuel {
		p.add("limits: memory_mb may be 0 to %d, fuel 0 to %d", maxMemoryMB, int64(maxFuel))
	}
	m.typeProblems(&p)
	m.permissionProblems(&p)
	return p
}

func (m *Manifest) typeProblems(p *problems) {
	if len(m.Types) > maxTypes {
		p.add("types: %d, the limit is %d", len(m.Types), maxTypes)
		return
	}
	seen := map[string]bool{}
	for i, t := range m.Types {
		if !typePattern.MatchString(t.Name) || len(t.Name) > 64 {
			p.add("types[%d]: name %q must be lower-case letters, digits, single hyphens and underscores", i, t.Name)
		}
		if seen[t.Name] {
			p.add("types[%d]: name %q stands twice", i, t.Name)
		}
		seen[t.Name] = true
		p.text(fmt.Sprintf("types[%d].title", i), t.Title, true)
		p.file(fmt.Sprintf("types[%d].icon", i), t.Icon)
		if t.Kind != wire.KindComponent && t.Kind != wire.KindApp && t.Kind != wire.KindGrader {
			p.add("types[%d]: kind %q must be component, app or grader", i, t.Kind)
		}
		if t.Kind == wire.KindApp && m.Per == "" {
			p.add("types[%d]: an app needs per: run or site", i)
		}
	}
}

func (m *Manifest) permissionProblems(p *problems) {
	if len(m.Permissions) > maxPermissions {
		p.add("permissions: %d, the limit is %d", len(m.Permissions), maxPermissions)
		return
	}
	names, seen := Names(), map[string]bool{}
	for i, permission := range m.Permissions {
		place := fmt.Sprintf("permissions[%d] (%s)", i, permission.Name)
		if !slices.Contains(names, permission.Name) {
			p.add("%s: unknown; known are %s", place, strings.Join(names, ", "))
			continue
		}
		if seen[permission.Name] {
			p.add("%s: stands twice", place)
		}
		seen[permission.Name] = true
		p.text(place+": reason", permission.Reason, true)
		valueProblems(p, place, permission)
	}
}

func valueProblems(p *problems, place string, permission Permission) {
	wanted := extra[permission.Name]
	if permission.Name == string(wire.ServiceHTTP) {
		wanted = "hosts"
	}
	switch {
	case wanted == "" && len(permission.Values) > 0:
		p.add("%s: takes no values", place)
	case wanted != "" && len(permission.Values) == 0:
		p.add("%s: values is missing: name the %s", place, wanted)
	case len(permission.Values) > maxValues:
		p.add("%s: %d values, the limit is %d", place, len(permission.Values), maxValues)
	}
	for _, value := range permission.Values {
		p.text(place+": values", value, true)
		if wanted == "hosts" && !hostPattern.MatchString(value) {
			p.add("%s: %q is no host name such as api.example.org", place, value)
		}
	}
}
