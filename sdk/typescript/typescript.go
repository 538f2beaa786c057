// Package typescript carries the SDK for blocks in TypeScript: the source of the npm package @quoin/sdk, which the builder
// bundles into each such block. It knows nothing of Go blocks and holds no code.
package typescript

import "embed"

// Name is how a block imports the SDK.
const Name = "@quoin/sdk"

// Entry is the file that stands for the package.
const Entry = "index.ts"

// Files are the package's sources.
//
//go:embed *.ts package.json README.md
var Files embed.FS
