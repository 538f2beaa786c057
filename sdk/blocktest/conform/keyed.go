package conform

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// maxPlaces bounds how many places of one answer are tried in one field.
const maxPlaces = 8

// plantSolved puts canaries into secret fields whose text has a form of its own, such as OLX: it looks for the answers that
// solve gives, replaces one place of them at a time, and keeps the replacement by which solve gives the canary: that place
// is the key.
func (s *stage) plantSolved() (planted wire.Sample, canaries []string) {
	planted = s.sample
	planted.Fields = maps.Clone(s.sample.Fields)
	offered := s.offers()
	for i, f := range s.world.Description().Fields {
		if !f.Secret || f.Type != wire.TypeXML && f.Type != wire.TypeHTML {
			continue
		}
		m := &planter{next: i*100 + 50}
		for _, answer := range s.solvedValues() {
			if slices.Contains(offered, answer) {
				continue
			}
			if changed, canary, ok := s.keyPlace(planted, f, answer, m); ok {
				planted, canaries = changed, append(canaries, canary)
			}
		}
	}
	return planted, canaries
}

// keyPlace finds the place of a field in which an answer is the key.
func (s *stage) keyPlace(sample wire.Sample, f wire.Field, answer string, m *planter) (wire.Sample, string, bool) {
	raw, given := sample.Fields[f.Name]
	if !given {
		raw = f.Default
	}
	var text string
	if json.Unmarshal(raw, &text) != nil || answer == "" {
		return sample, "", false
	}
	canary := m.word()
	if _, err := strconv.ParseFloat(answer, 64); err == nil {
		m.number()
		canary = m.words[len(m.words)-1]
	}
	parts := strings.Split(text, answer)
	for i := 1; i < len(parts) && i <= maxPlaces; i++ {
		changed := sample
		changed.Fields = maps.Clone(sample.Fields)
		if changed.Fields == nil {
			changed.Fields = wire.Fields{}
		}
		replaced := strings.Join(parts[:i], answer) + canary + strings.Join(parts[i:], answer)
		changed.Fields[f.Name] = json.RawMessage(encode(replaced))
		quiet := &run{subject: s.subject}
		if stage := quiet.stage(changed, s.place.Seed); stage != nil && slices.Contains(stage.solvedValues(), canary) && quiet.serves(changed) {
			return changed, canary, true
		}
	}
	return sample, "", false
}

// solvedValues are the values of the answer that solve gives, in order; none when it gives none.
func (s *stage) solvedValues() []string {
	if !s.world.Implements(wire.OpSolve) || !s.place.Prepared().Grades() {
		return nil
	}
	solution, err := s.world.Solve(s.world.Person(learner), s.place)
	if err != nil || solution.Input == nil {
		return nil
	}
	var values []string
	for _, name := range slices.Sorted(maps.Keys(solution.Input.Form)) {
		values = append(values, solution.Input.Form[name]...)
	}
	return values
}
