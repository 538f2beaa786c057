package authoring

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/quoin-lms/quoin/sdk/wire"
)

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

// maxPlaces bounds how often words are found in one value: beyond that nobody reads them, and nothing is replaced.
const maxPlaces = 10_000

// spans are the places of a text where it is found, of which there may be more.
func (s *seeker) spans(text string, markup bool) (found [][]int, more bool) {
	pattern := s.text
	if markup {
		pattern = s.markup
	}
	found = pattern.FindAllStringIndex(text, maxPlaces+1)
	if more = len(found) > maxPlaces; more {
		found = found[:maxPlaces]
	}
	if len(found) > 0 && s.looking.Whole {
		found = slices.DeleteFunc(found, func(at []int) bool {
			before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
			after, _ := utf8.DecodeRuneInString(text[at[1]:])
			first, _ := utf8.DecodeRuneInString(text[at[0]:])
			last, _ := utf8.DecodeLastRuneInString(text[:at[1]])
			return letter(before) && letter(first) || letter(after) && letter(last)
		})
	}
	if len(found) > 0 && markup && !s.looking.Tags {
		found = readByLearners(text, found)
	}
	return found, more
}

// readByLearners leaves the places that lie in markup's text, and cut no character that is written by its name. All three lists are
// in the text's order.
func readByLearners(markup string, found [][]int) [][]int {
	inText, entities := textSpans(markup), entity.FindAllStringIndex(markup, -1)
	return slices.DeleteFunc(found, func(at []int) bool {
		for len(inText) > 0 && inText[0][1] <= at[0] {
			inText = inText[1:]
		}
		for len(entities) > 0 && entities[0][1] <= at[0] {
			entities = entities[1:]
		}
		if len(inText) == 0 || at[0] < inText[0][0] || inText[0][1] < at[1] {
			return true
		}
		for _, of := range entities {
			if at[1] <= of[0] {
				return false
			}
			if of[0] < at[0] || at[1] < of[1] {
				return true
			}
		}
		return false
	})
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
	found, more := s.spans(text, markup)
	if len(found) == 0 {
		return text
	}
	with := s.looking.With
	if markup {
		with = s.withMarkup
	}
	if more || len(text)+len(found)*(len(with)+utf8.UTFMax) > maxField { // it could not be stored
		into.count += len(found)
		into.unsound = true
		return text
	}
	var out strings.Builder
	end := 0
	for _, at := range found {
		out.WriteString(text[end:at[0]])
		here := s.asThere(with, text[at[0]:at[1]])
		out.WriteString(here)
		end = at[1]
		if into.count++; len(into.excerpts) < excerpts {
			one := Excerpt{text[:at[0]], text[at[0]:at[1]], text[at[1]:], here}
			if markup && !s.looking.Tags {
				one = Excerpt{
					strings.TrimLeft(readText(one.Before), " \n"), readText(one.Found), strings.TrimRight(readText(one.After), " \n"), s.asThere(s.looking.With, one.Found),
				}
			}
			one.Before, one.After = head(one.Before), tail(one.After)
			into.excerpts = append(into.excerpts, one)
		}
	}
	out.WriteString(text[end:])
	if markup && !sound(text, text, out.String()) {
		into.unsound = true
	}
	return out.String()
}

// asThere gives what takes a place the first letter large or small as the place has it.
func (s *seeker) asThere(with, found string) string {
	was, _ := utf8.DecodeRuneInString(s.looking.Words)
	first, size := utf8.DecodeRuneInString(with)
	there, _ := utf8.DecodeRuneInString(found)
	if !s.looking.Keep || s.looking.Case || unicode.IsUpper(was) != unicode.IsUpper(first) || !unicode.IsLetter(there) || !unicode.IsLetter(first) {
		return with
	}
	if unicode.IsUpper(there) {
		return string(unicode.ToUpper(first)) + with[size:]
	}
	return string(unicode.ToLower(first)) + with[size:]
}

// blockTags begin or end what stands on a line of its own.
var blockTags = regexp.MustCompile(`(?i)</?(?:p|br|li|ul|ol|h[1-6]|div|td|th|tr|table|pre|blockquote)\b`)

// readText is what a reader sees of a piece of markup.
func readText(markup string) string {
	var out strings.Builder
	end := 0
	for _, at := range textSpans(markup) {
		if blockTags.MatchString(markup[end:at[0]]) {
			out.WriteByte(' ')
		}
		out.WriteString(html.UnescapeString(markup[at[0]:at[1]]))
		end = at[1]
	}
	if blockTags.MatchString(markup[end:]) {
		out.WriteByte(' ')
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
