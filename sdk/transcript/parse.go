package transcript

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Limits on a transcript.
const (
	// MaxLines bounds the lines that are read; the rest is left out.
	MaxLines = 20_000
	// maxSeconds is a day: later lines are mistakes.
	maxSeconds = 24 * 60 * 60
	// maxTag bounds a tag in bytes, so that a file full of < is read in one go.
	maxTag = 300
)

// ErrEmpty says that nothing in the file is a line of a transcript.
var ErrEmpty = errors.New("no line of a transcript found")

// Line is what is said from one time to another, in seconds.
type Line struct {
	Start float64 `json:"start"`
	End   float64 `json:"end"`
	// Text is plain; it may hold line ends.
	Text string `json:"text"`
}

// Parse reads a transcript of any of the formats, in UTF-8, UTF-16 with a byte order mark or Latin-1. The lines are in the
// order of their starts.
func Parse(data []byte) ([]Line, error) {
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(decode(data))
	var lines []Line
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		lines = sjson(text)
	}
	if lines == nil {
		lines = timed(text)
	}
	lines = slices.DeleteFunc(lines, func(l Line) bool {
		return l.Text == "" || !(l.Start >= 0 && l.End >= l.Start && l.End <= maxSeconds)
	})
	if len(lines) == 0 {
		return nil, ErrEmpty
	}
	slices.SortStableFunc(lines, func(a, b Line) int { return cmp.Compare(a.Start, b.Start) })
	return lines, nil
}

// decode makes UTF-8 of what editors save.
func decode(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}), bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		little := data[0] == 0xFF
		units := make([]uint16, 0, len(data)/2)
		for i := 2; i+1 < len(data); i += 2 {
			if little {
				units = append(units, uint16(data[i])|uint16(data[i+1])<<8)
			} else {
				units = append(units, uint16(data[i])<<8|uint16(data[i+1]))
			}
		}
		return string(utf16.Decode(units))
	case utf8.Valid(data):
		return strings.TrimPrefix(string(data), "\uFEFF")
	}
	runes := make([]rune, len(data))
	for i, b := range data {
		runes[i] = rune(b)
	}
	return string(runes)
}

// sjson reads Open edX's own format: three lists, times in milliseconds. It gives nil for another JSON.
func sjson(text string) []Line {
	var lists struct {
		Start, End []float64
		Text       []string
	}
	if json.Unmarshal([]byte(text), &lists) != nil {
		return nil
	}
	var lines []Line
	for i := range min(len(lists.Start), len(lists.End), len(lists.Text), MaxLines) {
		lines = append(lines, Line{lists.Start[i] / 1000, lists.End[i] / 1000, plain(lists.Text[i])})
	}
	return lines
}

// timed reads SubRip and WebVTT: a line of times, then text up to an empty line. What stands elsewhere, such as numbers,
// notes and styles, is skipped.
func timed(text string) []Line {
	var lines []Line
	var said []string
	open := false
	finish := func() {
		if open {
			lines[len(lines)-1].Text = plain(strings.Join(said, "\n"))
		}
		open, said = false, nil
	}
	for row := range strings.SplitSeq(text, "\n") {
		start, end, ok := times(row)
		switch {
		case ok && len(lines) == MaxLines:
			finish()
			return lines
		case ok:
			if open && len(said) > 0 && number(said[len(said)-1]) { // the next line's number, where no empty line stands before
				said = said[:len(said)-1]
			}
			finish()
			lines, open = append(lines, Line{Start: start, End: end}), true
		case strings.TrimSpace(row) == "":
			finish()
		case open:
			said = append(said, row)
		}
	}
	finish()
	return lines
}

// times reads "00:01:02,500 --> 00:01:04.000 position:50%".
func times(row string) (start, end float64, ok bool) {
	before, after, found := strings.Cut(row, "-->")
	if !found {
		return 0, 0, false
	}
	words := strings.Fields(after)
	if len(words) == 0 {
		return 0, 0, false
	}
	start, ok = seconds(strings.TrimSpace(before))
	if !ok {
		return 0, 0, false
	}
	end, ok = seconds(words[0])
	return start, end, ok
}

// seconds reads [hours:]minutes:seconds with a comma or a dot before the fraction.
func seconds(text string) (float64, bool) {
	parts := strings.Split(strings.ReplaceAll(text, ",", "."), ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, false
	}
	total := 0.0
	for _, part := range parts {
		part = strings.TrimSpace(part)
		if part == "" || strings.Trim(part, "0123456789.") != "" {
			return 0, false
		}
		n, err := strconv.ParseFloat(part, 64)
		if err != nil {
			return 0, false
		}
		total = total*60 + n
	}
	return total, true
}

func number(text string) bool {
	text = strings.TrimSpace(text)
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// plain takes tags out and resolves character references: <i>, <font color="red">, <c.loud>, <00:01.000>, {\an8}. A voice,
// <v Ann>, becomes "Ann:". A < that begins no tag stays.
func plain(text string) string {
	if strings.ContainsAny(text, "<{") {
		text = untagged(text)
	}
	if strings.Contains(text, "&") {
		text = html.UnescapeString(text)
	}
	var rows []string
	for row := range strings.SplitSeq(text, "\n") {
		if row = strings.Join(strings.Fields(row), " "); row != "" {
			rows = append(rows, row)
		}
	}
	return strings.Join(rows, "\n")
}

func untagged(text string) string {
	var b strings.Builder
	for text != "" {
		at := strings.IndexAny(text, "<{")
		if at < 0 {
			break
		}
		b.WriteString(text[:at])
		closing := ">"
		if text[at] == '{' {
			closing = "}"
		}
		rest := text[at+1:]
		end := strings.Index(rest[:min(len(rest), maxTag)], closing)
		if end < 0 || !isTag(text[at], rest[:end]) {
			b.WriteByte(text[at])
			text = rest
			continue
		}
		tag := rest[:end]
		if voice, ok := strings.CutPrefix(tag, "v "); ok && text[at] == '<' {
			b.WriteString(strings.TrimSpace(voice) + ": ")
		}
		text = rest[end+1:]
	}
	b.WriteString(text)
	return b.String()
}

func isTag(open byte, tag string) bool {
	if tag == "" || strings.ContainsAny(tag, "<{\n") {
		return false
	}
	c := tag[0]
	if open == '{' {
		return c == '\\'
	}
	return c == '/' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' && strings.Contains(tag, ":")
}
