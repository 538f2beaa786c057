package problem_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math"
	"reflect"
	"slices"
	"sort"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/pystr"
	"github.com/quoin-lms/quoin/blocks/problem/capa"
)

// compareCase lists what differs between a recorded grading and ours.
func compareCase(c *gradedCase, got *capa.Result, vars map[string]any) []string {
	var problems []string
	differ := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if c.Error != nil {
		return compareError(c, got)
	}
	if got.Outcome != capa.Scored {
		return []string{fmt.Sprintf("%s: %+v, want a score of %v", got.Outcome, got.Failure, c.Score)}
	}
	if !near(got.Score, c.Score) || got.Total != c.Total {
		differ("score %v of %v, want %v of %v", got.Score, got.Total, c.Score, c.Total)
	}
	if got.Success() != (c.Success == "correct") {
		differ("success %v, want %s", got.Success(), c.Success)
	}
	for i := range got.Parts {
		part := &got.Parts[i]
		want, ok := c.Map[problemID+part.ID]
		if !ok {
			differ("input %s is not in the map", part.ID)
			continue
		}
		if string(part.Correctness) != want.Correctness {
			differ("%s is %s, want %s", part.ID, part.Correctness, want.Correctness)
		}
		if (part.Points == nil) != (want.Points == nil) || part.Points != nil && !near(*part.Points, *want.Points) {
			differ("%s has the points %v, want %v", part.ID, part.Points, want.Points)
		}
		if html := canonical(referenceHTML(part)); html != canonical(substitute(want.Message, vars)) {
			differ("%s says %s, want %s", part.ID, html, canonical(want.Message))
		}
		mode := ""
		if want.HintMode != nil {
			mode = *want.HintMode
		}
		if part.Hint != want.Hint || part.HintMode != mode {
			differ("%s hints %q (%s), want %q (%s)", part.ID, part.Hint, part.HintMode, want.Hint, mode)
		}
	}
	if len(c.Map) != len(got.Parts) {
		differ("%d inputs, want %d", len(got.Parts), len(c.Map))
	}
	return append(problems, compareTargeted(c, got)...)
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// compareError judges what the reference refused. Where it crashed any way of giving no credit will do.
func compareError(c *gradedCase, got *capa.Result) []string {
	switch {
	case got.Score != 0:
		return []string{fmt.Sprintf("score %v, want %s: %s", got.Score, c.Error.Type, c.Error.Message)}
	case !c.Error.Handled:
		return nil
	case got.Outcome == capa.Scored:
		return []string{fmt.Sprintf("scored, want %s: %s", c.Error.Type, c.Error.Message)}
	case c.Error.Type != "StudentInputError":
		return nil
	}
	want := strings.TrimSuffix(unescape(c.Error.Message), " (<traceback object at 0x?>)")
	if text := capa.Catalogue(nil).Text(got.Failure.Message); text != want {
		return []string{fmt.Sprintf("says %q, want %q", text, want)}
	}
	return nil
}

func unescape(html string) string {
	return strings.NewReplacer("&#x27;", "'", "&#39;", "'", "&quot;", `"`, "&#34;", `"`, "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(html)
}

// referenceHTML writes feedback the way the reference does.
func referenceHTML(p *capa.Part) string {
	f := p.Feedback
	if f == nil {
		return p.Message
	}
	class, label := "incorrect", "Incorrect:"
	if f.Correct {
		class, label = "correct", "Correct:"
	}
	if f.Label != "" {
		label = f.Label
	}
	html := `<div class="feedback-hint-` + class + `"><div class="explanation-title">Answer</div>`
	if !f.Bare {
		html += `<span class="hint-label">` + label + ` </span>`
	}
	if f.Multi {
		html += `<div class="feedback-hint-multi">`
	}
	for _, item := range f.Items {
		html += `<div class="hint-text">` + item + `</div>`
	}
	if f.Multi {
		html += `</div>`
	}
	return html + `</div>`
}

// canonical spells equal markup equally.
func canonical(html string) string {
	html = strings.NewReplacer("&nbsp;", "\u00a0", "<br>", "<br/>", "<hr>", "<hr/>").Replace(html)
	decoder := xml.NewDecoder(strings.NewReader("<x>" + html + "</x>"))
	decoder.Strict = false
	decoder.AutoClose = xml.HTMLAutoClose
	var b strings.Builder
	for {
		token, err := decoder.Token()
		if err != nil {
			return strings.Join(strings.Fields(b.String()), " ")
		}
		switch token := token.(type) {
		case xml.StartElement:
			slices.SortFunc(token.Attr, func(a, b xml.Attr) int { return strings.Compare(a.Name.Local, b.Name.Local) })
			b.WriteString(" <" + token.Name.Local)
			for _, a := range token.Attr {
				fmt.Fprintf(&b, " %s=%q", a.Name.Local, a.Value)
			}
			b.WriteString("> ")
		case xml.EndElement:
			b.WriteString(" </" + token.Name.Local + "> ")
		case xml.CharData:
			b.Write(token)
		}
	}
}

func compareTargeted(c *gradedCase, got *capa.Result) []string {
	if c.Targeted == nil {
		return nil
	}
	type shown struct{ id, verdict, text string }
	var have, want []shown
	for _, e := range got.Targeted {
		verdict := map[capa.Correctness]string{capa.Correct: "Correct", capa.Incorrect: "Incorrect"}[e.Verdict]
		have = append(have, shown{e.ID, verdict, textOf(e.HTML)})
	}
	for _, e := range c.Targeted {
		verdict := ""
		if e.Verdict != nil {
			verdict = *e.Verdict
		}
		want = append(want, shown{e.ID, verdict, e.Text})
	}
	if !reflect.DeepEqual(have, want) {
		return []string{fmt.Sprintf("explains %v, want %v", have, want)}
	}
	return nil
}

// textOf is markup without tags, white space collapsed.
func textOf(html string) string {
	decoder := xml.NewDecoder(strings.NewReader("<x>" + html + "</x>"))
	decoder.Strict = false
	decoder.AutoClose = xml.HTMLAutoClose
	var b strings.Builder
	script := false
	for {
		token, err := decoder.Token()
		if err != nil {
			return strings.Join(strings.Fields(b.String()), " ")
		}
		switch token := token.(type) {
		case xml.StartElement:
			script = token.Name.Local == "script"
		case xml.EndElement:
			script = false
		case xml.CharData:
			if !script {
				b.Write(token)
			}
		}
	}
}

// compareShown compares what "show answer" gives.
func compareShown(want map[string]any, p *capa.Prepared, vars map[string]any) []string {
	var problems []string
	have := map[string]any{}
	revealed := p.Secret.Reveal()
	for _, a := range revealed.Answers {
		if a.Texts == nil {
			names := slices.Clone(a.Choices)
			slices.Sort(names)
			have[a.ID] = strings.Join(names, "|")
			continue
		}
		have[a.ID] = strings.Join(a.Texts, " <b>or</b> ")
	}
	for _, s := range revealed.Solutions {
		have[fmt.Sprintf("solution_%d", s.N)] = canonical(s.HTML)
	}
	for id, value := range want {
		id = strings.TrimPrefix(id, problemID)
		text := ""
		switch v := value.(type) {
		case string:
			text = unescape(v)
			if strings.HasPrefix(id, "solution_") {
				text = canonical(substitute(inside(v), vars))
			}
		case []any:
			names := make([]string, len(v))
			for i := range v {
				names[i] = strings.TrimPrefix(fmt.Sprint(v[i]), problemID)
			}
			slices.Sort(names)
			text = strings.Join(names, "|")
		case map[string]any: // an imageresponse's
			var areas []string
			for _, name := range []string{"rectangle", "regions"} {
				if area, ok := v[name].(string); ok {
					areas = append(areas, substitute(area, vars))
				}
			}
			text = strings.Join(areas, " <b>or</b> ")
		}
		if have[id] != text {
			problems = append(problems, fmt.Sprintf("%s is %v, want %s", id, have[id], text))
		}
		delete(have, id)
	}
	for id, text := range have {
		problems = append(problems, fmt.Sprintf("%s is %v, want none", id, text))
	}
	return problems
}

// inside is what stands in the outermost tag.
func inside(markup string) string {
	from, to := strings.Index(markup, ">"), strings.LastIndex(markup, "</solution>")
	if from < 0 || to < from {
		return ""
	}
	return strings.TrimSpace(markup[from+1 : to])
}

func substitute(text string, vars map[string]any) string {
	names := make([]string, 0, len(vars))
	for name := range vars {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool { return len(names[i]) > len(names[j]) })
	for _, name := range names {
		text = strings.ReplaceAll(text, "$"+name, pythonText(vars[name]))
	}
	return text
}

// pythonText is str() of a recorded value.
func pythonText(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	return pythonRepr(value)
}

func pythonRepr(value any) string {
	switch v := value.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case string:
		return pystr.Repr(v)
	case json.Number:
		return strings.NewReplacer("E", "e").Replace(v.String())
	case []any:
		items := make([]string, len(v))
		for i := range v {
			items[i] = pythonRepr(v[i])
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		if f, ok := v["$float"].(string); ok {
			return f
		}
		if n, ok := v["$bigint"].(string); ok {
			return n
		}
		items := make([]string, 0, len(v))
		for key, item := range v {
			items = append(items, pystr.Repr(key)+": "+pythonRepr(item))
		}
		sort.Strings(items)
		return "{" + strings.Join(items, ", ") + "}"
	}
	return fmt.Sprint(value)
}
