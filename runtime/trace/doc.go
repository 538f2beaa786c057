// Package trace follows one piece of work through web, queue, workers and blocks. It is a port: package otlp implements it with
// OpenTelemetry, and nothing else of the platform knows that library.
//
// A span stands in its context. Who begins work (the web server for a request, a worker for a job) has a Tracer and calls Begin;
// everything below calls Start, which continues what the context holds and does nothing where it holds nothing. So without a
// tracer there is no goroutine and no identifier, and Start is one look into the context.
//
// What goes into a span leaves the site. Attributes are of a closed kind: names of routes, blocks, operations and services, codes,
// counts and request ids; never an address as it was asked, a query, a name, an answer, a token or the text of an error.
package trace
