// Package packages makes and reads what a block travels as.
//
// The binary carries its own blocks as folders ([Write]; package registry reads them). Every other block travels as an archive
// ([Pack], [Open]): a gzipped tar with the same bytes for the same sources and SDK.
//
//	index.json                      what the archive is, and every file's size and SHA-256: see [Index]
//	block.json                      the manifest, byte for byte the author's
//	block.wasm, block.js, block.exe what the engine loads
//	...                             assets, icons, locales, stories, licence, readme
//	signature/index.json.minisig    the publisher's signature over index.json, in minisign's format
//	signature/publisher.pub         the key that it is checked with
//	signature/rotations.json        how the publisher came from earlier keys to this one
//
// The signature covers the index and by it everything else. The index's SHA-256 names the package, signed or not: what an admin
// reviewed is what runs. In an OCI registry the index is the config blob and each file's digest is there already, so the same
// package can be stored there without being signed again.
package packages
