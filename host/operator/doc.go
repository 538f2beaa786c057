// Package operator holds what an operator's page shows of a running process: what the server itself does not know is told to
// it in a Report, and errors that were logged are kept in a bounded list.
package operator
