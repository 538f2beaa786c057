// Package elements carries the browser side of the SDK: the source of the npm package @quoin/elements. The host bundles its
// elements for pages and frames, and the builder bundles its runtime into scripts of blocks. It holds no code.
package elements

import "embed"

// Name is how a script imports the package.
const Name = "@quoin/elements"

// Entry is the file that stands for the package.
const Entry = "index.ts"

// Files are the package's sources.
//
//go:embed *.ts *.css package.json README.md
var Files embed.FS
