package conform

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/blocktest/markup"
	"github.com/quoin-lms/quoin/sdk/blocktest/story"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// strangeTag is an element and an attribute that no block writes: met in markup, somebody's text became markup.
const (
	strangeTag  = "quoin-strange"
	strangeText = `"'></textarea></title></script></style><` + strangeTag + ` ` + strangeTag + `="1">`
)

// strangeValues are what people and programs send instead of an answer.
func strangeValues() []string {
	return []string{
		strangeText, "", " ", "-1", "1e999", "NaN", strings.Repeat("9", 5000), strings.Repeat("(", 2000), "\u202e\u0000\ufffd",
		`{"a":`, "null", "../../etc/passwd", "a\r\nset-cookie: b", "' OR 1=1 --", "{{secret:key}}", "$where",
	}
}

// strangeBodies are what comes as JSON.
func strangeBodies() []string {
	return []string{
		"", "null", "{}", "[]", `"x"`, "1e400", `{"a":`, "\xff\xfe", strings.Repeat("[", 5000), encode(strangeText),
		`{"` + strangeTag + `":` + encode(strangeText) + `}`,
	}
}

// strange sends what nobody should send, in the place of every input, and looks for it in every view.
func strange(r *run) {
	r.observe = r.unproven
	r.each(func(s *stage) {
		for _, value := range strangeValues() {
			if fresh := r.stage(s.sample, nil); fresh != nil {
				fresh.disturb(value)
			}
		}
		if fresh := r.stage(s.sample, nil); fresh != nil {
			fresh.bodies()
			fresh.mounts()
		}
		r.strangeContent(s.sample)
	})
	r.strangeOLX()
	r.observe = nil
}

// disturb puts a value everywhere where people may write something: their names, the view's address and every input.
func (s *stage) disturb(value string) {
	cast(s.world, value)
	s.place.Settings["showanswer"] = json.RawMessage(`"always"`)
	for _, a := range s.acts() {
		for _, input := range inputsWith(a.input, value) {
			s.send(story.PostOf(input), a)
		}
	}
	s.lookEverywhere(value)
}

// inputsWith are an input with a value in the place of each of its values, and of all.
func inputsWith(input wire.Input, value string) []wire.Input {
	all := map[string][]string{}
	var inputs []wire.Input
	for name := range input.Form {
		one := maps.Clone(input.Form)
		one[name], all[name] = []string{value}, []string{value}
		inputs = append(inputs, wire.Input{Handler: input.Handler, Form: one})
	}
	all[value] = []string{value, value}
	inputs = append(inputs, wire.Input{Handler: input.Handler, Form: all})
	if len(input.JSON) > 0 {
		var body any
		if json.Unmarshal(input.JSON, &body) == nil {
			inputs = append(inputs, wire.Input{Handler: input.Handler, JSON: json.RawMessage(encode(everywhere(body, value)))})
		}
	}
	return inputs
}

// everywhere puts a value in the place of every text of a JSON value.
func everywhere(body any, value string) any {
	switch b := body.(type) {
	case string:
		return value
	case []any:
		for i := range b {
			b[i] = everywhere(b[i], value)
		}
	case map[string]any:
		for name := range b {
			b[name] = everywhere(b[name], value)
		}
	}
	return body
}

// send posts something strange and lets it be graded; whether it is taken is the block's business.
func (s *stage) send(post fakehost.Post, a act) {
	person, role := s.actor(a.input.Handler)
	if person == nil {
		return
	}
	post.As = role
	_, err := s.world.Post(person, s.place, post)
	s.refusal(a.where, s.world, err)
	if s.world.Work() != nil {
		return // a job that fails is watched where it fails
	}
}

// bodies sends strange bodies to every handler.
func (s *stage) bodies() {
	for _, h := range s.world.Description().Handlers {
		a := act{where: "handler " + h.Name, input: wire.Input{Handler: h.Name}}
		for _, body := range strangeBodies() {
			s.send(fakehost.Post{Handler: h.Name, HTTP: wire.HTTP{
				Method: "POST", ContentType: "application/json", Body: wire.Blob{Data: []byte(body)},
			}}, a)
		}
	}
	s.lookEverywhere(strangeText)
}

// mounts sends strange requests under every mounted path, none of them signed.
func (s *stage) mounts() {
	for _, m := range s.world.Description().Mounts {
		for _, role := range m.Roles {
			person := s.world.Person("")
			if role != wire.RoleOutside && role != wire.RoleVisitor {
				person, _ = personFor(s.world, []wire.Role{role}, learner)
			}
			s.outside = role == wire.RoleOutside
			for _, body := range strangeBodies() {
				for _, method := range []string{"GET", "POST"} {
					_, err := s.world.Mount(person, s.place, fakehost.Mounted{Mount: m.Name, As: role, HTTP: wire.HTTP{
						Method: method, Path: "/" + strangeTag + "/..", Body: wire.Blob{Data: []byte(body)}, ContentType: "application/json",
						Query: map[string][]string{strangeTag: {strangeText}}, Headers: map[string][]string{"x-signature": {"no"}, strangeTag: {"1"}},
					}})
					s.refusal("mount "+m.Name, s.world, err)
				}
			}
			s.outside = false
		}
	}
}

// lookEverywhere looks at every view, every verdict and the shown answer for text that became markup.
func (s *stage) lookEverywhere(value string) {
	where := fakehost.Where{Path: "/" + value, Query: map[string][]string{}}
	for _, v := range s.world.Description().Views {
		for _, name := range v.Reads.Query {
			where.Query[name] = []string{value}
		}
	}
	s.show(where, func(view *wire.View, _ *fakehost.Person, shown *fakehost.Shown, err error) {
		if err == nil {
			s.became("view "+view.Name, shown.HTML)
		}
	})
	for _, p := range s.people() {
		for _, submission := range s.world.Submissions(p.ID, s.place) {
			if v := submission.Verdict(); v != nil {
				s.became("the verdict's feedback", v.Feedback)
				for _, part := range v.Parts {
					s.became("the feedback of part "+part.ID, part.Feedback+part.Hint)
				}
			}
		}
		if revealed, err := s.world.Reveal(p, s.place); err == nil {
			s.became("the shown answer", string(revealed.HTML.Data))
		}
	}
}

// became fails when somebody's text stands in HTML as an element or an attribute.
func (s *stage) became(where, html string) {
	for _, t := range markup.Scan(html) {
		named := func(a markup.Attr) bool { return strings.HasPrefix(a.Name, strangeTag) }
		if t.Name == strangeTag || slices.ContainsFunc(t.Attrs, named) {
			s.fail(where, "escape what people wrote: html.EscapeString", s.world.Last().String(), "what somebody wrote became markup")
			return
		}
	}
}

// strangeContent publishes the sample with strange values in its fields. Authors' own HTML and OLX is theirs to write.
func (r *run) strangeContent(sample wire.Sample) {
	for _, f := range r.description.Fields {
		if !f.Scope.Authored() {
			continue
		}
		values := []string{"null", "[]", `{"a": [1]}`, "-1", `""`}
		if f.Type == wire.TypeString || f.Type == wire.TypeText {
			values = append(values, encode(strangeText))
		}
		for _, value := range values {
			s := r.stage(sample, nil)
			if s == nil {
				return
			}
			fields := maps.Clone(sample.Fields)
			if fields == nil {
				fields = wire.Fields{}
			}
			fields[f.Name] = json.RawMessage(value)
			if s.world.Publish(s.place, fields) == nil {
				s.lookEverywhere(strangeText)
			}
			if s.world.Implements(wire.OpCheck) {
				_, err := s.world.Check(s.place, fields)
				s.refusal("check", s.world, err)
			}
		}
	}
}

// strangeOLX lets the block read elements that are none.
func (r *run) strangeOLX() {
	w := r.open()
	if w == nil || !w.Implements(wire.OpImportOLX) {
		return
	}
	for _, xml := range []string{
		"", "<", "<a", "<a>", "<a></b>", "\xff\xfe<a/>", `<a b="&x;"/>`, "<a>" + strings.Repeat("<b>", 5000),
		`<!DOCTYPE a [<!ENTITY x "xxxxxxxx"><!ENTITY y "&x;&x;&x;&x;">]><a>&y;</a>`,
	} {
		_, _, err := w.Import([]byte(xml), nil)
		r.refusal("import_olx", w, err)
	}
}

// unproven watches requests from outside: what changes a grade or an enrolment must have been signed.
func (r *run) unproven(c *fakehost.Call) {
	if c.Op != wire.OpMount || !r.outside || c.Failure != nil {
		return
	}
	var reply wire.MountReply
	if wire.DecodeReply(c.Reply, &reply) != nil {
		return
	}
	i := slices.IndexFunc(reply.Effects, func(e wire.Effect) bool { return e.Settle != nil || e.Enrol != nil })
	if i < 0 || slices.ContainsFunc(c.Services, verified) {
		return
	}
	r.fail("mount", "ask c.Verify about the signature over the body's bytes, and answer with sdk.Forbid when it does not hold", c.String(),
		"a request from outside that nobody signed changes something: %s", reply.Effects[i].Kind())
}

// verified reports whether a question to the host confirmed a signature.
func verified(s fakehost.ServiceCall) bool {
	var found wire.KeyVerified
	return s.Service == wire.ServiceKeys && s.Method == "verify" && wire.DecodeReply(bytes.Clone(s.Reply), &found) == nil && found.Valid
}
