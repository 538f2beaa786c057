// Package olx reads the one OLX element that a block gets to import: its attributes as typed fields, the source between its
// tags, its child elements. The host has read the whole file before and refused what is not well-formed; this package still
// bounds what it reads and never panics.
//
// It exists beside encoding/xml because a block must give the author's source back byte for byte, and because a block is
// loaded into every server: the standard library's reader is as large as a small block.
package olx
