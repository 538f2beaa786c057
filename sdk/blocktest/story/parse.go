package story

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of one story.
const (
	maxLines = 5000
	maxLine  = 64 << 10
)

// ErrStory is wrapped by every error about the text of a story; it names the line.
var ErrStory = errors.New("bad story")

// Story is a parsed story.
type Story struct {
	// Name is the file's, for messages.
	Name    string
	Archive *Archive
	Lines   []Line
}

// Line is one command of a story.
type Line struct {
	// Number counts from 1 in the file.
	Number int
	// Text is the line without indentation.
	Text    string
	Command string
}

// Parse reads a story. Unknown commands and wrong numbers of words are errors here, before anything is played.
func Parse(name string, data []byte) (*Story, error) {
	archive, err := ParseArchive(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	s := &Story{Name: name, Archive: archive}
	number := 0
	for text := range strings.Lines(string(archive.Comment)) {
		number++
		text = strings.TrimSpace(text)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		line, err := parseLine(number, text)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, number, err)
		}
		if s.Lines = append(s.Lines, line); len(s.Lines) > maxLines {
			return nil, fmt.Errorf("%s:%d: %w: more than %d lines", name, number, ErrStory, maxLines)
		}
	}
	return s, nil
}

func parseLine(number int, text string) (Line, error) {
	if len(text) > maxLine || !utf8.ValidString(text) {
		return Line{}, fmt.Errorf("%w: a line is UTF-8 text of at most %d bytes", ErrStory, maxLine)
	}
	command, _, _ := strings.Cut(text, " ")
	line := Line{Number: number, Text: text, Command: command}
	c, ok := commands[command]
	if !ok {
		return line, fmt.Errorf("%w: no command is called %q; there are %s", ErrStory, command, strings.Join(slices.Sorted(maps.Keys(commands)), ", "))
	}
	_, err := c.split(text)
	return line, err
}

// args are the words of one line.
type args struct {
	// words are those before the tail, the command left out.
	words []string
	// tail is what stands behind them, as it stands: a text or JSON.
	tail string
}

// word returns a word, "" when there is none.
func (a args) word(i int) string {
	if i < len(a.words) {
		return a.words[i]
	}
	return ""
}

// split cuts a line into its words, as its command takes them.
func (c *command) split(text string) (args, error) {
	_, rest, _ := strings.Cut(text, " ")
	var a args
	for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
		if c.tail && (c.most >= 0 && len(a.words) >= c.most || len(a.words) >= c.least && startsTail(rest)) {
			a.tail = rest
			break
		}
		word, after, err := cutWord(rest)
		if err != nil {
			return a, fmt.Errorf("%w: %s: %w", ErrStory, c.usage, err)
		}
		a.words, rest = append(a.words, word), after
	}
	switch {
	case len(a.words) < c.least, c.needsTail && a.tail == "":
		return a, fmt.Errorf("%w: too few words: %s", ErrStory, c.usage)
	case c.most >= 0 && len(a.words) > c.most:
		return a, fmt.Errorf("%w: too many words: %s", ErrStory, c.usage)
	}
	return a, nil
}

// startsTail reports whether what follows is JSON or a file rather than one more word.
func startsTail(rest string) bool { return strings.IndexByte("{[@", rest[0]) >= 0 }

// cutWord takes one word: up to white space, with quoted stretches taken whole.
func cutWord(text string) (word, rest string, err error) {
	var b strings.Builder
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case ' ', '\t':
			return b.String(), text[i:], nil
		case '\'':
			end := strings.IndexByte(text[i+1:], '\'')
			if end < 0 {
				return "", "", errors.New("a ' has no second one")
			}
			b.WriteString(text[i+1 : i+1+end])
			i += end + 2
		case '"':
			end := quotedEnd(text[i:])
			var value string
			if end < 0 || json.Unmarshal([]byte(text[i:i+end]), &value) != nil {
				return "", "", errors.New(`a "..." is no JSON string`)
			}
			b.WriteString(value)
			i += end
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String(), "", nil
}

// quotedEnd is the length of the JSON string that text starts with, -1 when it does not end.
func quotedEnd(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// Commands lists every command with what it takes and does, in the order of their names.
func Commands() []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(commands)) {
		list = append(list, commands[name].usage)
	}
	return list
}
