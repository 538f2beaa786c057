package transcript

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Code says what is wrong with a file of captions.
type Code string

// The codes of problems. Those of warnings leave the file as good as it was.
const (
	// CodeEmpty: no line of captions is in it.
	CodeEmpty Code = "empty"
	// CodeBinary: it is no text.
	CodeBinary Code = "binary"
	// CodeTimes: a line with --> does not name two times.
	CodeTimes Code = "times"
	// CodeBackwards: the end is not after the start.
	CodeBackwards Code = "backwards"
	// CodeLate: a time is later than a day.
	CodeLate Code = "late"
	// CodeStray: words without times.
	CodeStray Code = "stray"
	// CodeMany: more lines than a player is given.
	CodeMany Code = "many"
	// CodeLists: it is JSON, and not that of captions.
	CodeLists Code = "lists"

	// CodeSilent warns of times without words, CodeOrder of a start before the start of the line above.
	CodeSilent Code = "silent"
	CodeOrder  Code = "order"
)

// Warning reports whether captions with the problem can be used.
func (c Code) Warning() bool { return c == CodeSilent || c == CodeOrder }

// Problem is something wrong with a file of captions.
type Problem struct {
	Code Code
	// Line counts the file's lines from 1; 0 is the file as a whole. In sjson it counts the entries.
	Line int
	// Text is what stands there, cut to a length that can be shown.
	Text string
}

// maxProblems bounds what is told of one file, maxShown the text of one problem in characters.
const (
	maxProblems = 20
	maxShown    = 60
)

// Encoding names how a file's text is written.
type Encoding string

// The encodings.
const (
	UTF8   Encoding = "UTF-8"
	UTF16  Encoding = "UTF-16"
	Latin1 Encoding = "Latin-1"
)

// Checked is a file of captions that was looked at.
type Checked struct {
	// Text is the file in UTF-8, without a byte order mark, its lines ended by \n.
	Text string
	// Encoding is what the file came in. Latin1 is a guess: every byte is a letter in it.
	Encoding Encoding
	Lines    []Line
	// Problems are the first of them, in the order of the file.
	Problems []Problem
}

// Usable reports whether nothing but warnings was found.
func (c *Checked) Usable() bool {
	for _, p := range c.Problems {
		if !p.Code.Warning() {
			return false
		}
	}
	return len(c.Lines) > 0
}

// Check looks at a file of captions, strictly where a mistake costs words or times.
func Check(data []byte) Checked {
	c := Checked{Encoding: encodingOf(data)}
	c.Text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(decode(data))
	if strings.ContainsRune(c.Text, 0) {
		c.tell(CodeBinary, 0, "")
		return c
	}
	c.Lines, _ = Parse([]byte(c.Text)) // what is wrong is told below
	if strings.HasPrefix(strings.TrimSpace(c.Text), "{") {
		c.lists()
	} else {
		c.rows()
	}
	if len(c.Lines) == 0 && len(c.Problems) == 0 {
		c.tell(CodeEmpty, 0, "")
	}
	return c
}

func encodingOf(data []byte) Encoding {
	switch {
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}), bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		return UTF16
	case utf8.Valid(data):
		return UTF8
	}
	return Latin1
}

func (c *Checked) tell(code Code, line int, text string) {
	if len(c.Problems) >= maxProblems {
		return
	}
	if shown := []rune(strings.TrimSpace(text)); len(shown) > maxShown {
		text = string(shown[:maxShown]) + "…"
	} else {
		text = string(shown)
	}
	c.Problems = append(c.Problems, Problem{code, line, text})
}

// lists checks sjson.
func (c *Checked) lists() {
	var lists struct {
		Start, End []float64
		Text       []string
	}
	if json.Unmarshal([]byte(c.Text), &lists) != nil || len(lists.Start) != len(lists.End) || len(lists.Start) != len(lists.Text) {
		c.tell(CodeLists, 0, "")
		return
	}
	if len(lists.Start) > MaxLines {
		c.tell(CodeMany, MaxLines+1, "")
	}
	last := 0.0
	for i := range min(len(lists.Start), MaxLines) {
		c.between(i+1, lists.Text[i], lists.Start[i]/1000, lists.End[i]/1000, &last)
		if plain(lists.Text[i]) == "" {
			c.tell(CodeSilent, i+1, "")
		}
	}
}

// between checks the times of one line.
func (c *Checked) between(line int, text string, start, end float64, last *float64) {
	switch {
	case !(start >= 0 && end > start):
		c.tell(CodeBackwards, line, text)
	case end > maxSeconds:
		c.tell(CodeLate, line, text)
	case start < *last:
		c.tell(CodeOrder, line, text)
	}
	*last = max(*last, start)
}

// rows checks SubRip and WebVTT: blocks of lines with an empty one between them.
func (c *Checked) rows() {
	rows := strings.Split(c.Text, "\n")
	webVTT := len(rows) > 0 && strings.HasPrefix(rows[0], "WEBVTT")
	count, last := 0, 0.0
	for at := 0; at < len(rows); {
		if strings.TrimSpace(rows[at]) == "" {
			at++
			continue
		}
		end := at
		for end < len(rows) && strings.TrimSpace(rows[end]) != "" {
			end++
		}
		if webVTT && (at == 0 || notCue(rows[at])) {
			at = end
			continue
		}
		c.block(rows, at, end, webVTT, &count, &last)
		at = end
	}
	if count > MaxLines {
		c.tell(CodeMany, 0, "")
	}
}

// notCue reports whether a block of a WebVTT file says something else than what is said.
func notCue(row string) bool {
	for _, name := range []string{"NOTE", "STYLE", "REGION"} {
		if rest, ok := strings.CutPrefix(row, name); ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t' || rest[0] == ':') {
			return true
		}
	}
	return false
}

// block checks the lines from one empty line to the next.
func (c *Checked) block(rows []string, from, to int, webVTT bool, count *int, last *float64) {
	open, words, silentAt := false, 0, 0
	finish := func() {
		if open && words == 0 {
			c.tell(CodeSilent, silentAt+1, rows[silentAt])
		}
	}
	for i := from; i < to; i++ {
		row := rows[i]
		if strings.Contains(row, "-->") {
			finish()
			open, words, silentAt = true, 0, i
			start, end, ok := times(row)
			if !ok {
				c.tell(CodeTimes, i+1, row)
				continue
			}
			*count++
			c.between(i+1, row, start, end, last)
			continue
		}
		switch {
		case open && number(row) && i+1 < to && strings.Contains(rows[i+1], "-->"): // the next one's number, without an empty line before it
		case open:
			words++
		case i+1 < to && strings.Contains(rows[i+1], "-->") && (webVTT || number(row)): // a cue's number or name
		default:
			c.tell(CodeStray, i+1, row)
			return // one complaint for each piece of text
		}
	}
	finish()
}
