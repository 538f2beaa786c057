// Package guests holds blocks in languages whose compiler a machine need not have: resistor, in C, asks for the value that a
// resistor's bands stand for. A site in development does not load them with those of examples/blocks; `quoin block test
// examples/guests/resistor` tries one.
package guests
