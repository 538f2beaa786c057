package sdk

import (
	"encoding/json"

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
	err := c.ask(wire.ServiceKeys, "sign", sign, &reply)
	return reply.Signature, err
}

// Verify checks a signature or a JWT.
func (c *Call) Verify(verify wire.KeyVerify) (wire.KeyVerified, error) {
	var reply wire.KeyVerified
	err := c.ask(wire.ServiceKeys, "verify", verify, &reply)
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
