package exporter

import (
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func (e *exporting) library() bool { return e.request.Course.Library() }

// shelves says whether a block only holds a library's components, so that nothing in its archive stands for it but library.xml.
func (e *exporting) shelves(n *node) bool {
	return e.library() && course.Structural(n.blockType) && (n.id == course.ShelfID || n.id == course.RootID)
}

// createShelf writes library.xml: the unit has what stands in it, the course its attributes.
func (e *exporting) createShelf(n *node, m *image) {
	switch n.blockType {
	case "vertical":
		e.shelf = e.inside(n, m)
	case "course":
		attrs := []attr{
			{"xblock-family", "xblock.v1", wire.TypeString},
			{"org", e.request.Course.Org, wire.TypeString},
			{"library", e.request.Course.Number, wire.TypeString},
		}
		e.add(e.join("library.xml"), element("library", append(attrs, m.attrs...), e.shelf)+"\n")
	}
}
