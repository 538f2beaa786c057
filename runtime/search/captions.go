package search

import (
	"bytes"
	"encoding/json"
	"path"
	"strings"
	"unicode/utf8"
)

// MaxTranscript bounds a transcript that is read, in bytes.
const MaxTranscript = 2 << 20

// Captions gives the words of a transcript: SRT and WebVTT without numbers, times and tags, the texts of Open edX's sjson,
// and any other text as it is. What cannot be read has no words.
func Captions(name string, data []byte) string {
	if !utf8.Valid(data) {
		return ""
	}
	if path.Ext(name) == ".sjson" {
		var file struct {
			Text []string `json:"text"`
		}
		if json.Unmarshal(data, &file) != nil {
			return ""
		}
		return strings.Join(strings.Fields(strings.Join(file.Text, " ")), " ")
	}
	var b strings.Builder
	head := bytes.HasPrefix(bytes.TrimPrefix(data, []byte("\ufeff")), []byte("WEBVTT"))
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		switch {
		case line == "":
			head = false
		case head, strings.Contains(line, "-->"), number(line), strings.HasPrefix(line, "NOTE "):
		default:
			b.WriteString(untagged(line) + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func number(line string) bool {
	return strings.Trim(line, "0123456789") == ""
}

// untagged takes <i>, <v Name> and the like out.
func untagged(line string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(line, "<")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		_, after, closed := strings.Cut(rest, ">")
		if !closed { // a sign, no tag
			b.WriteString("<" + rest)
			return b.String()
		}
		line = after
	}
}
