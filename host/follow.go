package host

import (
	"net/http"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/trace"
)

// unfollowed are asked every few seconds by programs and would drown what people do.
var unfollowed = []string{"/healthz", "/readyz", "/metrics"}

// methods are those that traces name; a client may make up others.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
}

// headerTraceparent is where a proxy says which trace a request belongs to.
const headerTraceparent = "Traceparent"

// follow begins the request's trace. It is named by the route's pattern: an address names people's work. A traceparent that
// comes along is never gone on with, since proxies pass on what strangers send, who could then have everything recorded or join
// others' traces; a trusted proxy's is referred to.
func (r *request) follow() {
	tracer := r.server.config.Tracer
	if tracer == nil || r.route.Stream || slices.Contains(unfollowed, r.route.Path) {
		return
	}
	var origin trace.Origin
	if len(r.server.config.Proxies) > 0 && r.IsProxyTrusted() {
		origin.Link = r.Get(headerTraceparent)
	}
	method, route := r.Method(), r.route.Path
	if !slices.Contains(methods, method) {
		method = "_OTHER"
	}
	name := method
	if route != "" {
		name += " " + route
	}
	ctx, span := trace.Begin(r.UserContext(), tracer, name, trace.Server, origin)
	if span.Recording() {
		span.Set(trace.Text("http.request.method", method), trace.Text("quoin.request", r.id))
		if route != "" {
			span.Set(trace.Text("http.route", route))
		}
	}
	r.span = span
	r.SetUserContext(ctx)
}

// followed ends the request's trace with the status of its answer.
func (r *request) followed() {
	if r.span.Recording() {
		status := r.Response().StatusCode()
		r.span.Set(trace.Number("http.response.status_code", int64(status)))
		if status >= fiber.StatusInternalServerError {
			r.span.Fail(http.StatusText(status))
		}
	}
	r.span.End()
}
