package host

import (
	"maps"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// mount serves a request under a block's own path. A caller by cookie acts with his rights only where our own pages ask; one
// without is outside, and the block checks a signature.
func (r *request) mount() error {
	block, err := r.block()
	if err != nil && r.user == nil { // outside callers are let to mounts by the block, not by an enrolment
		block, err = r.mountedBlock()
	}
	if err != nil {
		return err
	}
	call := kernel.MountCall{Path: "/" + r.param("*"), As: wire.RoleOutside}
	call.HTTP = wire.HTTP{
		Method: r.Method(), Query: r.queries(), ContentType: r.Get(fiber.HeaderContentType), Body: wire.Blob{Data: append([]byte(nil), r.Body()...)},
	}
	if len(call.HTTP.Body.Data) > wire.MaxBody {
		return fiber.ErrRequestEntityTooLarge
	}
	if r.user != nil && (!unsafeMethod(r.Method()) || r.checkForgery() == nil) {
		call.As = r.person.Role()
	} else {
		call.HTTP.Headers = r.outsideHeaders()
	}
	// Two requests are the same when method, path with its query, and body are; the kernel adds who sends it. Who an outside
	// caller is, only the block knows, by what he shows: a reply is remembered for who shows the same.
	parts := [][]byte{[]byte(call.HTTP.Method), []byte(call.Path), r.Request().URI().QueryString(), call.HTTP.Body.Data}
	call.BodyHash = state.BodyHash(append(parts, credentials(call.HTTP.Headers)...)...)
	if call.ID = r.Get("Idempotency-Key"); call.ID == "" {
		call.ID = call.BodyHash
	}
	response, err := r.kernel().Mount(r.ctx(), r.person, r.published, block, call)
	if err != nil {
		return err
	}
	return r.sendReply(block, &response.HandleReply)
}

// mountedBlock finds the block that an outside call names, whatever a visitor could see of it.
func (r *request) mountedBlock() (*course.Block, error) {
	if r.course.IsZero() {
		return r.appBlock()
	}
	usage, err := key.ParseUsage(r.param("usage"))
	if err != nil || usage.Course != r.course {
		return nil, errNotFound
	}
	block, err := r.kernel().Find(r.ctx(), r.published, usage)
	if isNotFound(err) {
		return nil, errNotFound
	}
	return block, err
}

// hiddenHeaders never reach a block: they are this site's own credentials or hops.
var hiddenHeaders = map[string]bool{"cookie": true, "x-quoin-token": true, "connection": true, "host": true}

func (r *request) outsideHeaders() map[string][]string {
	headers := map[string][]string{}
	for name, values := range r.GetReqHeaders() {
		if lower := strings.ToLower(name); !hiddenHeaders[lower] {
			headers[lower] = values
		}
	}
	return headers
}

// identifying are parts of the names of headers by which senders say who they are.
var identifying = []string{"auth", "sign", "token", "key", "secret"}

// credentials lists what an outside request shows of who sends it, in one order.
func credentials(headers map[string][]string) [][]byte {
	var parts [][]byte
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if slices.ContainsFunc(identifying, func(part string) bool { return strings.Contains(name, part) }) {
			parts = append(parts, []byte(name), []byte(strings.Join(headers[name], "\n")))
		}
	}
	return parts
}
