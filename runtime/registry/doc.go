// Package registry knows which blocks there are: from which folder or package each comes, which versions are loaded, which
// one is current for a type, and why one is off. It loads a block when it is first needed, unloads it when nobody asked for
// some time, and while developing rebuilds a folder that changed and swaps it in: calls that run finish on the old version.
package registry
