// Package services answers what running blocks ask. It is one table: name -> when it may be asked -> which permission it
// needs -> who answers. Services only read; the host fixes block, course, caller and subject of every call, so a block
// cannot ask about another course or learner than its call is about.
package services

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/trace"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Call is the call that asks, as the host knows it.
type Call struct {
	Op       wire.Op
	Role     wire.Role
	Manifest *manifest.Manifest
	// Description is what the block says of itself.
	Description *wire.Description
	Type        string
	// Owner is whose documents the call sees: the run's key, or "" for a block of the site.
	Owner string
	// Block is the place in the published course, nil for blocks of the site.
	Block     *course.Block
	Published *course.Published
	// Person is who the call acts for, nil for tasks and events.
	Person *access.Person
	// Subject is the pseudonym of the learner whom the call is about, "" for none.
	Subject string
	// Key names the call, and is the same when it runs again: what was asked outside under it is not asked twice. "" for calls
	// that may ask nobody outside.
	Key string
	// Shape gives documents of older schemas as the asking version reads them; nil leaves them as stored.
	Shape state.Shape
	// Asked collects the services that were asked: a render that asked one is not cached.
	Asked []wire.Service
	// Sources collects what answers were made from beside the question: the interpreter and course files, by name, each with its
	// digest, "" for a file that the course does not have.
	Sources map[string]string
}

// From notes what an answer was made from; see Sources.
func (c *Call) From(source, digest string) {
	if c.Sources == nil {
		c.Sources = map[string]string{}
	}
	c.Sources[source] = digest
}

// Sources tells what digest a source of a call in a run has now; see Call.Sources.
type Sources func(ctx context.Context, run, source string) (string, error)

// FileSource names a course file among a call's sources.
func FileSource(name string) string { return fileSource + name }

const fileSource = "file "

// FileOf gives the name of the course file that a source is, false for other sources.
func FileOf(source string) (name string, file bool) { return strings.CutPrefix(source, fileSource) }

// Answer serves one service: it reads the method's request from the message and gives the reply's body.
type Answer func(ctx context.Context, call *Call, method string, m wire.Message) (any, error)

// Table is the services of one host. It is set up once and then only read.
type Table map[wire.Service]Answer

// Serve answers one request frame with a reply frame. A service that the operation may not ask, or that the manifest does
// not ask permission for, is refused; so is one that this host does not have.
func (t Table) Serve(ctx context.Context, call *Call, frame []byte) []byte {
	body, err := t.answer(ctx, call, frame)
	var failure *wire.Error
	if err != nil && !errors.As(err, &failure) {
		failure = wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "%v", err)
	}
	reply, err := wire.EncodeReply(body, failure)
	if err != nil {
		reply, err = wire.EncodeReply(nil, wire.Errorf(wire.CodeTooLarge, wire.BlameHost, "the service's reply is too large: %v", err))
	}
	if err != nil {
		panic(fmt.Sprintf("services: an error does not encode: %v", err)) // a defect of package wire
	}
	return reply
}

func (t Table) answer(ctx context.Context, call *Call, frame []byte) (any, error) {
	request, message, err := wire.DecodeService(frame)
	if err != nil {
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "%v", err)
	}
	if !slices.Contains(wire.Services(), request.Service) {
		return nil, wire.Errorf(wire.CodeNotFound, wire.BlameBlock, "no service is called %q", request.Service)
	}
	if !wire.Available(call.Op, request.Service) {
		return nil, wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "%s may not be asked during %s", request.Service, call.Op)
	}
	if !call.Manifest.Has(string(request.Service), "") {
		return nil, wire.Errorf(wire.CodeForbidden, wire.BlameBlock,
			"block.json does not ask for the permission %q: add it with the reason", request.Service)
	}
	call.Asked = append(call.Asked, request.Service)
	ctx, span := trace.Start(ctx, "service "+string(request.Service), trace.Internal)
	defer span.End()
	answer, ok := t[request.Service]
	if !ok {
		return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "this server has no service %q", request.Service)
	}
	body, err := answer(ctx, call, request.Method, message)
	if err != nil {
		span.Fail("refused")
	}
	return body, err
}

// unknown is the error for a method that a service does not have.
func unknown(service wire.Service, method string) error {
	return wire.Errorf(wire.CodeNotFound, wire.BlameBlock, "service %s has no method %q", service, method)
}

// read decodes a method's request.
func read[R any](m wire.Message) (R, error) {
	var request R
	if err := m.Body(&request); err != nil {
		return request, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "%v", err)
	}
	return request, nil
}
