package sdk

import (
	"encoding/json"
	"fmt"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Document reads one of the block's documents into body. found is false when there is none; version is what a replace
// effect needs.
func (c *Call) Document(collection, id string, body any) (version int64, found bool, err error) {
	var reply wire.DocumentFound
	if err := c.ask(wire.ServiceDocuments, "get", wire.DocumentGet{Collection: collection, ID: id}, &reply); err != nil {
		return 0, false, err
	}
	if reply.Document == nil {
		return 0, false, nil
	}
	return reply.Document.Version, true, json.Unmarshal(reply.Document.Body, body)
}

// Documents reads one page of the block's documents.
func (c *Call) Documents(find wire.DocumentFind) (wire.DocumentsFound, error) {
	var reply wire.DocumentsFound
	err := c.ask(wire.ServiceDocuments, "find", find, &reply)
	return reply, err
}

// Doc is one of the block's documents, decoded.
type Doc[T any] struct {
	ID string
	// Version is what a replace effect needs.
	Version int64
	Body    T
}

// Find reads one page of the block's documents, decoded. next is the cursor of the following page, "" at the end.
func Find[T any](c *Call, find wire.DocumentFind) (docs []Doc[T], next string, err error) {
	found, err := c.Documents(find)
	if err != nil {
		return nil, "", err
	}
	docs = make([]Doc[T], len(found.Documents))
	for i, d := range found.Documents {
		docs[i].ID, docs[i].Version = d.ID, d.Version
		if err := json.Unmarshal(d.Body, &docs[i].Body); err != nil {
			return nil, "", fmt.Errorf("reading document %s %q: %w", find.Collection, d.ID, err)
		}
	}
	return docs, found.Next, nil
}

// Key encodes one value of an index, for From and To of a find. It takes strings, integers and booleans.
func Key(value any) json.RawMessage {
	data, err := json.Marshal(value)
	if err != nil {
		return json.RawMessage("null") // no index holds null, so nothing is found
	}
	return data
}

// Keys encodes values of an index, for Equal of a find.
func Keys(values ...any) []json.RawMessage {
	keys := make([]json.RawMessage, len(values))
	for i, value := range values {
		keys[i] = Key(value)
	}
	return keys
}

// Children lists the block's children as published.
func (c *Call) Children() ([]wire.Child, error) {
	var reply wire.ChildrenFound
	err := c.ask(wire.ServiceChildren, "list", wire.ChildrenList{}, &reply)
	return reply.Children, err
}

// Users tells about people of the run; unknown ids are left out.
func (c *Call) Users(ids ...string) ([]wire.User, error) {
	var reply wire.UsersFound
	err := c.ask(wire.ServiceUsers, "get", wire.UsersGet{IDs: ids}, &reply)
	return reply.Users, err
}

// File reads a course file, or by its hash a part of an answer.
func (c *Call) File(read wire.FileRead) (wire.File, []byte, error) {
	var reply wire.FileFound
	err := c.ask(wire.ServiceFiles, "read", read, &reply)
	return reply.File, reply.Data.Data, err
}

// Scores tells what learners earned, by learner and usage.
func (c *Call) Scores(learners, usages []string) (map[string]map[string]wire.Score, error) {
	var reply wire.ScoresFound
	err := c.ask(wire.ServiceScores, "get", wire.ScoresGet{Learners: learners, Usages: usages}, &reply)
	return reply.Scores, err
}

// Enrolments reads one page of the run's people.
func (c *Call) Enrolments(find wire.EnrolmentsFind) (wire.EnrolmentsFound, error) {
	var reply wire.EnrolmentsFound
	err := c.ask(wire.ServiceEnrolments, "find", find, &reply)
	return reply, err
}

// Script runs an author's program in the sandbox. An author's mistake is in the reply, not in the error.
func (c *Call) Script(run wire.ScriptRun) (wire.ScriptDone, error) {
	var reply wire.ScriptDone
	err := c.ask(wire.ServiceScript, "run", run, &reply)
	return reply, err
}

// Search looks into the run's texts, as far as the caller may see them.
func (c *Call) Search(text string, limit int) ([]wire.SearchHit, error) {
	var reply wire.SearchFound
	err := c.ask(wire.ServiceSearch, "query", wire.SearchQuery{Text: text, Limit: limit}, &reply)
	return reply.Hits, err
}

// Sign signs with a secret that the block names but never sees.
func (c *Call) Sign(sign wire.KeySign) (string, error) {
	var reply wire.KeySigned
	err := c.ask(wire.ServiceKeys, "sign", &sign, &reply)
	return reply.Signature, err
}

// Verify checks a signature or a JWT.
func (c *Call) Verify(verify wire.KeyVerify) (wire.KeyVerified, error) {
	var reply wire.KeyVerified
	err := c.ask(wire.ServiceKeys, "verify", &verify, &reply)
	return reply, err
}

// PublishKeys gives the address of the block's own public key set.
func (c *Call) PublishKeys() (string, error) {
	var reply wire.KeySetPublished
	err := c.ask(wire.ServiceKeys, "publish", wire.KeySetPublish{}, &reply)
	return reply.URL, err
}

// HTTP makes an outside request, in a task or while grading. A call that runs again gets the recorded reply.
func (c *Call) HTTP(do wire.HTTPDo) (wire.HTTPDone, error) {
	var reply wire.HTTPDone
	err := c.ask(wire.ServiceHTTP, "do", &do, &reply)
	return reply, err
}
