package fakehost

import (
	"encoding/json"
	"errors"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// document sorts a document effect: refusable ones sit on the commit document, the others are steps.
func (p *plan) document(e *wire.Effect) error {
	name := ""
	switch {
	case e.Insert != nil:
		name = e.Insert.Collection
	case e.Replace != nil:
		name = e.Replace.Collection
	case e.Add != nil:
		name = e.Add.Collection
	case e.Delete != nil:
		name = e.Delete.Collection
	}
	c, err := p.world.collection(name)
	if err != nil {
		return err
	}
	switch {
	case e.Refusable():
		p.documents = append(p.documents, *e)
	case e.Insert != nil:
		return p.insert(c, e.Insert)
	case e.Add != nil:
		p.step(func() { p.world.addStep(c, e.Add) })
	case e.Delete != nil:
		p.step(func() { delete(c.docs, e.Delete.ID) })
	}
	return nil
}

// insert plans a document under an id of the host's. Such an insert cannot be refused, so a host would drop a body that does
// not fit: that is an error here.
func (p *plan) insert(c *collection, insert *wire.InsertDoc) error {
	if _, err := c.index("", insert.Body); errors.Is(err, errTaken) {
		return bad("insert into %s: a unique index has these values already. An insert without an id cannot be refused, so a host "+
			"would drop the document: give it an id and commit on it", insert.Collection)
	} else if err != nil {
		return err
	}
	id := p.world.fresh("document")
	p.step(func() {
		if err := c.put(id, insert.Body); err != nil { // a second insert of the same reply took the unique values
			p.world.Logged = append(p.world.Logged, "host: a document was dropped: "+err.Error())
		}
	})
	return nil
}

func (w *World) addStep(c *collection, add *wire.AddDoc) {
	d := c.docs[add.ID]
	if d == nil {
		return // a missing document is left missing
	}
	body, _, err := addToBody(d.Body, add)
	if err == nil {
		err = c.put(add.ID, body)
	}
	if err != nil {
		w.Logged = append(w.Logged, "host: an addition was dropped: "+err.Error())
	}
}

// addToBody adds to an integer of a document's body and tells what it became.
func addToBody(body json.RawMessage, add *wire.AddDoc) (after json.RawMessage, value int64, err error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(body, &object); err != nil {
		return nil, 0, bad("%s %q is no object", add.Collection, add.ID)
	}
	sum, err := addTo(object[add.Field], add.Key, add.By)
	if err != nil {
		return nil, 0, bad("field %q of %s %q: %v", add.Field, add.Collection, add.ID, err)
	}
	object[add.Field] = sum
	number := sum
	if add.Key != "" {
		var counters map[string]json.RawMessage
		if err := json.Unmarshal(sum, &counters); err != nil {
			return nil, 0, bad("field %q of %s %q: %v", add.Field, add.Collection, add.ID, err)
		}
		number = counters[add.Key]
	}
	if err := json.Unmarshal(number, &value); err != nil {
		return nil, 0, bad("field %q of %s %q: %v", add.Field, add.Collection, add.ID, err)
	}
	after, err = json.Marshal(object)
	return after, value, err
}

// onDocument commits on the one block document that the reply names, by one swap. errAgain says that the call must read it
// anew.
func (p *plan) onDocument() error {
	c, err := p.world.collection(p.commit.Collection)
	if err != nil {
		return err
	}
	id, d := p.commit.ID, c.docs[p.commit.ID]
	if len(p.documents) == 0 {
		if d == nil {
			return bad("the commit document %s %q does not exist", p.commit.Collection, id)
		}
		return nil
	}
	switch first := &p.documents[0]; {
	case first.Insert != nil:
		if d != nil {
			return errAgain
		}
		return taken(c.put(id, first.Insert.Body), c, first.Insert.Refusal)
	case first.Replace != nil:
		if d == nil || d.Version != first.Replace.Version {
			return errAgain
		}
		return taken(c.put(id, first.Replace.Body), c, first.Replace.Refusal)
	}
	if d == nil {
		return wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "there is no %s %q", p.commit.Collection, id)
	}
	body := d.Body
	for i := range p.documents {
		add := p.documents[i].Add
		var value int64
		if body, value, err = addToBody(body, add); err != nil {
			return err
		}
		if add.Min != nil && value < *add.Min || add.Max != nil && value > *add.Max {
			return refusal(add.Refusal, "no more are left")
		}
	}
	return taken(c.put(id, body), c, "")
}

func taken(err error, c *collection, words string) error {
	if errors.Is(err, errTaken) {
		return refusal(words, "another "+c.declared.Name+" has the same unique values")
	}
	return err
}

// refusal is how a caller hears that the commit document refused: in the block's words, or the host's.
func refusal(words, otherwise string) *wire.Error {
	if words == "" {
		words = otherwise
	}
	return wire.Errorf(wire.CodeConflict, wire.BlameOutside, "%s", words)
}
