package host

import (
	"mime"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// inlineTypes are what a handler may answer with and a page may use as it is; anything else is saved.
var inlineTypes = map[string]bool{"application/json": true, "text/plain": true, "text/csv": true, "text/vtt": true}

// sendReply sends a handler's answer. A document gets a sandbox, so that it has no rights of this site (security R1).
func (r *request) sendReply(block *course.Block, reply *wire.HandleReply) error {
	status := reply.Status
	if status == 0 {
		status = fiber.StatusOK
		if len(reply.Body.Data) == 0 {
			status = fiber.StatusNoContent
		}
	}
	if status == fiber.StatusSeeOther {
		return r.Redirect(r.replyLink(block, reply.Location), status)
	}
	contentType := reply.ContentType
	if contentType == "" {
		contentType = fiber.MIMEApplicationJSON
	}
	for name, value := range reply.Headers {
		r.Set(name, value)
	}
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "content type %q", contentType)
	}
	r.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; sandbox")
	if !inlineTypes[kind] {
		r.Set(fiber.HeaderContentDisposition, "attachment")
	}
	r.Set(fiber.HeaderContentType, contentType)
	if r.GetRespHeader(fiber.HeaderCacheControl) == "" {
		r.Set(fiber.HeaderCacheControl, "private, no-store")
	}
	return r.Status(status).Send(reply.Body.Data)
}

// replyLink is where a block's reply leads: below its own mounts, or back to the page that it stands on.
func (r *request) replyLink(block *course.Block, location string) string {
	switch {
	case location != "":
		return r.blockAddress(block) + mounted(location)
	case block.Unit != nil:
		return r.unitLink(block.Unit) + "#" + r.elementID(block)
	case kernel.IsApp(block):
		return r.camefrom(r.appLink(block))
	}
	return "/courses/" + r.course.String()
}

func (r *request) queries() map[string][]string {
	out := map[string][]string{}
	r.Context().QueryArgs().VisitAll(func(name, value []byte) {
		out[string(name)] = append(out[string(name)], string(value))
	})
	return out
}
