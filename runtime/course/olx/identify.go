package olx

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake"
)

// identity is how an element names its block.
type identity struct {
	id      string
	written string // the url_name or slug as written, for files and policy; "" without one
	minted  bool
	hashed  bool   // made of what the element holds alone
	fault   string // why what is written cannot be the id
}

// identify finds the id as the package's documentation has it. The first of these attributes that is there decides, even if
// it is empty.
func identify(doc *intake.XMLDocument, node *intake.XMLNode) identity {
	for _, name := range []string{urlName, "slug", "name", "display_name"} {
		text, ok := node.Attr(name)
		if !ok {
			continue
		}
		if text != "" && (name == urlName || name == "slug") {
			return named(name, text, node.Name)
		}
		if id := cleanID(text); key.ValidID(id) {
			return identity{id: id, minted: true}
		}
		break
	}
	return identity{id: fallbackID(node.Name, "", doc.Slice(node)), minted: true, hashed: true}
}

// named makes an id of what an author wrote as one.
func named(attribute, written, blockType string) identity {
	if key.ValidID(written) {
		return identity{id: written, written: written}
	}
	id := cleanID(written)
	if !key.ValidID(id) {
		id = fallbackID(blockType, "", []byte(written))
	}
	return identity{id: id, written: written, minted: true, fault: attribute + " " + intake.Printable(written) + " cannot stand in a key"}
}

// cleanID puts one "_" for each run of characters that may not stand in a key.
func cleanID(text string) string {
	var b strings.Builder
	last := rune(0)
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '-' {
			if r = '_'; last == '_' {
				continue
			}
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// fallbackID names a block by its type, a name that it could not have alone and what it holds.
func fallbackID(blockType, name string, content []byte) string {
	sum := sha256.Sum256(content)
	tail := "_" + hex.EncodeToString(sum[:])[:12]
	if name != "" && len(blockType)+1+len(name)+len(tail) <= key.MaxPart {
		return blockType + "_" + name + tail
	}
	if len(blockType)+len(tail) <= key.MaxPart {
		return blockType + tail
	}
	return tail[1:]
}

// pointer says whether an element only points to its definition, and to which file, relative to the course.
func pointer(node *intake.XMLNode, written string) (name string, ok bool) {
	if written == "" {
		return "", false
	}
	for _, attr := range node.Attrs {
		switch attr.Name {
		case urlName, "slug":
		case "org", "course":
			if node.Name != "course" {
				return "", false
			}
		default:
			if !namespaceAttr(attr.Name) {
				return "", false
			}
		}
	}
	for _, child := range node.Children {
		blank := child.Kind == intake.XMLText || child.Kind == intake.XMLCData
		if !blank || strings.Trim(child.Text, " \t\r\n") != "" {
			return "", false
		}
	}
	return definitionName(node.Name, written), true
}

func definitionName(blockType, written string) string {
	return blockType + "/" + strings.ReplaceAll(written, ":", "/") + ".xml"
}

// sameSource says whether two elements are word for word the same.
func sameSource(doc *intake.XMLDocument, node *intake.XMLNode, source Source) bool {
	return bytes.Equal(doc.Slice(node), source.XML)
}
