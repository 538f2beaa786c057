package exporter

import (
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/olx"
)

// name gives elements their block's id that have none of their own: it was made of what they hold, and would be another one
// now.
func (e *exporting) name() {
	if e.base == nil {
		return
	}
	for _, block := range e.base.course.Blocks {
		n := e.nodes[usage{block.Type, block.ID}]
		if changed := n != nil && !n.same; block.Minted && e.alive[block] && (changed || e.withholds(block)) {
			e.nameElement(block)
		}
	}
}

// withholds says whether something is left out of a block's element.
func (e *exporting) withholds(block *olx.Block) bool {
	return !e.secretsGo() && e.mayHoldKeys(block.Element().XML)
}

func (e *exporting) nameElement(block *olx.Block) {
	element := block.Element()
	node := e.base.node(element)
	if node == nil {
		return
	}
	for _, name := range []string{"url_name", "slug"} {
		for _, a := range node.Attrs {
			if a.Name != name || a.Value == "" {
				continue
			}
			if key.ValidID(a.Value) && a.Value != block.ID && !pointsElsewhere(string(element.XML)) {
				e.edits[element.File] = append(e.edits[element.File], edit{start: a.Start, end: a.End, text: strings.TrimPrefix(attribute(name, block.ID), " ")})
			}
			return
		}
	}
	e.edits[element.File] = append(e.edits[element.File], edit{start: attrsEnd(node), end: attrsEnd(node), text: attribute("url_name", block.ID)})
}

// elementName is what an element is to call itself so that its block keeps its id.
func (e *exporting) elementName(block *olx.Block) string {
	for _, name := range []string{"url_name", "slug"} {
		if a, ok := block.Attr(name); ok && a.Value != "" && !key.ValidID(a.Value) {
			return a.Value // the id is made of it
		}
	}
	return block.ID
}

// path gives the name under which a file goes out: folders of the run bear its name.
func (e *exporting) path(path string) string {
	if e.base == nil || e.base.course.Run == e.request.Course.Run || e.base.course.Run == "" {
		return path
	}
	rest, inside := strings.CutPrefix(path, e.join(""))
	if !inside {
		return path
	}
	from, to := strings.ReplaceAll(e.base.course.Run, ":", "/"), strings.ReplaceAll(e.request.Course.Run, ":", "/")
	if rest == "course/"+from+".xml" {
		return e.join("course/" + to + ".xml")
	}
	if rest == "policies/"+e.base.course.Run+".json" {
		return e.join("policies/" + e.request.Course.Run + ".json")
	}
	for _, folder := range []string{"policies", "about", "info", "tabs", "custom_tags"} {
		if below, ok := strings.CutPrefix(rest, folder+"/"+e.base.course.Run+"/"); ok {
			return e.join(folder + "/" + e.request.Course.Run + "/" + below)
		}
	}
	return path
}

// rename makes the archive call itself what the course is called here.
func (e *exporting) rename() {
	if e.base == nil {
		return
	}
	c, root := e.request.Course, e.base.course.Root
	element := root.Element()
	node := e.base.node(element)
	if node == nil || e.base.course.Suggested == c {
		return
	}
	insert := ""
	for _, part := range [][2]string{{"url_name", c.Run}, {"org", c.Org}, {"course", c.Number}} {
		written := false
		for _, a := range node.Attrs {
			if a.Name == part[0] {
				written = true
				e.edits[element.File] = append(e.edits[element.File], edit{start: a.Start, end: a.End, text: strings.TrimPrefix(attribute(a.Name, part[1]), " ")})
			}
		}
		if !written {
			insert += attribute(part[0], part[1])
		}
	}
	if insert != "" {
		e.edits[element.File] = append(e.edits[element.File], edit{start: attrsEnd(node), end: attrsEnd(node), text: insert})
	}
}
