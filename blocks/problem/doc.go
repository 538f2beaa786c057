// Package problem is the CAPA problem block.
package problem
