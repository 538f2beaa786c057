package authoring

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Limits of a search.
const (
	// MaxWords bounds what is looked for, in bytes.
	MaxWords = 200
	// MaxWith bounds what stands in its place, in bytes.
	MaxWith = 2000
	// MaxFound bounds the fields that a search lists, and those that one replacement changes.
	MaxFound = 500
	excerpts = 3
	around   = 60 // bytes before and after what was found
)

// Looking is what is looked for in the texts of a course: titles, texts and markup that authors write, in the order of the course.
// What a block keeps as an object of no declared shape is not looked into.
type Looking struct {
	Words string
	// With is what stands in its place after a replacement.
	With string
	// Case says that the case of letters counts, Whole that only whole words do.
	Case, Whole bool
	// Tags looks into the tags of markup as well, and takes Words and With as markup; else both are text.
	Tags bool
}

// Occurrence is a field in which it was found.
type Occurrence struct {
	Usage, Unit key.Usage
	Title       string
	Field       string
	// Value names what the field held: a replacement changes nothing else.
	Value string
	Count int
	// Excerpts are the first of the places.
	Excerpts []Excerpt
	// Unsound says that a replacement would leave markup that cannot be read, so that none is made.
	Unsound bool
}

// Excerpt is one place in a text.
type Excerpt struct{ Before, Found, After, With string }

// Picked names a field that is to be changed.
type Picked struct {
	Usage        key.Usage
	Field, Value string
}

// seeker looks into values.
type seeker struct {
	looking      Looking
	text, markup *regexp.Regexp
	withMarkup   string
}

// entity is a character of markup that is written by its name or number: it is found as a whole or not at all.
var entity = regexp.MustCompile(`&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9A-Fa-f]+);`)

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func (l *Looking) seeker() (*seeker, error) {
	if strings.TrimSpace(l.Words) == "" || len(l.Words) > MaxWords || len(l.With) > MaxWith || !utf8.ValidString(l.Words) || !utf8.ValidString(l.With) {
		return nil, invalid(CodeTooLarge, "words", "between one letter and %d bytes of text to look for, and at most %d in their place", MaxWords, MaxWith)
	}
	s := &seeker{looking: *l, withMarkup: l.With}
	words := l.Words
	if !l.Tags {
		words, s.withMarkup = escaper.Replace(l.Words), escaper.Replace(l.With)
	}
	compile := func(words string) *regexp.Regexp {
		words = regexp.QuoteMeta(words)
		if !l.Case {
			words = "(?i)" + words
		}
		return regexp.MustCompile(words)
	}
	s.text, s.markup = compile(l.Words), compile(words)
	return s, nil
}

// spans are the places of a text where it is found.
func (s *seeker) spans(text string, markup bool) [][]int {
	pattern := s.text
	if markup {
		pattern = s.markup
	}
	found := pattern.FindAllStringIndex(text, -1)
	if len(found) == 0 {
		return nil
	}
	if s.looking.Whole {
		found = slices.DeleteFunc(found, func(at []int) bool {
			before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
			after, _ := utf8.DecodeRuneInString(text[at[1]:])
			first, _ := utf8.DecodeRuneInString(text[at[0]:])
			last, _ := utf8.DecodeLastRuneInString(text[:at[1]])
			return letter(before) && letter(first) || letter(after) && letter(last)
		})
	}
	if markup && !s.looking.Tags {
		inText, entities := textSpans(text), entity.FindAllStringIndex(text, -1)
		found = slices.DeleteFunc(found, func(at []int) bool {
			return !slices.ContainsFunc(inText, func(in [2]int) bool { return in[0] <= at[0] && at[1] <= in[1] }) ||
				slices.ContainsFunc(entities, func(of []int) bool {
					return at[0] < of[1] && of[0] < at[1] && (of[0] < at[0] || at[1] < of[1])
				})
		})
	}
	return found
}

func letter(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
}

// textSpans are the parts of markup that a reader sees as text.
func textSpans(markup string) [][2]int {
	tokens, at, raw := html.NewTokenizer(strings.NewReader(markup)), 0, ""
	var spans [][2]int
	for {
		kind := tokens.Next()
		length := len(tokens.Raw())
		if kind == html.ErrorToken {
			return spans
		}
		switch name, _ := tokens.TagName(); {
		case kind == html.TextToken && raw == "":
			spans = append(spans, [2]int{at, at + length})
		case kind == html.StartTagToken && (string(name) == "script" || string(name) == "style"):
			raw = string(name)
		case kind == html.EndTagToken && string(name) == raw:
			raw = ""
		}
		at += length
	}
}

// outcome is what became of one value.
type outcome struct {
	count    int
	excerpts []Excerpt
	unsound  bool
}

// replaced gives a text with each place replaced.
func (s *seeker) replaced(text string, kind wire.FieldType, into *outcome) string {
	markup := kind == wire.TypeHTML || kind == wire.TypeXML
	found := s.spans(text, markup)
	if len(found) == 0 {
		return text
	}
	with := s.looking.With
	if markup {
		with = s.withMarkup
	}
	var out strings.Builder
	end := 0
	for _, at := range found {
		out.WriteString(text[end:at[0]])
		out.WriteString(with)
		end = at[1]
		if into.count++; len(into.excerpts) < excerpts {
			into.excerpts = append(into.excerpts, Excerpt{head(text[:at[0]]), text[at[0]:at[1]], tail(text[at[1]:]), with})
		}
	}
	out.WriteString(text[end:])
	if markup && !sound(text, text, out.String()) {
		into.unsound = true
	}
	return out.String()
}

// head is the end of what stands before a place, tail the beginning of what stands after it.
func head(text string) string {
	if len(text) <= around {
		return text
	}
	text = text[len(text)-around:]
	for len(text) > 0 && !utf8.RuneStart(text[0]) {
		text = text[1:]
	}
	return "…" + text
}

func tail(text string) string {
	if len(text) <= around {
		return text
	}
	end := around
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// nameOf names a value, so that a replacement finds it as it was.
func nameOf(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:8])
}

// textual reports whether values of a type are words that an author writes freely.
func textual(kind wire.FieldType, values []wire.Value) bool {
	return len(values) == 0 && slices.Contains([]wire.FieldType{wire.TypeString, wire.TypeText, wire.TypeHTML, wire.TypeXML}, kind)
}

// value replaces in a field's value, as its declaration lets it be looked into.
func (s *seeker) value(field *wire.Field, value string, into *outcome) (string, error) {
	if textual(field.Type, field.Values) {
		var text string
		if json.Unmarshal([]byte(value), &text) != nil {
			return value, nil //nolint:nilerr // a value of another type is not looked into
		}
		return s.quoted(text, field.Type, value, into)
	}
	if field.Type != wire.TypeList || len(field.Items) == 0 {
		return value, nil
	}
	var rows []json.RawMessage
	if json.Unmarshal([]byte(value), &rows) != nil {
		return value, nil //nolint:nilerr // it is not looked into
	}
	before := into.count
	for i := range rows {
		changed, err := s.row(field.Items, string(rows[i]), into)
		if err != nil {
			return value, err
		}
		rows[i] = json.RawMessage(changed)
	}
	if into.count == before {
		return value, nil
	}
	data, err := json.Marshal(rows)
	return string(data), err
}

func (s *seeker) quoted(text string, kind wire.FieldType, was string, into *outcome) (string, error) {
	changed := s.replaced(text, kind, into)
	if changed == text {
		return was, nil
	}
	return quote(changed), nil
}

// row replaces in one entry of a list.
func (s *seeker) row(items []wire.Item, value string, into *outcome) (string, error) {
	if items[0].Name == "" {
		var text string
		if !textual(items[0].Type, items[0].Values) || json.Unmarshal([]byte(value), &text) != nil {
			return value, nil //nolint:nilerr // it is not looked into
		}
		return s.quoted(text, items[0].Type, value, into)
	}
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(value), &members) != nil {
		return value, nil //nolint:nilerr // it is not looked into
	}
	for i := range items {
		var text string
		member, there := members[items[i].Name]
		if !there || !textual(items[i].Type, items[i].Values) || json.Unmarshal(member, &text) != nil {
			continue
		}
		changed, err := s.quoted(text, items[i].Type, string(member), into)
		if err != nil {
			return value, err
		}
		members[items[i].Name] = json.RawMessage(changed)
	}
	data, err := json.Marshal(members)
	return string(data), err
}

// titleField is what every block has, and all that is looked into of containers.
var titleField = wire.Field{Name: "display_name", Scope: wire.ScopeSettings, Type: wire.TypeString}

// searchable are the fields of a type that are looked into.
func (a *Authoring) searchable(ctx context.Context, blockType string) []wire.Field {
	fields := []wire.Field{titleField}
	if course.Structural(blockType) {
		return fields
	}
	declared, _ := a.config.Blocks.Declared(ctx, blockType) // a type that is not installed has its title alone
	for i := range declared {
		f := &declared[i]
		if f.Scope.Authored() && f.Name != titleField.Name && (textual(f.Type, f.Values) || f.Type == wire.TypeList && len(f.Items) > 0) {
			fields = append(fields, *f)
		}
	}
	return fields
}

// Search looks for words in a course as its team has it. It lists the first [MaxFound] fields, and tells whether there are more.
func (a *Authoring) Search(ctx context.Context, run key.Course, l Looking) (found []Occurrence, more bool, err error) {
	s, err := l.seeker()
	if err != nil {
		return nil, false, err
	}
	whole, err := a.Whole(ctx, run)
	if err != nil {
		return nil, false, err
	}
	contents, err := a.wholeContents(ctx, whole)
	if err != nil {
		return nil, false, err
	}
	fields := map[string][]wire.Field{}
	for _, part := range whole.Parts {
		if _, known := fields[part.Usage.Type]; !known {
			fields[part.Usage.Type] = a.searchable(ctx, part.Usage.Type)
		}
		content := contents[part.Hash]
		if content == nil {
			return nil, false, fmt.Errorf("revision %s is missing from the store", part.Hash)
		}
		for i := range fields[part.Usage.Type] {
			field := &fields[part.Usage.Type][i]
			value, set := content.Fields[field.Name]
			if !set {
				continue
			}
			var o outcome
			if _, err := s.value(field, value, &o); err != nil {
				return nil, false, err
			}
			if o.count == 0 {
				continue
			}
			if len(found) >= MaxFound {
				return found, true, nil
			}
			one := Occurrence{Usage: part.Usage, Title: part.Title, Field: field.Name, Value: nameOf(value), Count: o.count, Excerpts: o.excerpts, Unsound: o.unsound}
			if part.Unit != nil {
				one.Unit = part.Unit.Usage
			}
			found = append(found, one)
		}
	}
	return found, false, nil
}

// wholeContents reads every content of a working copy.
func (a *Authoring) wholeContents(ctx context.Context, whole *Whole) (map[string]*course.Revision, error) {
	var hashes []string
	for _, part := range whole.Parts {
		if whole.Made[part.Hash] == nil {
			hashes = append(hashes, part.Hash)
		}
	}
	contents, err := a.courses.RevisionsByHash(ctx, hashes)
	if err != nil {
		return nil, err
	}
	maps.Copy(contents, whole.Made)
	return contents, nil
}

// Replace replaces in the picked fields, as one change that can be taken back. A field that holds something else than when it was
// picked, or whose markup would not be sound, is left; left tells how many are.
func (a *Authoring) Replace(ctx context.Context, who Author, run key.Course, l Looking, picked ...Picked) (op Op, left int, err error) {
	s, err := l.seeker()
	if err != nil {
		return Op{}, 0, err
	}
	if len(picked) == 0 || len(picked) > MaxFound {
		return Op{}, 0, invalid(CodeTooLarge, "", "%d fields at once; between 1 and %d are allowed", len(picked), MaxFound)
	}
	if err := a.finish(ctx, run, abandoned); err != nil {
		return Op{}, 0, err
	}
	c := a.plan(run, who, KindReplace)
	c.entry.Note = l.Words + " → " + l.With
	for _, p := range picked {
		if p.Usage.Course != run {
			return Op{}, 0, fmt.Errorf("%w: %s", ErrNotFound, p.Usage)
		}
		revision, err := c.edit(ctx, p.Usage)
		if err != nil {
			return Op{}, 0, err
		}
		fields := a.searchable(ctx, p.Usage.Type)
		at := slices.IndexFunc(fields, func(f wire.Field) bool { return f.Name == p.Field })
		value, set := revision.Fields[p.Field]
		if at < 0 || !set || nameOf(value) != p.Value {
			left++
			continue
		}
		var o outcome
		changed, err := s.value(&fields[at], value, &o)
		if err != nil {
			return Op{}, 0, err
		}
		if o.unsound || o.count == 0 {
			left++
			continue
		}
		if revision.Fields == nil {
			revision.Fields = store.Map[string]{}
		}
		revision.Fields[p.Field] = changed
		if !slices.Contains(c.entry.Fields, p.Field) {
			c.entry.Fields = append(c.entry.Fields, p.Field)
		}
	}
	slices.Sort(c.entry.Fields)
	op, err = c.do(ctx)
	return op, left, err
}
