package olx

import (
	"bytes"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// SecretAttr says whether an attribute, or a setting in a policy file, holds keys in clear, whatever the type.
func SecretAttr(name string) bool { return slices.Contains(secretAttrs, name) }

// HoldsSecrets says whether the name of such an attribute stands somewhere in a text. Where it is false, there is none.
func HoldsSecrets(text []byte) bool {
	return slices.ContainsFunc(secretAttrs, func(name string) bool { return bytes.Contains(text, []byte(name)) })
}

// AssetKey is the form that Open edX gives an asset's name in its key.
func AssetKey(name string) string { return key.AssetForm(name) }

// Legacy says whether Open edX looks for a type's definition in a file of its own where an element points to it. Of all others an
// element without anything in it is an empty block, so they stand in their parents.
func Legacy(blockType string) bool { return kinds[blockType].legacy }

// AssetsIn gives the files that a text names between quotes, behind /static/ or by their names alone, each once.
func (c *Course) AssetsIn(text []byte) []*Asset {
	var found []*Asset
	eachQuoted(text, func(at, end int) {
		if asset, ok := c.Asset(staticName(string(text[at:end]))); ok && !slices.Contains(found, asset) {
			found = append(found, asset)
		}
	})
	return found
}
