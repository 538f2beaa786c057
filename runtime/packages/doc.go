// Package packages makes what a block travels as: one folder with the compiled code, the manifest and the files that browsers
// may fetch. The binary carries its own blocks in this form, see package registry for how they are read.
package packages
