package rules

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Limits of a spec.
const (
	maxCollectionName = 48
	maxIndexName      = 32
	maxIndexes        = 32
	maxFields         = 4
	maxPathBytes      = 256
	maxPathNames      = 16
)

// LearnersIndex is the name of the index that Spec.Learners asks for.
const LearnersIndex = "learners"

// Collection is a spec that was checked. It is not changed after [Compile].
type Collection struct {
	Name    string
	Indexes []*Index
}

// Index is the checked form of a store.Index. Its JSON form is what stores keep about an index, so the tags must not
// change.
type Index struct {
	Name   string `json:"name"`
	Fields []Path `json:"fields"`
	Unique bool   `json:"unique,omitempty"`
	Multi  bool   `json:"multi,omitempty"`
}

// Path leads through nested documents to a field.
type Path []string

// String joins the names with dots.
func (p Path) String() string { return strings.Join(p, ".") }

// Compile checks a spec.
func Compile(spec store.Spec) (*Collection, error) {
	fail := func(format string, args ...any) (*Collection, error) {
		return nil, fmt.Errorf("collection %.60q: %w: %s", spec.Name, store.ErrInvalid, fmt.Sprintf(format, args...))
	}
	if !validName(spec.Name, maxCollectionName) {
		return fail("a name is lower-case letters, digits and underscores, starts with a letter and has at most %d bytes", maxCollectionName)
	}
	indexes := slices.Clone(spec.Indexes)
	if spec.Learners != "" {
		indexes = append(indexes, store.Index{Name: LearnersIndex, Fields: []string{spec.Learners}, Multi: true})
	}
	if len(indexes) > maxIndexes {
		return fail("%d indexes, at most %d are allowed", len(indexes), maxIndexes)
	}
	c := &Collection{Name: spec.Name}
	for i, declared := range indexes {
		if declared.Name == LearnersIndex && (spec.Learners == "" || i < len(spec.Indexes)) {
			return fail("the index name %q is made by Spec.Learners", LearnersIndex)
		}
		index, err := compileIndex(declared)
		if err != nil {
			return fail("index %.60q: %v", declared.Name, err)
		}
		if _, ok := c.Index(index.Name); ok {
			return fail("two indexes are named %q", index.Name)
		}
		c.Indexes = append(c.Indexes, index)
	}
	return c, nil
}

func compileIndex(declared store.Index) (*Index, error) {
	if !validName(declared.Name, maxIndexName) {
		return nil, fmt.Errorf("a name is lower-case letters, digits and underscores, starts with a letter and has at most %d bytes", maxIndexName)
	}
	if len(declared.Fields) == 0 || len(declared.Fields) > maxFields {
		return nil, fmt.Errorf("%d fields, 1 to %d are allowed", len(declared.Fields), maxFields)
	}
	index := &Index{Name: declared.Name, Unique: declared.Unique, Multi: declared.Multi}
	for _, field := range declared.Fields {
		path, err := ParsePath(field)
		if err != nil {
			return nil, err
		}
		for _, earlier := range index.Fields {
			if slices.Equal(earlier, path) {
				return nil, fmt.Errorf("field %q stands twice", field)
			}
		}
		index.Fields = append(index.Fields, path)
	}
	return index, nil
}

// Index finds an index by name.
func (c *Collection) Index(name string) (*Index, bool) {
	for _, index := range c.Indexes {
		if index.Name == name {
			return index, true
		}
	}
	return nil, false
}

// Same tells whether two definitions are equal.
func (x *Index) Same(other *Index) bool {
	return x.Name == other.Name && x.Unique == other.Unique && x.Multi == other.Multi &&
		slices.EqualFunc(x.Fields, other.Fields, slices.Equal[Path])
}

// String describes the definition for error messages.
func (x *Index) String() string {
	var b strings.Builder
	if x.Unique {
		b.WriteString("unique ")
	}
	if x.Multi {
		b.WriteString("multi ")
	}
	b.WriteString("(")
	for i, field := range x.Fields {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(field.String())
	}
	b.WriteString(")")
	return b.String()
}

// ParsePath checks the path of an indexed or incremented field.
func ParsePath(path string) (Path, error) {
	names := strings.Split(path, ".")
	if len(path) > maxPathBytes || len(names) > maxPathNames {
		return nil, fmt.Errorf("%w: path %.60q is longer than %d names or %d bytes", store.ErrInvalid, path, maxPathNames, maxPathBytes)
	}
	for _, name := range names {
		if problem := nameProblem([]byte(name)); problem != "" {
			return nil, fmt.Errorf("%w: path %q: a name %s", store.ErrInvalid, path, problem)
		}
		if strings.ContainsRune(name, 0) {
			return nil, fmt.Errorf("%w: path %q: a name holds a NUL byte", store.ErrInvalid, path)
		}
		if strings.Trim(name, "0123456789") == "" {
			return nil, fmt.Errorf("%w: path %q: the name %q is a number, which databases take for a place in an array", store.ErrInvalid, path, name)
		}
	}
	return names, nil
}

// ValidID tells whether a document can have this id.
func ValidID(id string) bool {
	return id != "" && len(id) <= store.MaxID && utf8.ValidString(id)
}

// CheckToken checks a token of Increment.Once.
func CheckToken(token string) error {
	if len(token) > store.MaxID || !utf8.ValidString(token) {
		return fmt.Errorf("%w: token %.60q is not 1 to %d bytes of UTF-8", store.ErrInvalid, token, store.MaxID)
	}
	return nil
}

func validName(name string, limit int) bool {
	if name == "" || len(name) > limit || name[0] < 'a' || name[0] > 'z' {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}
