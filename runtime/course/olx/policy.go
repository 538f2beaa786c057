package olx

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// mostPolicies bounds the attributes of one block in policy.json.
const mostPolicies = 512

// policy is policy.json: for each block the attributes that override its own.
type policy struct {
	file  string
	lines *intake.Lines
	// blocks are the entries by their key, TYPE/URL_NAME, and order the keys as they come.
	blocks map[string]*policyEntry
	order  []string
}

type policyEntry struct {
	start  int // of the key
	values []policyValue
	used   bool
}

type policyValue struct {
	name       string
	json       json.RawMessage
	start, end int
}

// text gives a value as an attribute would have it.
func (v policyValue) text() string {
	var s string
	if json.Unmarshal(v.json, &s) == nil && v.json[0] == '"' {
		return s
	}
	return string(v.json)
}

// parsePolicy reads two levels of objects; what is deeper stays JSON. Of a name that stands twice the last holds, as in
// Python's reader.
func parsePolicy(file string, data []byte) (*policy, int, error) {
	p := &policy{file: file, lines: intake.NewLines(data), blocks: map[string]*policyEntry{}}
	start := 0
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		start = 3
	}
	walker := &jsonWalker{data: data, base: start, decoder: json.NewDecoder(bytes.NewReader(data[start:]))}
	err := walker.object(func(key string, keyAt int) error {
		entry := &policyEntry{start: keyAt}
		if _, double := p.blocks[key]; !double {
			p.order = append(p.order, key)
		}
		p.blocks[key] = entry
		seen := map[string]int{}
		return walker.object(func(name string, _ int) error {
			var raw json.RawMessage
			if err := walker.decoder.Decode(&raw); err != nil {
				return err
			}
			end := walker.offset()
			value := policyValue{name: name, json: raw, start: end - len(raw), end: end}
			if at, double := seen[name]; double {
				entry.values[at] = value
				return nil
			}
			if len(entry.values) == mostPolicies {
				return fmt.Errorf("a block has more than %d attributes", mostPolicies)
			}
			seen[name] = len(entry.values)
			entry.values = append(entry.values, value)
			return nil
		})
	})
	if err == nil {
		if _, more := walker.decoder.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows the object")
		}
	}
	at := walker.offset()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = start + int(syntax.Offset)
	}
	return p, at, err
}

// jsonWalker reads objects and knows where it is.
type jsonWalker struct {
	data    []byte
	base    int
	decoder *json.Decoder
}

func (w *jsonWalker) offset() int { return w.base + int(w.decoder.InputOffset()) }

var errNoObject = errors.New("an object was expected")

// object reads an object, calling each at every name; each reads the value.
func (w *jsonWalker) object(each func(name string, at int) error) error {
	token, err := w.decoder.Token()
	if err != nil {
		return err
	}
	if token != json.Delim('{') {
		return errNoObject
	}
	for w.decoder.More() {
		before := w.offset()
		token, err := w.decoder.Token()
		if err != nil {
			return err
		}
		name, ok := token.(string)
		if !ok {
			return errNoObject
		}
		at := before + max(0, bytes.IndexByte(w.data[before:w.offset()], '"'))
		if err := each(name, at); err != nil {
			return err
		}
	}
	_, err = w.decoder.Token()
	return err
}

// readPolicy reads the policy of a run, from the newer place or the older one.
func (r *reader) readPolicy(run string) {
	r.policy = &policy{}
	for _, name := range []string{"policies/" + run + "/policy.json", "policies/" + run + ".json"} {
		path, ok := r.lookup(name)
		if !ok {
			continue
		}
		r.claim(path, RolePolicy, nil)
		data, err := r.text(path)
		if err != nil {
			r.find(Finding{Code: CodePolicy, File: path, Message: "the policy cannot be read: " + err.Error()})
			return
		}
		p, at, err := parsePolicy(path, data)
		if err != nil {
			line, column := p.lines.Position(at)
			r.find(Finding{
				Code: CodePolicy, File: path, Line: line, Column: column,
				Message: "the policy is not a JSON object of objects, none of it counts: " + err.Error(), Fix: "mend the JSON",
			})
			return
		}
		r.policy = p
		if len(p.order) > 0 { // an empty one counts as none, as in Open edX
			return
		}
	}
}

// pageTypes are what Open edX calls the pages beside the course; they have no block here.
var pageTypes = []string{"static_tab", "course_info", "about", "custom_tag_template"}

// unusedPolicies reports entries that no block has.
func (r *reader) unusedPolicies() {
	for _, name := range r.policy.order {
		entry := r.policy.blocks[name]
		blockType, _, _ := strings.Cut(name, "/")
		if entry.used || len(entry.values) == 0 || slices.Contains(pageTypes, blockType) {
			continue
		}
		line, column := r.policy.lines.Position(entry.start)
		r.find(Finding{
			Code: CodePolicy, Level: wire.LevelWarning, File: r.policy.file, Line: line, Column: column,
			Message: "the course has no block " + intake.Printable(name), Fix: "remove the entry or correct TYPE/URL_NAME",
		})
	}
}
