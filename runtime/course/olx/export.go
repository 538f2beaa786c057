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
