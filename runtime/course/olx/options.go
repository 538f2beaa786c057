package olx

import "github.com/quoin-lms/quoin/runtime/intake"

// Options say how to read. The zero value works; a zero limit takes the default given in brackets.
type Options struct {
	// Library reads a content library instead of a course; the other of both is refused.
	Library bool
	// HasChildren, if set, says whether the child elements of a type are blocks. known is false where it cannot tell; then the
	// table in the package's documentation holds.
	HasChildren func(blockType string) (has, known bool)
	// UserField, if set, says whether an attribute of a type is a learner's or the site's data and not the author's. known is
	// false where it cannot tell; then a table of Open edX's own types holds.
	UserField func(blockType, attribute string) (user, known bool)
	// Progress, if set, is called now and then by the goroutine that reads.
	Progress func(Progress)

	XML       intake.XMLOptions // bounds of each XML file; HTML's entities are always read
	Blocks    int               // blocks, drafts, asides and further places of blocks included [100 000]
	Depth     int               // blocks in each other [64]
	TextBytes int64             // XML, JSON and HTML that is read, together, as often as it is looked at [256 MiB]
	FileBytes int64             // one JSON or HTML file that is read [16 MiB]
}

func (o Options) withDefaults() Options {
	o.XML.HTMLEntities = true
	if o.Blocks <= 0 {
		o.Blocks = 100_000
	}
	if o.Depth <= 0 {
		o.Depth = 64
	}
	if o.TextBytes <= 0 {
		o.TextBytes = 256 << 20
	}
	if o.FileBytes <= 0 {
		o.FileBytes = 16 << 20
	}
	return o
}

// Progress is how far reading has come.
type Progress struct {
	Blocks int // blocks read so far
	Files  int // XML files read so far
	Of     int // XML files in the archive; not all of them need to be read
}
