package conform

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Canaries are values that nobody would write: found in a reply, they came out of the key.
const (
	canaryWord   = "quoincanary"
	canaryNumber = 7_319_041
)

// plant puts canaries into the secret fields of a content, as far as the content still publishes and renders with them. It
// returns the canaries that are in.
func (r *run) plant(d *wire.Description, s wire.Sample) (planted wire.Sample, canaries []string) {
	fields := maps.Clone(s.Fields)
	if fields == nil {
		fields = wire.Fields{}
	}
	planted = s
	for i := range d.Fields {
		field := &d.Fields[i]
		value, given := fields[field.Name]
		if !given {
			value = field.Default
		}
		replaced, words := canaryFor(field, value, i)
		if len(words) == 0 {
			continue
		}
		fields[field.Name] = replaced
		if planted.Fields = fields; r.serves(planted) {
			canaries = append(canaries, words...)
			continue
		}
		delete(fields, field.Name)
		if given {
			fields[field.Name] = value
		}
	}
	planted.Fields = fields
	return planted, canaries
}

// canaryFor makes a value of a field that holds canaries, none for fields that hold no keys or whose text has a form of its
// own.
func canaryFor(f *wire.Field, value json.RawMessage, i int) (json.RawMessage, []string) {
	if !f.Secret || !f.Scope.Authored() {
		return nil, nil
	}
	var planted any
	m := &planter{next: i * 100}
	switch f.Type {
	case wire.TypeString, wire.TypeText:
		planted = m.word()
	case wire.TypeInteger, wire.TypeNumber:
		planted = m.number()
	case wire.TypeList, wire.TypeObject, wire.TypeAny:
		if len(f.Items) > 0 {
			if planted = m.rows(f.Items, value); planted == nil {
				return nil, nil
			}
			break
		}
		if err := json.Unmarshal(value, &planted); err != nil {
			return nil, nil
		}
		planted = m.replace(planted)
	default:
		return nil, nil
	}
	encoded, err := json.Marshal(planted)
	if err != nil {
		return nil, nil
	}
	return encoded, m.words
}

// planter makes canaries, each once.
type planter struct {
	next  int
	words []string
}

func (p *planter) word() string {
	p.next++
	word := fmt.Sprintf("%s%dx", canaryWord, p.next)
	p.words = append(p.words, word)
	return word
}

func (p *planter) number() float64 {
	p.next++
	p.words = append(p.words, fmt.Sprint(canaryNumber+p.next))
	return float64(canaryNumber + p.next)
}

// rows puts canaries into the secret members of a list's entries, as far as their type is one of those above: the other members
// may reach learners. nil when the value is no such list.
func (p *planter) rows(items []wire.Item, value json.RawMessage) any {
	var rows []map[string]any
	if json.Unmarshal(value, &rows) != nil {
		return nil
	}
	for _, row := range rows {
		for _, item := range items {
			if _, set := row[item.Name]; !set || !item.Secret {
				continue
			}
			switch item.Type {
			case wire.TypeString, wire.TypeText:
				row[item.Name] = p.word()
			case wire.TypeInteger, wire.TypeNumber:
				row[item.Name] = p.number()
			default:
			}
		}
	}
	return rows
}

// replace puts canaries in the place of every text and number of a value.
func (p *planter) replace(value any) any {
	switch v := value.(type) {
	case string:
		return p.word()
	case float64:
		return p.number()
	case []any:
		for i := range v {
			v[i] = p.replace(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = p.replace(v[name])
		}
	}
	return value
}

// serves reports whether a content publishes and renders for a learner; what it shows on the way is nobody's finding.
func (r *run) serves(s wire.Sample) bool {
	quiet := &run{subject: r.subject}
	stage := quiet.stage(s, nil)
	if stage == nil {
		return false
	}
	_, err := stage.world.View(stage.world.Person(learner), stage.place, wire.ViewLearner, fakehost.Where{})
	return err == nil
}
