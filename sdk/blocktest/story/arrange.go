package story

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/blocktest/markup"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// decode reads a tail as JSON into a value, strictly.
func (p *Player) decode(tail string, into any) error {
	data, err := p.data(tail)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return usage("this is no JSON of the wanted shape: %v", err)
	}
	return nil
}

func (p *Player) content(a args) error {
	var fields wire.Fields
	if err := p.decode(a.tail, &fields); err != nil {
		return err
	}
	return p.world.Publish(p.place, fields)
}

func (p *Player) block(a args) error {
	p.place = p.world.Place(a.word(0))
	return nil
}

func (p *Player) settings(a args) error {
	var fields wire.Fields
	if err := p.decode(a.tail, &fields); err != nil {
		return err
	}
	maps.Copy(p.place.Settings, fields)
	return nil
}

func (p *Player) unraced(a args) error {
	p.freed[a.word(0)] = true
	return nil
}

func (p *Player) children(a args) error { return p.decode(a.tail, &p.place.Children) }

func (p *Player) seed(a args) error {
	seed, err := strconv.Atoi(a.word(0))
	p.place.Seed = &seed
	return err
}

func roleOf(word string) (wire.Role, error) {
	for _, role := range wire.Roles() {
		if string(role) == word {
			return role, nil
		}
	}
	return "", usage("no role is called %q; there are %v", word, wire.Roles())
}

func (p *Player) addPerson(a args) error {
	person := fakehost.Person{ID: a.word(0)}
	for _, word := range a.words[1:] {
		name, value, given := strings.Cut(word, "=")
		switch {
		case word == "readonly":
			person.ReadOnly = true
		case word == "outsider":
			person.NotEnrolled = true
		case !given:
			role, err := roleOf(word)
			if err != nil {
				return err
			}
			person.Role = role
		case name == "groups":
			person.Groups = strings.Split(value, ",")
		default:
			texts := map[string]*string{
				"username": &person.Username, "name": &person.Name, "locale": &person.Locale, "zone": &person.Zone, "mode": &person.Mode,
			}
			into, ok := texts[name]
			if !ok {
				return usage("a person has no %q", name)
			}
			*into = value
		}
	}
	p.world.Add(person)
	return nil
}

func (p *Player) as(a args) error {
	if a.word(0) == "visitor" {
		p.person, p.role = p.world.Person(""), wire.RoleVisitor
		return nil
	}
	p.person, p.role = p.world.Person(a.word(0)), wire.RoleLearner
	if a.word(1) == "" {
		return nil
	}
	role, err := roleOf(a.word(1))
	if err == nil && !p.person.May(role) {
		err = usage("%s may not act as %s: say so by person first", a.word(0), role)
	}
	p.role = role
	return err
}

func (p *Player) now(a args) error {
	at, err := time.Parse(time.RFC3339, a.word(0))
	if err == nil {
		p.world.SetNow(at)
	}
	return err
}

func (p *Player) courseFile(a args) error {
	data, err := p.data(a.tail)
	if err != nil {
		return err
	}
	p.world.CourseFile(a.word(0), typeOf(a.word(0)), data)
	return nil
}

// typeOf guesses a file's type by its name; the stories' own files are few.
func typeOf(name string) string {
	switch {
	case strings.HasSuffix(name, ".txt"):
		return "text/plain"
	case strings.HasSuffix(name, ".csv"):
		return "text/csv"
	case strings.HasSuffix(name, ".json"):
		return "application/json"
	}
	return "application/octet-stream"
}

func (p *Player) given(a args) error {
	schema := 0
	name, number, old := strings.Cut(a.word(0), "@")
	if old {
		var err error
		if schema, err = strconv.Atoi(number); err != nil || schema < 1 {
			return usage("%q is no number of a schema", number)
		}
	}
	var value json.RawMessage
	if err := p.decode(a.tail, &value); err != nil {
		return err
	}
	return p.world.Give(name, p.person.ID, p.place, value, schema)
}

func (p *Player) document(a args) error {
	data, err := p.data(a.tail)
	if err != nil {
		return err
	}
	return p.world.Store(a.word(0), a.word(1), data)
}

func (p *Player) secret(a args) error {
	p.world.SetSecret(a.word(0), fakehost.Secret{Value: []byte(a.word(1)), Host: a.word(2)})
	return nil
}

func (p *Player) record(a args) error {
	data, err := p.data(a.tail)
	if err != nil {
		return err
	}
	recordings, err := fakehost.ParseRecordings(data)
	p.world.Record(recordings...)
	return err
}

func (p *Player) outside(a args) error {
	status, err := strconv.Atoi(a.word(2))
	if err != nil {
		return usage("%q is no status", a.word(2))
	}
	body, err := p.data(a.tail)
	if err != nil {
		return err
	}
	p.world.Answer(a.word(0), a.word(1), wire.HTTPDone{Status: status, Body: wire.Blob{Data: body}})
	return nil
}

func (p *Player) earned(a args) error {
	earned, possible, err := points(a.word(2))
	if err != nil {
		return err
	}
	p.world.SetScore(a.word(0), a.word(1), wire.Score{Earned: earned, Possible: possible})
	return nil
}

// points reads "1/2".
func points(word string) (earned, possible float64, err error) {
	first, second, ok := strings.Cut(word, "/")
	if earned, err = strconv.ParseFloat(first, 64); err == nil && ok {
		possible, err = strconv.ParseFloat(second, 64)
	}
	if err != nil || !ok {
		return 0, 0, usage("%q are no points such as 1/2", word)
	}
	return earned, possible, nil
}

func (p *Player) fault(a args) error {
	fault := fakehost.Fault{Kind: fakehost.FaultKind(a.word(0))}
	switch fault.Kind {
	case fakehost.FaultConflict, fakehost.FaultDeadline, fakehost.FaultRefused, fakehost.FaultUnavailable:
	default:
		return usage("no fault is called %q", a.word(0))
	}
	times := 1
	for _, word := range a.words[1:] {
		if n, err := strconv.Atoi(word); err == nil && n <= maxCrowd {
			times = n
		} else {
			fault.Service = wire.Service(word)
		}
	}
	for range times {
		p.world.Break(fault)
	}
	return nil
}

func (p *Player) mend(args) error {
	p.world.Mend()
	return nil
}

// keep remembers a value of what came back under a name.
func (p *Player) keep(a args) error {
	value, err := p.valueOf(a.word(1), a.word(2), a.word(3))
	if err == nil && value == "" {
		err = usage("there is no such value to keep")
	}
	if err != nil {
		return err
	}
	p.kept[a.word(0)] = value
	return nil
}

func (p *Player) valueOf(what, where, which string) (string, error) {
	switch what {
	case "json":
		if p.last.posted == nil {
			return "", usage("nothing was posted yet")
		}
		return textAt(p.last.posted.Body.Data, where)
	case "asked":
		if len(p.world.Asked) == 0 {
			return "", usage("nobody was asked outside yet")
		}
		return textAt(p.world.Asked[len(p.world.Asked)-1].Body.Data, where)
	case "control":
		for _, c := range markup.Controls(p.last.shown) {
			if c.Name == where {
				return c.Value, nil
			}
		}
		return "", usage("what was shown has no control %q", where)
	case "document":
		docs := p.world.Documents(where)
		if len(docs) == 0 {
			return "", usage("collection %q has no documents", where)
		}
		return docs[len(docs)-1].ID, nil
	case "version":
		doc := p.world.Document(where, which)
		if doc == nil {
			return "", usage("there is no document %s %s", where, which)
		}
		return strconv.FormatInt(doc.Version, 10), nil
	case "submission":
		s, err := p.newest()
		if err != nil {
			return "", err
		}
		return s.ID, nil
	}
	return "", usage("keep knows json, asked, control, document, version and submission, not %q", what)
}

// at finds a value inside JSON by names and numbers with dots; "." is the whole.
func at(data []byte, path string) (any, error) {
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		return nil, fmt.Errorf("this is no JSON: %q", data)
	}
	for step := range strings.SplitSeq(path, ".") {
		if step == "" {
			continue
		}
		switch inside := value.(type) {
		case map[string]any:
			found, ok := inside[step]
			if !ok {
				return nil, fmt.Errorf("there is no %q in %s", step, data)
			}
			value = found
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(inside) {
				return nil, fmt.Errorf("there is no element %q in %s", step, data)
			}
			value = inside[i]
		default:
			return nil, fmt.Errorf("%q is inside of neither an object nor a list in %s", step, data)
		}
	}
	return value, nil
}

// textAt is a value inside JSON as a text: a string as it is, anything else as JSON.
func textAt(data []byte, path string) (string, error) {
	value, err := at(data, path)
	if err != nil {
		return "", err
	}
	if text, ok := value.(string); ok {
		return text, nil
	}
	encoded, err := json.Marshal(value)
	return string(encoded), err
}
