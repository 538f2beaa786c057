// Package inspect looks a block's source folder over before it is shared: manifest, files, imports, build, what the compiled
// code says of itself, and its samples replayed through the engine that a site would use. What it finds is written for the
// block's developer.
package inspect
