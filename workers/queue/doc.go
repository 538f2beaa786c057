// Package queue does ports.Queue, ports.Bus and ports.Limiter.
package queue
