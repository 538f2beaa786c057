package conform

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/blocktest/markup"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// secrets plants canaries in the fields that hold keys and searches everything that a learner can see: what is published,
// views, replies, verdicts, errors and the block's log. In a key that has a form of its own (OLX), the place of the answer is
// found by what solve gives; and what is shown before an answer is searched for all that solve gives.
func secrets(r *run) {
	r.each(func(s *stage) {
		d := s.world.Description()
		planted, canaries := r.plant(&d, s.sample)
		if len(canaries) > 0 {
			r.search(planted, canaries)
		}
		if keyed, found := s.plantSolved(); len(found) > 0 {
			canaries = append(canaries, found...)
			r.search(keyed, found)
		}
		answers := s.answers()
		if len(answers) > 0 {
			r.searchBefore(s.sample, answers)
		}
		if len(canaries) == 0 && len(answers) == 0 && s.place.Prepared().Grades() {
			r.add(wire.LevelWarning, "sample "+s.sample.Name, "mark the fields that hold keys as secret, and implement Solve; keys of short numbers cannot be searched for, so look yourself that no view shows them", "",
				"it is graded, and nothing was found of its key that could be searched for")
		}
	})
}

// search does everything with a content and searches every reply for its canaries.
func (r *run) search(s wire.Sample, needles []string) {
	r.observe = func(c *fakehost.Call) { r.leak(c, needles) }
	defer func() { r.observe = nil }()
	first := r.stage(s, nil)
	if first == nil {
		return
	}
	for _, a := range first.acts() {
		stage := r.stage(s, a.seed)
		if stage == nil {
			continue
		}
		stage.show(fakehost.Where{}, func(*wire.View, *fakehost.Person, *fakehost.Shown, error) {})
		if _, ok, err := stage.do(a); !ok || err != nil {
			continue
		}
		if err := stage.world.Work(); err != nil {
			continue // a key that is a canary may well fail to grade
		}
		stage.show(fakehost.Where{}, func(*wire.View, *fakehost.Person, *fakehost.Shown, error) {})
	}
}

// searchBefore searches what a content shows before anything was answered.
func (r *run) searchBefore(s wire.Sample, needles []string) {
	r.observe = func(c *fakehost.Call) { r.leak(c, needles) }
	defer func() { r.observe = nil }()
	if stage := r.stage(s, nil); stage != nil {
		stage.show(fakehost.Where{}, func(*wire.View, *fakehost.Person, *fakehost.Shown, error) {})
	}
}

// leak looks for needles in what a learner can see of one call.
func (r *run) leak(c *fakehost.Call, needles []string) {
	texts := r.visible(c)
	given := strings.ToLower(givenBy(c))
	for where, text := range texts {
		text = strings.ToLower(text)
		for _, needle := range needles {
			if needle = strings.ToLower(needle); strings.Contains(text, needle) && !strings.Contains(given, needle) {
				r.fail(string(c.Op), "keep keys in Outline's Secret, which grade, reveal, vary and solve alone get", c.String(),
					"a part of the key is in %s: %q", where, needle)
				return
			}
		}
	}
}

// visible gives the parts of a call that a learner can come to see, by what they are.
func (r *run) visible(c *fakehost.Call) map[string]string {
	texts := map[string]string{"the block's log": strings.Join(c.Logs, "\n")}
	if c.Failure != nil {
		if c.Failure.Blame != wire.BlameHost {
			texts["the error"] = c.Failure.Message
		}
		return texts
	}
	switch c.Op {
	case wire.OpOutline:
		var out wire.Outline
		if wire.DecodeReply(c.Reply, &out) == nil {
			facts, err := json.Marshal(out.Facts)
			if err == nil {
				texts["the facts"] = string(facts)
			}
			texts["the public value"], texts["the answer hash"] = string(out.Public.Data), out.AnswerHash
		}
	case wire.OpVary:
		var v wire.Variant
		if wire.DecodeReply(c.Reply, &v) == nil {
			texts["the public value of the variant"] = string(v.Public.Data)
		}
	case wire.OpRender, wire.OpHandle, wire.OpMount:
		if !r.staffOnly(c) {
			texts["the reply"] = frameText(c.Reply)
		}
	case wire.OpGrade:
		texts["the verdict"] = frameText(c.Reply)
	case wire.OpChoose:
		texts["the choice"] = frameText(c.Reply)
	default: // reveal, solve, report, check and what authors do may show keys
	}
	return texts
}

// staffOnly reports whether a call serves a view or handler that no learner reaches.
func (r *run) staffOnly(c *fakehost.Call) bool {
	learners := []wire.Role{wire.RoleVisitor, wire.RoleLearner, wire.RoleOutside}
	reached := func(roles []wire.Role) bool {
		return slices.ContainsFunc(roles, func(role wire.Role) bool { return slices.Contains(learners, role) })
	}
	switch body := c.Body.(type) {
	case *wire.RenderRequest:
		for i := range r.description.Views {
			if v := &r.description.Views[i]; v.Name == body.View {
				return !reached(fakehost.ViewRoles(v))
			}
		}
	case *wire.HandleRequest:
		return !reached(rolesOf(r.description.Handlers, body.Handler))
	case *wire.MountRequest:
		return !reached(rolesOf(r.description.Mounts, body.Mount))
	}
	return false
}

func rolesOf(handlers []wire.Handler, name string) []wire.Role {
	i := slices.IndexFunc(handlers, func(h wire.Handler) bool { return h.Name == name })
	if i < 0 {
		return nil
	}
	return handlers[i].Roles
}

// givenBy is what the learner gave to a call, or gave before and gets back: it may come back.
func givenBy(c *fakehost.Call) string {
	var given any
	switch body := c.Body.(type) {
	case *wire.HandleRequest:
		return string(body.Body.Data) + encode(body.HTTP) + encode(body.Fields)
	case *wire.RenderRequest:
		given = []any{body.Fields, body.Query, body.Path}
	case *wire.GradeRequest:
		given = []any{body.Submission.Answers, body.Evidence}
	}
	return encode(given)
}

func encode(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(encoded)
}

// telling is the shortest answer worth searching for: a shorter one stands in texts by chance.
const telling = 6

// answers are those that solve gives and that a page would not hold anyway: no numbers, nothing that the view offers to
// choose, nothing that stands in fields which are not secret.
func (s *stage) answers() []string {
	open := s.open()
	var answers []string
	for _, value := range s.solvedValues() {
		_, notNumber := strconv.ParseFloat(value, 64)
		if len(value) >= telling && notNumber != nil && !strings.Contains(open, strings.ToLower(value)) {
			answers = append(answers, value)
		}
	}
	return answers
}

// open is what everybody may read: the fields that are not secret, and what the learner's view offers to choose.
func (s *stage) open() string {
	var b strings.Builder
	for _, f := range s.world.Description().Fields {
		if !f.Secret {
			b.Write(s.sample.Fields[f.Name])
			b.WriteByte('\n')
		}
	}
	for _, offered := range s.offers() {
		b.WriteString(offered + "\n")
	}
	return strings.ToLower(b.String())
}

// offers are the values that the learner's view offers to choose.
func (s *stage) offers() []string {
	shown, err := s.world.View(s.world.Person(learner), s.place, wire.ViewLearner, fakehost.Where{})
	if err != nil {
		return nil
	}
	var values []string
	for _, t := range markup.Scan(shown.HTML) {
		kind, _ := t.Attr("type")
		if t.Kind == markup.Start && (t.Name == "option" || t.Name == "input" && (kind == "radio" || kind == "checkbox")) {
			value, _ := t.Attr("value")
			values = append(values, value)
		}
	}
	return values
}
