package fakehost

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Prepared is what outline made of one content.
type Prepared struct {
	Facts          wire.Facts
	AnswerHash     string
	Public, Secret []byte

	// hash names the content, fields are it.
	hash     string
	fields   wire.Fields
	variants map[string]*Prepared
}

// Grades reports whether the content is graded.
func (p *Prepared) Grades() bool { return p.Facts.MaxScore != nil }

// Publish gives a place new content: what the author set on the block itself. Open sittings move along when the answer hash
// stays. Content that the block refuses is an error, and what was published before goes on serving.
func (w *World) Publish(place *Place, fields wire.Fields) error {
	prepared, err := w.Outline(fields, place.Children)
	place.broken = err
	if err != nil {
		return err
	}
	place.content, place.prepared = maps.Clone(fields), prepared
	return nil
}

// Content is what was published at a place.
func (p *Place) Content() wire.Fields { return maps.Clone(p.content) }

// Prepared is what outline made of the newest content, nil before the first Publish.
func (p *Place) Prepared() *Prepared { return p.prepared }

// Outline asks the block to outline content, and checks the facts. A block without the operation has none.
func (w *World) Outline(fields wire.Fields, children []wire.Child) (*Prepared, error) {
	if err := w.authored(fields); err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("outlining: %w", err)
	}
	prepared := &Prepared{fields: fields, hash: digest("content", string(encoded)), variants: map[string]*Prepared{}}
	if w.Implements(wire.OpOutline) {
		var out wire.Outline
		request := &wire.OutlineRequest{Fields: w.withoutKeys(fields), Children: children}
		if err := w.ask(question{op: wire.OpOutline, body: request}, &out); err != nil {
			return nil, err
		}
		prepared.Facts, prepared.AnswerHash, prepared.Public, prepared.Secret = out.Facts, out.AnswerHash, out.Public.Data, out.Secret.Data
	}
	if failure := wire.CheckFacts(&prepared.Facts); failure != nil {
		return nil, failure
	}
	if prepared.Facts.Title == "" {
		_ = json.Unmarshal(fields["display_name"], &prepared.Facts.Title) // anything but a string is no title
	}
	return prepared, nil
}

// authored refuses fields that no author of this block can set: a test that misspells one would test something else.
func (w *World) authored(fields wire.Fields) error {
	for name := range fields {
		if field := w.field(name); field == nil || !field.Scope.Authored() {
			return wire.Errorf(wire.CodeBadRequest, wire.BlameOutside,
				"the block declares no content or settings field %q; what the platform sets (dates, tries) are settings of the place", name)
		}
	}
	return nil
}

// withoutKeys leaves out the secrets that an author typed in: they reach no call.
func (w *World) withoutKeys(fields wire.Fields) wire.Fields {
	rest := maps.Clone(fields)
	maps.DeleteFunc(rest, func(name string, _ json.RawMessage) bool {
		field := w.field(name)
		return field != nil && field.Type == wire.TypeKey
	})
	return rest
}

// vary gives the values that a learner with this seed gets: the prepared ones, or a variant of them.
func (w *World) vary(place *Place, p *Prepared, seed int, learner string) (*Prepared, error) {
	if !p.Facts.Varies {
		return p, nil
	}
	identity := ""
	if w.description.Identity && !p.Facts.Impersonal {
		identity = learner
	}
	key := strconv.Itoa(seed) + " " + identity
	if v, ok := p.variants[key]; ok {
		return v, nil
	}
	if !w.Implements(wire.OpVary) {
		return nil, wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "the facts say that the content varies, but the block has no vary")
	}
	var out wire.Variant
	err := w.ask(question{
		op: wire.OpVary, context: wire.Context{Seed: &seed, Subject: identity},
		body:  &wire.VaryRequest{Public: wire.Blob{Data: p.Public}, Secret: wire.Blob{Data: p.Secret}},
		asker: &asker{role: wire.RoleHost, place: place, subject: learner},
	}, &out)
	if err != nil {
		return nil, err
	}
	v := &Prepared{
		Facts: p.Facts, AnswerHash: p.AnswerHash, Public: out.Public.Data, Secret: out.Secret.Data, hash: p.hash, fields: p.fields,
	}
	p.variants[key] = v
	return v, nil
}

// Import lets the block read an OLX element. It refuses fields that are no authored ones: an archive cannot plant learners'
// data.
func (w *World) Import(xml []byte, files []wire.OLXFile) (wire.Fields, []wire.Finding, error) {
	var reply wire.ImportReply
	request := &wire.ImportRequest{XML: wire.Blob{Data: xml}, Files: files}
	if err := w.ask(question{op: wire.OpImportOLX, body: request}, &reply); err != nil {
		return nil, nil, err
	}
	if err := w.authored(reply.Fields); err != nil {
		return nil, nil, err
	}
	return reply.Fields, reply.Findings, nil
}

// Export lets the block write content as OLX.
func (w *World) Export(fields wire.Fields, blockID string) (*wire.ExportReply, error) {
	var reply wire.ExportReply
	err := w.ask(question{op: wire.OpExportOLX, body: wire.ExportRequest{Fields: fields, BlockID: blockID}}, &reply)
	return &reply, err
}

// Check lets the block find its author's mistakes.
func (w *World) Check(place *Place, fields wire.Fields) ([]wire.Finding, error) {
	var reply wire.CheckReply
	err := w.ask(question{
		op: wire.OpCheck, body: wire.CheckRequest{Fields: w.withoutKeys(fields), Children: place.Children},
		asker: &asker{role: wire.RoleAuthor, place: place},
	}, &reply)
	return reply.Findings, err
}

// Samples asks for the block's samples; a block without the operation has none.
func (w *World) Samples() ([]wire.Sample, error) {
	if !w.Implements(wire.OpSample) {
		return nil, nil
	}
	var reply wire.SampleReply
	err := w.ask(question{op: wire.OpSample, body: wire.SampleRequest{}}, &reply)
	return reply.Samples, err
}

// Solve asks for answers that score full, for the learner's variant.
func (w *World) Solve(p *Person, place *Place) (*wire.Solution, error) {
	s, err := w.sit(p, place)
	if err != nil {
		return nil, err
	}
	values, err := w.vary(place, s.prepared, s.seed, p.ID)
	if err != nil {
		return nil, err
	}
	var solution wire.Solution
	err = w.ask(question{
		op: wire.OpSolve, context: wire.Context{Seed: &s.seed}, asker: &asker{role: wire.RoleHost, place: place, subject: p.ID},
		body: &wire.SolveRequest{Public: wire.Blob{Data: values.Public}, Secret: wire.Blob{Data: values.Secret}},
	}, &solution)
	return &solution, err
}

// chosen gives the children that a person has, in order. A learner's first own view stores the choice.
func (w *World) chosen(s *seat) ([]wire.Place, error) {
	children := s.place.Children
	if s.prepared.Facts.Chooses && w.Implements(wire.OpChoose) {
		var err error
		if children, err = w.choose(s); err != nil {
			return nil, err
		}
	}
	places := make([]wire.Place, len(children))
	for i, child := range children {
		places[i] = wire.Place{ID: child.ID, Type: child.Type, Title: child.Facts.Title}
	}
	return places, nil
}

func (w *World) choose(s *seat) ([]wire.Child, error) {
	all := s.place.Children
	if slices.Contains([]wire.Role{wire.RoleStaff, wire.RoleAuthor, wire.RoleAdmin}, s.person.Role) {
		return all, nil
	}
	if s.state.drawn && s.state.drawnBy == s.prepared.AnswerHash {
		if mine, ok := pick(all, s.state.choice); ok {
			return mine, nil
		}
	}
	reads := w.description.Choose
	request := wire.ChooseRequest{Fields: wire.Fields{}, Children: all, Earlier: s.state.choice}
	for name, value := range w.withoutKeys(s.place.content) {
		if field := w.field(name); field != nil && !field.Secret {
			request.Fields[name] = value
		}
	}
	if reads.Scores != "" {
		var usages []string
		if raw := s.place.content[reads.Scores]; len(raw) > 0 {
			if err := json.Unmarshal(raw, &usages); err != nil {
				return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, "field %s must list usage keys", reads.Scores)
			}
		}
		request.Scores = w.points(s.person.ID, usages)
	}
	context := wire.Context{}
	if reads.Seed {
		context.Seed = &s.seed
	}
	if reads.Groups {
		context.Groups = slices.Sorted(slices.Values(s.person.Groups))
	}
	var choice wire.Choice
	if err := w.ask(question{op: wire.OpChoose, context: context, body: request}, &choice); err != nil {
		return nil, err
	}
	mine, ok := pick(all, choice.Children)
	if !ok {
		return nil, wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "choose answered %q, of which some are no children or stand twice", choice.Children)
	}
	if s.person.acting() == wire.RoleLearner && !s.person.ReadOnly {
		live := s.place.state(s.person.ID)
		live.choice, live.drawn, live.drawnBy = choice.Children, true, s.prepared.AnswerHash
		live.version++
	}
	return mine, nil
}

// pick takes children by id; false when one is missing or named twice.
func pick(children []wire.Child, ids []string) ([]wire.Child, bool) {
	picked := make([]wire.Child, 0, len(ids))
	seen := map[string]bool{}
	for _, id := range ids {
		i := slices.IndexFunc(children, func(c wire.Child) bool { return c.ID == id })
		if i < 0 || seen[id] {
			return nil, false
		}
		seen[id] = true
		picked = append(picked, children[i])
	}
	return picked, true
}

// errAgain asks for another run of a call on fresh state.
var errAgain = errors.New("somebody else was faster")
