// Package otlp implements package trace with OpenTelemetry and sends spans to a collector by OTLP over HTTP. It is the one home
// of that library.
package otlp
